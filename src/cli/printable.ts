/**
 * Replaces control characters except line breaks, tabs and color codes. Other accounts write some of the texts that are
 * printed, and a terminal executes control sequences.
 */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that a terminal executes.
  text.replace(/\u001b(?!\[\d{1,2}m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g, '\ufffd');
