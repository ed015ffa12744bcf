import {
  type CoverageEvidence,
  type CoverageRow,
  elsewhereIn,
  exportKeyFaults,
  NOT_PROTECTED,
  unreadParts,
} from '../contract/coverage';
import { foreignText } from '../contract/foreign-text';
import { databaseParts } from '../contract/ids';
import { paragraph, table } from './layout';
import { dim, green, red } from './styles';

/** Hours, and days where nobody would count hours. */
function hours(value: number | undefined): string {
  if (value === undefined) return '-';
  return value < 24 * 7 ? `${value} h` : `${Math.round(value / 24)} days`;
}

/** A status as it is printed: red where a database should be protected and is not. */
const coloured = ({ status }: CoverageRow): string =>
  NOT_PROTECTED.includes(status) ? red(status) : status === 'protected' ? green(status) : dim(status);

const summary = ({ counts }: CoverageEvidence): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ') || 'no databases';

const told = (text: string): string => red(paragraph(foreignText(text, MAX_LENGTH), '', '  '));

/** Reports of earlier releases hold texts of other accounts as these wrote them. */
const MAX_LENGTH = 1000;

/** How old the newest copy is; of what the source alone says, that it does. */
const age = ({ newestCopy, ageHours }: CoverageRow): string =>
  `${hours(newestCopy && ageHours)}${newestCopy?.dataTimeFrom === 'source' ? ' (source)' : ''}`;

/** What there is to be said of accounts: which come and go, and what they have where no vault is. */
function accountLines(evidence: CoverageEvidence): readonly string[] {
  const { accounts, disputed = [] } = evidence;
  return [
    ...disputed.map(({ account, database, copy, what }) =>
      told(`${account}: RDS contradicts the tags of ${database} (${what}): ${copy}`),
    ),
    ...elsewhereIn(evidence).map(({ account, region, databases, count }) =>
      told(
        `${account}: ${count} production database(s) in ${region}, which has no vault: ${databases
          .map((arn) => databaseParts(arn).name)
          .join(', ')}`,
      ),
    ),
    ...accounts.flatMap(({ account, state, leavingSince, unconfirmed, since }) => [
      ...(leavingSince ? [told(`${account} is about to leave: seen at ${leavingSince}`)] : []),
      ...(unconfirmed
        ? [told(`${account} left, and no operator has confirmed it: checkvalve accept --left ${account}`)]
        : []),
      ...(state === 'waiting' ? [`${account} waits to be accepted since ${since ?? 'an unknown time'}`] : []),
      ...(state === 'evicted' ? [`${account} is evicted`] : []),
    ]),
  ];
}

/**
 * A report of coverage, for people: one row a database, the worst first, then why.
 * @param stale what is to be said of the age of the report itself
 */
export function coverageReport(evidence: CoverageEvidence, stale?: string): string {
  const { at, region, databases, accounts, missedBackups } = evidence;
  const rows = databases.map((row) => [
    row.account,
    databaseParts(row.database).name,
    coloured(row),
    age(row),
    hours(row.rpoHours),
    row.since.slice(0, 16).replace('T', ' '),
  ]);
  const reasons = databases.flatMap(({ account, database, reason, remedy }) =>
    reason
      ? [
          paragraph(`${databaseParts(database).name} in ${account}: ${foreignText(reason, MAX_LENGTH)}`, '', '  '),
          ...(remedy ? [dim(paragraph(foreignText(remedy, MAX_LENGTH), '  '))] : []),
        ]
      : [],
  );
  const shut = accounts.filter(({ access }) => access === 'denied');
  const parts = [
    table(['account', 'database', 'coverage', 'newest copy', 'RPO', 'since (UTC)'], rows),
    reasons.join('\n'),
    shut.map(({ account, because }) => told(`${account} does not let the vault look in: ${because ?? ''}`)).join('\n'),
    accountLines(evidence).join('\n'),
    exportKeyFaults(evidence)
      .map(({ account, what }) => told(`${account}: ${what}`))
      .join('\n'),
    unreadParts(evidence)
      .map((part) => told(`could not be read: ${part}`))
      .join('\n'),
    missedBackups.map(({ database, state, message }) => told(`${database}: backup ${state}: ${message}`)).join('\n'),
    // One line: it is what a script looks for.
    `${region}, ${at}: ${summary(evidence)}`,
    stale === undefined ? '' : told(stale),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
