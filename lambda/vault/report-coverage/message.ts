import {
  type CoverageAccount,
  type CoverageEvidence,
  type CoverageRow,
  elsewhereIn,
  exportKeyFaults,
  NOT_PROTECTED,
  unreadParts,
} from '../../../src/contract/coverage';
import { HOUR } from '../../../src/contract/durations';
import { foreignText } from '../../../src/contract/foreign-text';
import { databaseParts } from '../../../src/contract/ids';
import { REMEDIES, SECTIONS, type SectionId, SUBJECTS, sentence } from './message-sentences';
import { type Line, MessageText } from './message-text';

/** A message to the operators. */
export interface Message {
  /** At most 100 characters of ASCII: the limit of SNS.
   * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  readonly subject: string;
  readonly text: string;
}

/** How long an account may wait to be accepted before the message names it: the vault accepts most accounts within an hour. */
const MAX_WAIT_MS = 3 * HOUR;
/** Databases of a Region that a line names. */
const MAX_NAMED = 5;

/** Findings of one kind. */
interface Section {
  readonly id: SectionId;
  readonly lines: readonly Line[];
}

/** The daily message about a report; undefined when every database that should be protected is. Pure. */
export function messageOf(evidence: CoverageEvidence): Message | undefined {
  const sections = [...databaseSections(evidence), ...sourceSections(evidence), ...accountSections(evidence)];
  if (sections.every(({ lines }) => lines.length === 0)) return undefined;
  const text = new MessageText();
  for (const { id, lines } of sections) text.addSection(SECTIONS[id], lines);
  const end = `Report of ${evidence.at}. For the whole report, run “checkvalve status”.`;
  return { subject: subjectOf(evidence, sections), text: text.toText(end) };
}

/** Databases that are not protected, by status, and those that soon will not be. */
function databaseSections({ databases, region }: CoverageEvidence): readonly Section[] {
  const lines = (rows: readonly CoverageRow[]) => rows.map((row) => databaseLine(row, region));
  const isBad = ({ status }: CoverageRow) => NOT_PROTECTED.includes(status);
  return [
    ...(['unknown', 'lost', 'never', 'late', 'unsupported', 'missing-tag'] as const).map((id) => ({
      id,
      lines: lines(databases.filter(({ status }) => status === id)),
    })),
    { id: 'tag-removed', lines: lines(databases.filter((row) => row.tagRemovedSince && !isBad(row))) },
  ];
}

/** What is wrong in sources, beside the databases. Longer than most: one list of the sections, in the order of the message. */
function sourceSections(evidence: CoverageEvidence): readonly Section[] {
  const { accounts, region, disputed = [], missedBackups } = evidence;
  return [
    {
      id: 'access-denied',
      lines: accounts
        .filter(({ access }) => access === 'denied')
        .map(({ account, because = 'AWS gives no reason' }) =>
          line(account, region, because, REMEDIES['access-denied']),
        ),
    },
    {
      id: 'disputed-tags',
      lines: disputed.map(({ account, database, copy, what }) =>
        line(account, region, `RDS contradicts ${what} of ${copy}, a copy of ${database}`, REMEDIES['disputed-tags']),
      ),
    },
    {
      id: 'uncovered-region',
      lines: elsewhereIn(evidence).map(({ account, databases, count, ...one }) => {
        const named = databases.slice(0, MAX_NAMED).map((arn) => databaseParts(arn).name);
        const more = count > MAX_NAMED ? [`and ${count - MAX_NAMED} more`] : [];
        return line(account, one.region, `databases ${[...named, ...more].join(', ')}`, REMEDIES['uncovered-region']);
      }),
    },
    {
      id: 'export-key-policy',
      lines: exportKeyFaults(evidence).map(({ account, what }) => line(account, region, what)),
    },
    { id: 'not-read', lines: unreadParts(evidence).map(unreadLine) },
    {
      id: 'missed-backup',
      lines: missedBackups.map(({ account, database, state, message }) => [
        account,
        `${database}: ${state}. ${sentence(message)}`,
      ]),
    },
    {
      id: 'not-opted-in',
      lines: accounts
        .filter(({ optedOut }) => optedOut.length > 0)
        .map(({ account, optedOut }) => line(account, region, optedOut.join(', '), REMEDIES['not-opted-in'])),
    },
  ];
}

/** Accounts that leave, or wait to be accepted. */
function accountSections({ accounts, at, region }: CoverageEvidence): readonly Section[] {
  const isWaitingLong = ({ state, since }: CoverageAccount) =>
    state === 'waiting' && since !== undefined && Date.parse(at) - Date.parse(since) >= MAX_WAIT_MS;
  return [
    {
      id: 'account-leaving',
      lines: accounts.flatMap(({ account, leavingSince }): Line[] =>
        leavingSince
          ? [line(account, region, `leaving since ${foreignText(leavingSince, 40)}`, REMEDIES['account-leaving'])]
          : [],
      ),
    },
    {
      id: 'exit-unconfirmed',
      lines: accounts
        .filter(({ unconfirmed }) => unconfirmed)
        .map(({ account }) => line(account, region, REMEDIES['exit-unconfirmed'](account))),
    },
    {
      id: 'account-waiting',
      lines: accounts
        .filter(isWaitingLong)
        .map(({ account, since }) =>
          line(account, region, `waiting since ${since}`, REMEDIES['account-waiting'](account)),
        ),
    },
  ];
}

/** The subject says what is worst. */
function subjectOf(evidence: CoverageEvidence, sections: readonly Section[]): string {
  const { databases, region } = evidence;
  const bad = databases.filter(({ status }) => NOT_PROTECTED.includes(status)).length;
  return `Checkvalve: ${bad > 0 ? SUBJECTS['not-protected'](bad, databases.length) : worst(evidence, sections)} (${region})`;
}

function worst(evidence: CoverageEvidence, sections: readonly Section[]): string {
  for (const { id, lines } of sections) {
    if (lines.length === 0 || !(id in SUBJECTS)) continue;
    const elsewhere = elsewhereIn(evidence).reduce((all, { count }) => all + count, 0);
    const count = id === 'uncovered-region' ? elsewhere : lines.length;
    return SUBJECTS[id as Exclude<keyof typeof SUBJECTS, 'not-protected' | 'changes'>](count);
  }
  return SUBJECTS.changes();
}

/** Where, why and what to do, each a sentence. */
const line = (account: string, region: string, ...sentences: readonly string[]): Line => [
  account,
  `${account}, ${region}: ${sentences.map(sentence).join(' ')}`,
];

/** A part that could not be read, of an account where it names one. */
function unreadLine(part: string): Line {
  const [, account = ''] = /^(\d{12}): /.exec(part) ?? [];
  return [account, sentence(part)];
}

/** Where a database is, the age of its newest copy and why it has its status; on the next line what to do. */
function databaseLine(row: CoverageRow, region: string): Line {
  const { account, database, reason, remedy } = row;
  const sentences = [copyOf(row), ...(reason ? [foreignText(reason)] : [])].map(sentence).filter(Boolean);
  const why = sentences.length > 0 ? `: ${sentences.join(' ')}` : '';
  const what = remedy ? `\n  ${sentence(foreignText(remedy))}` : '';
  return [account, `${databaseParts(database).name} in ${account}, ${region}${why}${what}`];
}

function copyOf({ newestCopy, ageHours, rpoHours }: CoverageRow): string {
  if (!newestCopy) return '';
  const age = ageHours === undefined ? '' : ` (${ageHours} h old; RPO ${rpoHours ?? '?'} h)`;
  const from = newestCopy.dataTimeFrom === 'source' ? ', by the clock of the source' : '';
  return `newest copy ${newestCopy.dataTime}${age}${from}`;
}
