import {
  type CoverageEvidence,
  type CoverageRow,
  type CoverageVerdict,
  exportKeyFaults,
  NOT_PROTECTED,
  unreadParts,
} from '../../../src/contract/coverage';
import { databaseParts } from '../../../src/contract/ids';

/** What people are told. */
export interface Message {
  /** At most 100 characters of ASCII: what SNS takes.
   * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  readonly subject: string;
  readonly text: string;
}

/** Lines of one kind that a message has room for: SNS takes 256 KB, and nobody reads more. */
const SHOWN = 40;

/** What a verdict means to somebody who is woken by it. */
const HEADINGS: Readonly<Partial<Record<CoverageVerdict, string>>> = {
  unknown: 'Unknown: the account does not let the vault look in, or could not be asked',
  lost: 'The vault had a copy, and it is gone',
  never: 'Never copied',
  late: 'The newest copy is too old',
  unprotectable: 'Cannot be copied as it is',
  untagged: 'Not crossing, for want of a tag',
};

/** What there is to be told of a report; undefined when everything that should be protected is. Pure. */
export function messageOf(evidence: CoverageEvidence): Message | undefined {
  const bad = evidence.databases.filter(({ verdict }) => NOT_PROTECTED.includes(verdict));
  const shut = evidence.accounts.filter(({ door }) => door === 'shut');
  const optedOut = evidence.accounts.filter(({ optedOut: services }) => services.length > 0);
  const unread = unreadParts(evidence);
  const keys = exportKeyFaults(evidence);
  const parts = [
    ...NOT_PROTECTED.map((verdict) =>
      section(
        HEADINGS[verdict] ?? verdict,
        bad.filter((row) => row.verdict === verdict).map((row) => line(row)),
      ),
    ),
    section(
      'Accounts whose door does not open',
      shut.map(({ account, because }) => `${account}: ${because ?? 'no reason given'}`),
    ),
    section(
      'Export keys with policies that the tooling does not give them',
      keys.map(({ account, what }) => `${account}: ${what}`),
    ),
    section('Could not be read, so that what is said beside it may be too good', unread),
    section(
      'Backups that AWS Backup did not make, or that were deleted before they were copied',
      evidence.missedBackups.map(({ database, state, message }) => `${database}: ${state}: ${message}`),
    ),
    section(
      'Services that AWS Backup is not opted in to',
      optedOut.map(({ account, optedOut: services }) => `${account}: ${services.join(', ')}`),
    ),
  ].filter((part) => part !== '');
  if (parts.length === 0) return undefined;
  const end = `Report of ${evidence.at}. The whole of it: checkvalve status. What to do: docs/runbook.md.`;
  return {
    subject: subjectOf(evidence, { bad: bad.length, shut: shut.length, keys: keys.length, unread: unread.length }),
    text: [...parts, end].join('\n\n'),
  };
}

interface Counted {
  readonly bad: number;
  readonly shut: number;
  readonly keys: number;
  readonly unread: number;
}

function subjectOf({ databases, region, missedBackups }: CoverageEvidence, { bad, shut, keys, unread }: Counted) {
  const place = `(${region})`;
  if (bad > 0) return `Checkvalve: ${bad} of ${databases.length} databases not protected ${place}`;
  if (shut > 0) return `Checkvalve: ${shut} account(s) cannot be looked into ${place}`;
  if (keys > 0) return `Checkvalve: ${keys} fault(s) in the policies of export keys ${place}`;
  if (unread > 0) return `Checkvalve: ${unread} part(s) could not be read ${place}`;
  if (missedBackups.length > 0) return `Checkvalve: ${missedBackups.length} backup(s) missed ${place}`;
  return `Checkvalve: AWS Backup is not opted in everywhere ${place}`;
}

function section(heading: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const more = lines.length > SHOWN ? [`- and ${lines.length - SHOWN} more`] : [];
  return [`${heading} (${lines.length}):`, ...lines.slice(0, SHOWN).map((one) => `- ${one}`), ...more].join('\n');
}

/** One database on one line, and what helps on the next. */
function line({ account, database, ageHours, objectiveHours, newestCopy, reason, remedy }: CoverageRow): string {
  const age = newestCopy
    ? `, newest copy ${newestCopy.dataTime}${ageHours === undefined ? '' : ` (${ageHours} h old; at most ${objectiveHours ?? '?'} h)`}`
    : '';
  const why = reason ? `: ${reason}` : '';
  return `${databaseParts(database).name} in ${account}${age}${why}${remedy ? `\n  ${remedy}` : ''}`;
}
