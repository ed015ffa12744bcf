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
import type { MergedReport } from '../operations/status/merge-cells';
import { paragraph, table } from './layout';
import { dim, green, red } from './styles';

/** Hours, and from a week on days. */
function hours(value: number | undefined): string {
  if (value === undefined) return '-';
  return value < 24 * 7 ? `${value} h` : `${Math.round(value / 24)} days`;
}

/** A status in color: red for a database that should be protected and is not. */
const styledStatus = ({ status }: CoverageRow): string =>
  NOT_PROTECTED.includes(status) ? red(status) : status === 'protected' ? green(status) : dim(status);

const summary = ({ counts }: CoverageEvidence): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ') || 'no databases';

const alert = (text: string): string => red(paragraph(foreignText(text, MAX_LENGTH), '', '  '));

/** Reports of earlier releases contain texts of other accounts in full length. */
const MAX_LENGTH = 1000;

/** The age of the newest copy, marked where only the source states it. */
const age = ({ newestCopy, ageHours }: CoverageRow): string =>
  `${hours(newestCopy && ageHours)}${newestCopy?.dataTimeFrom === 'source' ? ' (source)' : ''}`;

/** Databases of accounts that moved, whose newest copy is in the vault of another cell. */
const copiesElsewhere = (databases: MergedReport['databases']): string =>
  databases
    .flatMap(({ account, database, copyIn }) =>
      copyIn ? [`${databaseParts(database).name} in ${account}: the newest copy is in the cell ${copyIn}`] : [],
    )
    .join('\n');

/** Lines about accounts: contradicted tags, databases in Regions without a vault, and accounts that join or leave. */
function accountLines(evidence: CoverageEvidence): readonly string[] {
  const { accounts, disputed = [] } = evidence;
  return [
    ...disputed.map(({ account, database, copy, what }) =>
      alert(`${account}: RDS contradicts the tags of ${database} (${what}): ${copy}`),
    ),
    ...elsewhereIn(evidence).map(({ account, region, databases, count }) =>
      alert(
        `${account}: ${count} production database(s) in ${region}, which has no vault: ${databases
          .map((arn) => databaseParts(arn).name)
          .join(', ')}`,
      ),
    ),
    ...accounts.flatMap(({ account, state, leavingSince, unconfirmed, since }) => [
      ...(leavingSince ? [alert(`${account} is leaving the organization: observed at ${leavingSince}`)] : []),
      ...(unconfirmed
        ? [alert(`${account} left, and no operator has confirmed it. Run checkvalve accept --left ${account}.`)]
        : []),
      ...(state === 'waiting'
        ? [`${account} waits for an operator to accept it, since ${since ?? 'an unknown time'}`]
        : []),
      ...(state === 'evicted' ? [`${account} is evicted`] : []),
    ]),
  ];
}

/**
 * A coverage report as text: one row per database, the most urgent first, then the reasons.
 * @param stale the message about the age of the report
 */
export function coverageReport(evidence: MergedReport, stale?: string): string {
  const { at, region, databases, accounts, missedBackups } = evidence;
  const rows = databases.map((row) => [
    row.account,
    databaseParts(row.database).name,
    styledStatus(row),
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
  const denied = accounts.filter(({ access }) => access === 'denied');
  const parts = [
    table(['account', 'database', 'status', 'newest copy', 'RPO', 'since (UTC)'], rows),
    reasons.join('\n'),
    copiesElsewhere(databases),
    denied
      .map(({ account, because }) => alert(`${account} denies the vault its coverage access role: ${because ?? ''}`))
      .join('\n'),
    accountLines(evidence).join('\n'),
    exportKeyFaults(evidence)
      .map(({ account, what }) => alert(`${account}: ${what}`))
      .join('\n'),
    unreadParts(evidence)
      .map((part) => alert(`not read: ${part}`))
      .join('\n'),
    missedBackups.map(({ database, state, message }) => alert(`${database}: backup ${state}: ${message}`)).join('\n'),
    // On one line, for scripts.
    `${region}, ${at}: ${summary(evidence)}`,
    stale === undefined ? '' : alert(stale),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
