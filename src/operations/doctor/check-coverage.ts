import {
  type CoverageAccount,
  type CoverageEvidence,
  type CoverageRow,
  type ExportKeyFault,
  exportKeyFaults,
} from '../../contract/coverage';
import { stalenessOf } from '../status/stale-coverage';
import type { VaultRegionFacts } from './facts';
import { checkObserved, type Finding, type Findings } from './finding';

/**
 * What the vault's own coverage saw in the sources, where nobody else can look: keys, opt-ins, access roles.
 *
 * A key is named late: only the vault's steps may use an export key, none may describe it, and a report gives a database's
 * reason once the database is late or never came. So a key that is disabled today is found when the newest copies are older
 * than their RPO (26 hours, unless it is configured). The page about it, `database.not-crossing`, comes with the first
 * backup.
 */
export function checkCoverage({ coverage, importKey }: VaultRegionFacts, where: string, now: Date): Findings {
  return checkObserved(coverage, 'coverage', where, (evidence) => [
    ...checkAge(evidence, where, now),
    ...checkOurKeys(evidence, 'observed' in importKey && importKey.observed === 'Enabled'),
    ...evidence.databases.filter(({ code }) => code === 'key-not-accessible').flatMap(checkKeyOfSource),
    ...exportKeyFaults(evidence).map((fault) => findingOf(fault, evidence)),
    ...evidence.accounts.flatMap((account) => checkAccount(account, evidence)),
  ]);
}

/** All that is said here is read from the report: an old one is told of, and what it says stands beside it. */
function checkAge(evidence: CoverageEvidence, where: string, now: Date): Findings {
  const stale = stalenessOf(evidence, now);
  return stale ? [{ severity: 'warning', check: 'coverage', where, ...stale }] : [];
}

/** One finding for each account: it has one export key in a Region. What is refused names the key of the copy, and in the
 * vault that is the import key. */
function checkOurKeys({ databases, region }: CoverageEvidence, importKeyIsWell: boolean): Findings {
  const stopped = databases.filter(({ code }) => code === 'our-key-not-accessible');
  return [...new Set(stopped.map(({ account }) => account))].map((account) => {
    const count = stopped.filter((row) => row.account === account).length;
    const whose = importKeyIsWell ? 'The export key' : 'The export key, or the import key of the vault,';
    return {
      severity: 'critical',
      check: 'export-keys',
      what: `${whose} is disabled, is to be deleted, or cannot be used: ${count} ${count === 1 ? 'database does' : 'databases do'} not cross`,
      where: `${account}, ${region}`,
      remedy:
        'Enable the key, or cancel its deletion; its stack instance puts back its policy. What waits crosses by itself.',
    };
  });
}

const checkKeyOfSource = ({ database, reason, remedy }: CoverageRow): Findings => [
  {
    severity: 'critical',
    check: 'database-keys',
    what: `A key of the source, under which the database is encrypted, cannot be used${reason ? `: ${reason}` : ''}`,
    where: database,
    remedy: remedy ?? 'Let its team enable the key, and allow the account to use it.',
  },
];

/** What of an export key its tooling did not make so: a second policy lets in principals that no rule has checked. */
function findingOf({ account, fault, what }: ExportKeyFault, { region }: CoverageEvidence): Finding {
  const where = `${account}, ${region}`;
  if (fault === 'second-policy') {
    const remedy =
      'Read it there (aws kms get-key-policy --policy-name), and take the key out of the resource share (aws ram disassociate-resource-share).';
    return { severity: 'critical', check: 'key-policies', what, where, remedy };
  }
  const remedy = 'Take the statement out of the key policy there: the tooling’s template has no such statement.';
  return { severity: 'warning', check: 'export-keys', what, where, remedy };
}

function checkAccount({ account, optedOut, access, because }: CoverageAccount, { region }: CoverageEvidence): Findings {
  const where = `${account}, ${region}`;
  const optIns: Findings = [
    {
      severity: 'critical',
      check: 'opt-ins',
      what: `AWS Backup is not opted in to ${optedOut.join(', ')}: no backups, no copies`,
      where,
      remedy: 'Opt in there (aws backup update-region-settings), or for all by the organization’s backup policy.',
    },
  ];
  const accessRoles: Findings = [
    {
      severity: 'critical',
      check: 'access-roles',
      what: `The account does not let the vault look in: ${because ?? 'no reason given'}`,
      where,
      remedy: 'Update its stack instance, which puts the role back; an SCP may be in the way.',
    },
  ];
  const unasked: Findings = [
    {
      severity: 'unknown',
      check: 'access-roles',
      what: `The vault could not ask the account: ${because ?? 'no reason given'}`,
      where,
      remedy: 'The next run of report-coverage asks again; if it stays, read its log.',
    },
  ];
  return [
    ...(optedOut.length > 0 ? optIns : []),
    ...(access === 'denied' ? accessRoles : []),
    ...(access === 'unknown' ? unasked : []),
  ];
}
