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
 * Checks of the sources that only `report-coverage` can read: keys, opt-ins, access roles.
 *
 * A key is reported late: the vault's steps may use an export key and not describe it, and a report has the reason of a
 * database only once the database is late or was never copied. A key that is disabled today is found when the newest copies are older
 * than their RPO (26 hours by default). The event `database.not-copied` reports it at the first backup.
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

/** An old report is a finding; the findings that it contains are reported as well. */
function checkAge(evidence: CoverageEvidence, where: string, now: Date): Findings {
  const stale = stalenessOf(evidence, now);
  return stale ? [{ severity: 'warning', check: 'coverage', where, ...stale }] : [];
}

/** One finding per account, which has one export key in a Region. An error of a copy in the vault names the key of the copy,
 * which is the import key. */
function checkOurKeys({ databases, region }: CoverageEvidence, importKeyEnabled: boolean): Findings {
  const stopped = databases.filter(({ code }) => code === 'checkvalve-key-not-accessible');
  return [...new Set(stopped.map(({ account }) => account))].map((account) => {
    const count = stopped.filter((row) => row.account === account).length;
    const keys = importKeyEnabled ? 'The export key' : 'The export key or the import key of the vault';
    return {
      severity: 'critical',
      check: 'export-keys',
      what: `${keys} is disabled, pending deletion or denies its use: ${count} ${count === 1 ? 'database is' : 'databases are'} not copied to the vault`,
      where: `${account}, ${region}`,
      remedy:
        'Enable the key or cancel its deletion, and update its stack instance to restore its policy. Waiting snapshots are then copied automatically.',
    };
  });
}

const checkKeyOfSource = ({ database, reason, remedy }: CoverageRow): Findings => [
  {
    severity: 'critical',
    check: 'database-keys',
    what: `The key of the database cannot be used${reason ? `: ${reason}` : ''}`,
    where: database,
    remedy: remedy ?? 'Ask the team of the database to enable the key and to allow the account to use it.',
  },
];

/** A fault of an export key that its template does not contain: a second policy allows principals that no rule has checked. */
function findingOf({ account, fault, what }: ExportKeyFault, { region }: CoverageEvidence): Finding {
  const where = `${account}, ${region}`;
  if (fault === 'second-policy') {
    const remedy =
      'Read the policy in the account (aws kms get-key-policy --policy-name), and remove the key from the resource share (aws ram disassociate-resource-share).';
    return { severity: 'critical', check: 'key-policies', what, where, remedy };
  }
  const remedy = 'Remove the statement from the key policy; the template of the tooling does not contain it.';
  return { severity: 'warning', check: 'export-keys', what, where, remedy };
}

function checkAccount({ account, optedOut, access, because }: CoverageAccount, { region }: CoverageEvidence): Findings {
  const where = `${account}, ${region}`;
  const optIns: Findings = [
    {
      severity: 'critical',
      check: 'opt-ins',
      what: `AWS Backup is not opted in to ${optedOut.join(', ')}, so these databases are not backed up`,
      where,
      remedy:
        'Opt in in the account (aws backup update-region-settings), or for all accounts in a backup policy of the organization.',
    },
  ];
  const accessRoles: Findings = [
    {
      severity: 'critical',
      check: 'access-roles',
      what: `The account denies the vault its coverage access role: ${because ?? 'no reason given'}`,
      where,
      remedy: 'Update the stack instance, which restores the role, and check the SCPs of the account.',
    },
  ];
  const unreached: Findings = [
    {
      severity: 'unknown',
      check: 'access-roles',
      what: `The vault could not read the account: ${because ?? 'no reason given'}`,
      where,
      remedy: 'Wait for the next run of report-coverage; if the finding remains, read its log.',
    },
  ];
  return [
    ...(optedOut.length > 0 ? optIns : []),
    ...(access === 'denied' ? accessRoles : []),
    ...(access === 'unknown' ? unreached : []),
  ];
}
