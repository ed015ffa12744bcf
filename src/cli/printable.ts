/**
 * A text without control characters, but for line breaks, tabs and the codes of colors: what other accounts write is printed,
 * and a terminal obeys what it prints.
 */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a terminal obeys.
  text.replace(/\u001b(?!\[\d{1,2}m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g, '\ufffd');
