import { groupBy } from '../../_kit/copies';
import { roundRobin } from '../../_kit/round-robin';

/** One line: the account that it is about (empty for none), and the text. */
export type Line = readonly [account: string, text: string];

/** Lines of a section. */
const MAX_LINES = 40;
/** Accounts whose further lines a section counts by name. */
const MAX_COUNTED = 50;
/** Accounts that the end of a message names: more than any organization has with findings on one day. */
const MAX_NAMED = 5000;
/** The limit of SNS is 256 KB. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_BYTES = 240_000;

/**
 * The text of the daily message. In each section the accounts take turns, so that an account with very many findings displaces no
 * other. A section counts the lines that it leaves out by account, and the end names each account without a line.
 */
export class MessageText {
  private readonly parts: string[] = [];
  private readonly mentioned = new Set<string>();
  private readonly unmentioned = new Set<string>();

  /** Adds a section; nothing when there are no lines. */
  addSection(heading: string, lines: readonly Line[]): void {
    if (lines.length === 0) return;
    const shown = roundRobin(lines, ([account]) => account, MAX_LINES);
    const hidden = lines.filter((line) => !shown.has(line));
    const left = [...groupBy(hidden, ([account]) => account)];
    const counted = left.slice(0, MAX_COUNTED);
    for (const [account] of [...shown, ...counted]) this.mentioned.add(account);
    for (const [account] of left.slice(MAX_COUNTED)) this.unmentioned.add(account);
    const by = counted.filter(([account]) => account !== '').map(([account, of]) => `${account} (${of.length})`);
    const names = by.length > 0 ? `: ${by.join(', ')}` : '';
    const others = left.length > MAX_COUNTED ? `, and ${left.length - MAX_COUNTED} more accounts` : '';
    const more = left.length > 0 ? [`- and ${hidden.length} more${names}${others}`] : [];
    const body = lines.filter((line) => shown.has(line)).map(([, text]) => `- ${text}`);
    this.parts.push([`${heading} (${lines.length}):`, ...body, ...more].join('\n'));
  }

  /** The whole text, with these words at the end. */
  toText(end: string): string {
    const body = this.parts.join('\n\n');
    const others = [...this.unmentioned].filter((account) => !this.mentioned.has(account));
    const whole = `${body}\n\n${closing('Further accounts with findings', others, end)}`;
    if (Buffer.byteLength(whole) <= MAX_BYTES) return whole;
    const all = [...new Set([...this.mentioned, ...this.unmentioned])].filter((account) => account !== '');
    const last = `… (truncated)\n\n${closing('Accounts with findings', all, end)}`;
    const room = MAX_BYTES - Buffer.byteLength(last) - 1;
    const cut = Buffer.from(body)
      .subarray(0, room)
      .toString('utf8')
      .replace(/\ufffd+$/, '');
    return `${cut}\n${last}`;
  }
}

function closing(heading: string, accounts: readonly string[], end: string): string {
  const named = accounts.slice(0, MAX_NAMED).join(', ');
  return accounts.length > 0 ? `${heading} (${accounts.length}): ${named}\n\n${end}` : end;
}
