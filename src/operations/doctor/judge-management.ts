import { rollsOut, type StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { DELEGATED_POWERS } from './delegated-powers';
import type { DelegatedAdministrator, Expected, ManagementFacts, StackSetFacts, Trail } from './facts';
import { type Judged, judged } from './finding';

/** What is wrong as seen from the management account. */
export function judgeManagement(facts: ManagementFacts, account: string, expected: Expected): Judged {
  const inRegion = `${account}, ${MANAGEMENT_REGION}`;
  return [
    ...judged(facts.stackSetsAccess, 'trusted-access', account, (status) => judgeAccess(status, account)),
    ...judged(facts.delegated, 'delegated-administrators', account, (all) => judgeDelegated(all, account, expected)),
    ...judged(facts.trails, 'cloudtrail', inRegion, (all) => judgeTrails(all, inRegion)),
    ...judged(facts.stackSet, 'stack-set', inRegion, (set) => judgeStackSet(set, inRegion)),
    ...judgeInstances(facts, account),
    ...judged(facts.members, 'placement', account, (all) => judgePlacement(all, expected)),
  ];
}

function judgeAccess(status: string, where: string): Judged {
  if (status === 'ENABLED') return [];
  return [
    {
      severity: 'critical',
      check: 'trusted-access',
      what: `StackSets may not act in the organization (${status}): no account can be enrolled`,
      where,
      remedy: 'Activate trusted access: aws cloudformation activate-organizations-access.',
    },
  ];
}

/** Over a vault that stands inside such a power is grave unless it is accepted by name; over sources it is a warning. */
function judgeDelegated(all: readonly DelegatedAdministrator[], where: string, expected: Expected): Judged {
  return all.flatMap(({ account, service }): Judged => {
    const known = DELEGATED_POWERS.find((one) => one.service === service);
    if (!known) return [];
    const overVault = expected.placement === 'inside' && !expected.accepted.includes(known.power);
    if (!overVault && !known.everywhere) return [];
    return [
      {
        severity: overVault ? 'critical' : 'warning',
        check: 'delegated-administrators',
        what: `Account ${account} ${known.may}${overVault ? ', the vault among them' : ''}`,
        where,
        remedy:
          'Deregister it (aws organizations deregister-delegated-administrator), unless it is as well kept as this account.',
      },
    ];
  });
}

function judgeTrails(all: readonly Trail[], where: string): Judged {
  if (all.some(({ logging, managementEvents }) => logging && managementEvents)) return [];
  const names = all.length > 0 ? `: ${all.map(({ name }) => name).join(', ')} does not log them` : '';
  return [
    {
      severity: 'critical',
      check: 'cloudtrail',
      what: `No trail records management events${names}; changed tags and units are heard of hours later`,
      where,
      remedy: 'Make a trail of management events for all Regions, or start the one there is.',
    },
  ];
}

function judgeStackSet({ status, autoDeployment, managedExecution }: StackSetFacts, where: string): Judged {
  const wrong: readonly (readonly [boolean, 'critical' | 'warning', string])[] = [
    [status !== 'ACTIVE', 'critical', `it is ${status}: no account gets the tooling`],
    [
      autoDeployment,
      'warning',
      'automatic deployment is on: it knows no tags, and puts the tooling into each new account',
    ],
    [!managedExecution, 'warning', 'managed execution is off: an operation that meets another fails'],
  ];
  return wrong.flatMap(([is, severity, what]): Judged => {
    const remedy = 'Deploy the management stack again: it sets the StackSet up.';
    return is ? [{ severity, check: 'stack-set', what: `The StackSet ${NAMES.stackSet}: ${what}`, where, remedy }] : [];
  });
}

function judgePlacement(members: readonly string[], { vault, placement }: Expected): Judged {
  if (members.includes(vault) === (placement === 'inside')) return [];
  const [is, should] = placement === 'outside' ? ['a member', 'outside'] : ['no member', 'inside'];
  return [
    {
      severity: 'critical',
      check: 'placement',
      what: `The vault is ${is} of the organization, and is configured to stand ${should}`,
      where: vault,
      remedy:
        'Move the account, or correct vault.placement and run checkvalve trust: it names who then has power over it.',
    },
  ];
}

const INSTANCE_REMEDY = `Read its reason in the StackSet ${NAMES.stackSet}; watch-rollout repairs what it can by itself.`;

/** Instances that do not stand as they should, and Regions of enrolled accounts that have none. */
function judgeInstances({ instances, operations, registry }: ManagementFacts, account: string): Judged {
  const rollingOut = 'seen' in operations && operations.seen.some(({ ended, action }) => !ended && rollsOut(action));
  const unwell = judged(instances, 'stack-instances', account, (all) =>
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
  const unseen = judged(operations, 'stack-instances', account, () => []);
  const missing = judged(registry, 'stack-instances', `${account}, ${NAMES.registryTable}`, (entries) =>
    'seen' in instances
      ? entries
          .filter(({ state }) => state === 'enrolled')
          .flatMap((entry) => entry.regions.map((region) => ({ account: entry.account, region })))
          .filter((at) => !instances.seen.some((one) => one.account === at.account && one.region === at.region))
          .map((at) => ({
            severity: 'critical',
            check: 'stack-instances',
            what: 'The account is enrolled, and the tooling is not there',
            where: `${at.account}, ${at.region}`,
            remedy: 'Look at the log of checkvalve-enroll-accounts: its next run makes the instance.',
          }))
      : [],
  );
  return [...unwell, ...unseen, ...missing];
}

const UP_TO_DATE: readonly StackInstance['standing'][] = ['current', 'running'];
const MAY_WAIT: readonly StackInstance['standing'][] = ['outdated', 'pending'];

function whatIsWrong({ standing, drifted, reason, detail }: StackInstance): string {
  const why = reason ? `: ${reason}` : '';
  if (drifted) return `The tooling is drifted${why}`;
  if (standing !== 'pending') return `The tooling is ${standing}${why}`;
  return `The tooling is not up to date (${detail}), and no operation of the StackSet runs${why}`;
}
