import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import type { DelegatedAdministrator, Expected, ManagementFacts, Trail } from './facts';
import { type Judged, judged } from './finding';

/** The service whose delegated administrators may deploy anything into every member.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html */
export const STACKSETS_SERVICE = 'member.org.stacksets.cloudformation.amazonaws.com';

/** What is wrong as seen from the management account. */
export function judgeManagement(facts: ManagementFacts, account: string, expected: Expected): Judged {
  const trailsAt = `${account}, ${MANAGEMENT_REGION}`;
  return [
    ...judged(facts.stackSetsAccess, 'trusted-access', account, (status) => judgeAccess(status, account)),
    ...judged(facts.delegated, 'delegated-administrators', account, (all) => judgeDelegated(all, account, expected)),
    ...judged(facts.trails, 'cloudtrail', trailsAt, (all) => judgeTrails(all, trailsAt)),
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

function judgeDelegated(all: readonly DelegatedAdministrator[], where: string, { placement }: Expected): Judged {
  const isInside = placement === 'inside';
  return all
    .filter(({ service }) => service === STACKSETS_SERVICE)
    .map((one) => ({
      severity: isInside ? 'critical' : 'warning',
      check: 'delegated-administrators',
      what: `Account ${one.account} may deploy StackSets into every member${isInside ? ', the vault among them' : ''}`,
      where,
      remedy:
        'Deregister it (aws organizations deregister-delegated-administrator), unless it is as well kept as this account.',
    }));
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
function judgeInstances({ instances, registry }: ManagementFacts, account: string): Judged {
  const unwell = judged(instances, 'stack-instances', account, (all) =>
    all
      .filter(({ standing, drifted }) => (standing !== 'current' && standing !== 'running') || drifted)
      .map(({ account: of, region, standing, drifted, reason }) => ({
        severity: standing === 'outdated' || drifted ? 'warning' : 'critical',
        check: 'stack-instances',
        what: `The tooling is ${drifted ? 'drifted' : standing}${reason ? `: ${reason}` : ''}`,
        where: `${of}, ${region}`,
        remedy: INSTANCE_REMEDY,
      })),
  );
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
  return [...unwell, ...missing];
}
