/** Characters that end a line, control a terminal or reverse the order of a text: the Unicode classes Cc and Cf, and the two
 * separators. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** A longer text is cut: nothing after that helps an operator. */
const MAX_LENGTH = 300;

/** A text that another account may have written, as one line of printable characters, cut where it is too long. */
export function foreignText(text: string, max = MAX_LENGTH): string {
  const line = text.replace(STEERING, ' ').trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
