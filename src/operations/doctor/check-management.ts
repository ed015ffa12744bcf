import { rollsOut, type StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { DELEGATED_POWERS } from './delegated-powers';
import type { DelegatedAdministrator, Expected, ManagementFacts, StackSetFacts, Trail } from './facts';
import { checkObserved, type Findings } from './finding';

/** The findings of the management account. */
export function checkManagement(facts: ManagementFacts, account: string, expected: Expected): Findings {
  const inRegion = `${account}, ${MANAGEMENT_REGION}`;
  return [
    ...checkObserved(facts.stackSetsAccess, 'trusted-access', account, (status) => checkAccess(status, account)),
    ...checkObserved(facts.delegated, 'delegated-administrators', account, (all) =>
      checkDelegated(all, account, expected),
    ),
    ...checkObserved(facts.trails, 'cloudtrail', inRegion, (all) => checkTrails(all, inRegion)),
    ...checkObserved(facts.stackSet, 'stack-set', inRegion, (set) => checkStackSet(set, inRegion)),
    ...checkInstances(facts, account),
    ...checkObserved(facts.members, 'placement', account, (all) => checkPlacement(all, expected)),
  ];
}

function checkAccess(status: string, where: string): Findings {
  if (status === 'ENABLED') return [];
  return [
    {
      severity: 'critical',
      check: 'trusted-access',
      what: `StackSets have no trusted access to the organization (${status}), so no account can be enrolled`,
      where,
      remedy: 'Activate trusted access (aws cloudformation activate-organizations-access).',
    },
  ];
}

/** A power over a vault inside the organization is critical unless it is accepted; a power over sources is a warning. */
function checkDelegated(all: readonly DelegatedAdministrator[], where: string, expected: Expected): Findings {
  return all.flatMap(({ account, service }): Findings => {
    const known = DELEGATED_POWERS.find((one) => one.service === service);
    if (!known) return [];
    const overVault = expected.placement === 'inside' && !expected.accepted.includes(known.power);
    if (!overVault && !known.everywhere) return [];
    return [
      {
        severity: overVault ? 'critical' : 'warning',
        check: 'delegated-administrators',
        what: `Account ${account} ${known.may}${overVault ? ', including the vault' : ''}`,
        where,
        remedy:
          'Deregister it (aws organizations deregister-delegated-administrator), or protect the account like the management account.',
      },
    ];
  });
}

function checkTrails(all: readonly Trail[], where: string): Findings {
  if (all.some(({ logging, managementEvents }) => logging && managementEvents)) return [];
  const names = all.length > 0 ? `: ${all.map(({ name }) => name).join(', ')} does not record them` : '';
  return [
    {
      severity: 'critical',
      check: 'cloudtrail',
      what: `No trail records management events${names}, so enrollment detects changed tags and units hours later`,
      where,
      remedy: 'Create a trail of management events for all Regions, or start the existing one.',
    },
  ];
}

function checkStackSet(
  { name = NAMES.stackSet, status, autoDeployment, managedExecution }: StackSetFacts,
  where: string,
): Findings {
  const wrong: readonly (readonly [boolean, 'critical' | 'warning', string])[] = [
    [status !== 'ACTIVE', 'critical', `its status is ${status}, so no account gets the tooling`],
    [
      autoDeployment,
      'warning',
      'automatic deployment is on, which deploys the tooling to each new account regardless of tags',
    ],
    [!managedExecution, 'warning', 'managed execution is off, so an operation fails while another one runs'],
  ];
  return wrong.flatMap(([is, severity, what]): Findings => {
    const remedy = 'Deploy the management stack again, which configures the StackSet.';
    return is ? [{ severity, check: 'stack-set', what: `The StackSet ${name}: ${what}`, where, remedy }] : [];
  });
}

function checkPlacement(members: readonly string[], { vault, placement }: Expected): Findings {
  if (members.includes(vault) === (placement === 'inside')) return [];
  const [is, should] = placement === 'outside' ? ['a member', 'outside'] : ['not a member', 'inside'];
  return [
    {
      severity: 'critical',
      check: 'placement',
      what: `The vault is ${is} of the organization, and vault.placement is '${should}'`,
      where: vault,
      remedy:
        'Move the account, or correct vault.placement and run checkvalve trust, which lists the powers over the vault.',
    },
  ];
}

const INSTANCE_REMEDY = `Read the reason in the StackSet ${NAMES.stackSet}; watch-rollout repairs what it can.`;

/** Stack instances that are not up to date, and Regions of enrolled accounts without one. */
function checkInstances({ instances, operations, registry }: ManagementFacts, account: string): Findings {
  const rollingOut =
    'observed' in operations && operations.observed.some(({ ended, action }) => !ended && rollsOut(action));
  const outdated = checkObserved(instances, 'stack-instances', account, (all) =>
    all
      .filter(
        ({ standing, drifted }) =>
          drifted || !(UP_TO_DATE.includes(standing) || (standing === 'pending' && rollingOut)),
      )
      .map((instance) => ({
        severity: MAY_WAIT.includes(instance.standing) || instance.drifted ? 'warning' : 'critical',
        check: 'stack-instances',
        what: whatIsWrong(instance),
        where: `${instance.account}, ${instance.region}`,
        remedy: INSTANCE_REMEDY,
      })),
  );
  const operationsFinding = checkObserved(operations, 'stack-instances', account, () => []);
  const missing = checkObserved(registry, 'stack-instances', `${account}, ${NAMES.registryTable}`, (entries) =>
    'observed' in instances
      ? entries
          .filter(({ state }) => state === 'enrolled')
          .flatMap((entry) => entry.regions.map((region) => ({ account: entry.account, region })))
          .filter((at) => !instances.observed.some((one) => one.account === at.account && one.region === at.region))
          .map((at) => ({
            severity: 'critical',
            check: 'stack-instances',
            what: 'The account is enrolled and has no stack instance',
            where: `${at.account}, ${at.region}`,
            remedy: 'Read the log of checkvalve-enroll-accounts, whose next run creates the instance.',
          }))
      : [],
  );
  return [...outdated, ...operationsFinding, ...missing];
}

const UP_TO_DATE: readonly StackInstance['standing'][] = ['current', 'running'];
const MAY_WAIT: readonly StackInstance['standing'][] = ['outdated', 'pending'];

function whatIsWrong({ standing, drifted, reason, detail }: StackInstance): string {
  const why = reason ? `: ${reason}` : '';
  if (drifted) return `The tooling is drifted${why}`;
  if (standing !== 'pending') return `The tooling is ${standing}${why}`;
  return `The tooling is not up to date (${detail}), and no operation of the StackSet is running${why}`;
}
