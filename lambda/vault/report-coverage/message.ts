import {
  type CoverageEvidence,
  type CoverageRow,
  elsewhereIn,
  exportKeyFaults,
  NOT_PROTECTED,
  type ProtectionStatus,
  unreadParts,
} from '../../../src/contract/coverage';
import { foreignText } from '../../../src/contract/foreign-text';
import { databaseParts } from '../../../src/contract/ids';
import { type Line, MessageText } from './message-text';

/** What people are told. */
export interface Message {
  /** At most 100 characters of ASCII: what SNS takes.
   * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  readonly subject: string;
  readonly text: string;
}

/** How long an account may wait to be accepted before the message names it: the vault accepts most within the hour. */
const MAX_WAIT_MS = 3 * 3_600_000;

/** What a status means to somebody who is woken by it. */
const HEADINGS: Readonly<Partial<Record<ProtectionStatus, string>>> = {
  unknown: 'Unknown: the account does not let the vault look in, or could not be asked',
  lost: 'The vault had a copy, and it is gone',
  never: 'Never copied',
  late: 'The newest copy is too old',
  unsupported: 'Cannot be copied as it is',
  'missing-tag': 'Excluded: the tag of the plan is missing',
};

/** What there is to be told of a report; undefined when everything that should be protected is. Pure. */
export function messageOf(evidence: CoverageEvidence): Message | undefined {
  const bad = evidence.databases.filter(({ status }) => NOT_PROTECTED.includes(status));
  const shut = evidence.accounts.filter(({ access }) => access === 'denied');
  const unread = unreadParts(evidence);
  const keys = exportKeyFaults(evidence);
  const elsewhere = elsewhereIn(evidence);
  const text = new MessageText();
  for (const status of NOT_PROTECTED) {
    text.section(HEADINGS[status] ?? status, bad.filter((row) => row.status === status).map(databaseLine));
  }
  const removed = evidence.databases.filter((row) => row.tagRemovedSince && !NOT_PROTECTED.includes(row.status));
  text.section('Still protected, but the tag was removed: no further copies come', removed.map(databaseLine));
  text.section(
    'Accounts whose access role does not open',
    shut.map(({ account, because }) => [account, because ?? 'no reason given']),
  );
  text.section('Tags of a source that RDS contradicts', (evidence.disputed ?? []).map(disputedLine));
  text.section(
    'Production databases in Regions without a vault',
    elsewhere.map(({ account, region, databases, count }) => [
      account,
      `${region}: ${databases
        .slice(0, 5)
        .map((arn) => databaseParts(arn).name)
        .join(', ')}${count > 5 ? `, and ${count - 5} more` : ''}`,
    ]),
  );
  text.section(
    'Export keys with policies that the tooling does not give them',
    keys.map(({ account, what }) => [account, what]),
  );
  text.section('Could not be read, so that what is said beside it may be too good', unread.map(split));
  text.section(
    'Backups that AWS Backup did not make, or that were deleted before they were copied',
    evidence.missedBackups.map(({ account, database, state, message }) => [
      account,
      `${database}: ${state}: ${message}`,
      'as it is',
    ]),
  );
  text.section(
    'Services that AWS Backup is not opted in to',
    evidence.accounts
      .filter(({ optedOut }) => optedOut.length > 0)
      .map(({ account, optedOut }) => [account, optedOut.join(', ')]),
  );
  accountSections(evidence, text);
  if (text.isEmpty) return undefined;
  const end = `Report of ${evidence.at}. The whole report: checkvalve status.`;
  return {
    subject: subjectOf(evidence, {
      ...{ bad: bad.length, shut: shut.length, keys: keys.length, unread: unread.length },
      elsewhere: elsewhere.reduce((all, { count }) => all + count, 0),
    }),
    text: text.with(end),
  };
}

/** Who comes and who goes. */
function accountSections({ accounts, at }: CoverageEvidence, text: MessageText): void {
  text.section(
    'Accounts that are about to leave',
    accounts.flatMap(({ account, leavingSince }): Line[] =>
      leavingSince
        ? [[account, `seen to leave at ${foreignText(leavingSince, 40)}; the vault imports for a day more`]]
        : [],
    ),
  );
  text.section(
    'Accounts that left, and no operator has confirmed it',
    accounts.flatMap(({ account, unconfirmed }): Line[] =>
      unconfirmed ? [[account, `run “checkvalve accept --left ${account}”, if it is meant`]] : [],
    ),
  );
  text.section(
    'Accounts that wait to be accepted',
    accounts.flatMap(({ account, state, since }): Line[] =>
      state === 'waiting' && since !== undefined && Date.parse(at) - Date.parse(since) >= MAX_WAIT_MS
        ? [[account, `waits since ${since}; run “checkvalve accept ${account}”, if it is meant`]]
        : [],
    ),
  );
}

interface Counted {
  readonly bad: number;
  readonly shut: number;
  readonly keys: number;
  readonly unread: number;
  readonly elsewhere: number;
}

function subjectOf(evidence: CoverageEvidence, { bad, shut, keys, unread, elsewhere }: Counted) {
  const { databases, region, missedBackups, disputed = [], accounts } = evidence;
  const place = `(${region})`;
  if (bad > 0) return `Checkvalve: ${bad} of ${databases.length} databases not protected ${place}`;
  if (shut > 0) return `Checkvalve: ${shut} account(s) cannot be looked into ${place}`;
  if (disputed.length > 0) return `Checkvalve: ${disputed.length} copies whose tags RDS contradicts ${place}`;
  if (elsewhere > 0) return `Checkvalve: ${elsewhere} database(s) in Regions without a vault ${place}`;
  if (keys > 0) return `Checkvalve: ${keys} fault(s) in the policies of export keys ${place}`;
  if (unread > 0) return `Checkvalve: ${unread} part(s) could not be read ${place}`;
  if (missedBackups.length > 0) return `Checkvalve: ${missedBackups.length} backup(s) missed ${place}`;
  if (accounts.some(({ optedOut }) => optedOut.length > 0)) {
    return `Checkvalve: AWS Backup is not opted in everywhere ${place}`;
  }
  return `Checkvalve: databases or accounts come and go ${place}`;
}

/** An account, where a part that could not be read names one. */
function split(part: string): Line {
  const [, account, rest] = /^(\d{12}): (.*)$/s.exec(part) ?? [];
  return account && rest ? [account, rest] : ['', part];
}

const disputedLine = ({ account, database, copy, what }: NonNullable<CoverageEvidence['disputed']>[number]): Line => [
  account,
  `${database}: ${what}: ${copy}`,
];

/** One database on one line, and what helps on the next. */
function databaseLine(row: CoverageRow): Line {
  const { account, database, ageHours, rpoHours, newestCopy, reason, remedy } = row;
  const whose = newestCopy?.dataTimeFrom === 'source' ? ', by the word of the source' : '';
  const age = newestCopy
    ? `, newest copy ${newestCopy.dataTime}${ageHours === undefined ? '' : ` (${ageHours} h old; at most ${rpoHours ?? '?'} h${whose})`}`
    : '';
  const why = reason ? `: ${foreignText(reason)}` : '';
  const text = `${databaseParts(database).name} in ${account}${age}${why}${remedy ? `\n  ${foreignText(remedy)}` : ''}`;
  return [account, text, 'as it is'];
}
