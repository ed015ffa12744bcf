/** Characters that end a line, steer a terminal or turn the order of a text round: those of Unicode's classes Cc and Cf, and
 * its two separators. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** Longer texts say no more to a person. */
const MAX_LENGTH = 300;

/** A text that another account may have written, on one line of printable characters, cut short where it is long. */
export function foreignText(text: string, max = MAX_LENGTH): string {
  const line = text.replace(STEERING, ' ').trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
