import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import type { DelegatedAdministrator, Expected, ManagementFacts, Trail } from './facts';
import { type Check, type Finding, type Judged, judged } from './finding';

/** The service whose delegated administrators may deploy anything into every member.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html */
export const STACKSETS_SERVICE = 'member.org.stacksets.cloudformation.amazonaws.com';

/** What is wrong as seen from the management account. */
export function judgeManagement(facts: ManagementFacts, account: string, { vault, placement }: Expected): Judged {
  const finding = (severity: Finding['severity'], check: Check, what: string, remedy: string, where = account) => ({
    severity,
    check,
    what,
    where,
    remedy,
  });
  const trusted = (status: string): Judged =>
    status === 'ENABLED'
      ? []
      : [
          finding(
            'critical',
            'trusted-access',
            `StackSets may not act in the organization (${status}): no account can be enrolled`,
            'Activate trusted access: aws cloudformation activate-organizations-access.',
          ),
        ];
  const delegated = (all: readonly DelegatedAdministrator[]): Judged =>
    all
      .filter(({ service }) => service === STACKSETS_SERVICE)
      .map((one) =>
        finding(
          placement === 'inside' ? 'critical' : 'warning',
          'delegated-administrators',
          `Account ${one.account} may deploy StackSets into every member${placement === 'inside' ? ', the vault among them' : ''}`,
          'Deregister it (aws organizations deregister-delegated-administrator), unless it is as well kept as this account.',
        ),
      );
  const trails = (all: readonly Trail[]): Judged =>
    all.some(({ logging, managementEvents }) => logging && managementEvents)
      ? []
      : [
          finding(
            'critical',
            'cloudtrail',
            `No trail records management events${all.length > 0 ? `: ${all.map(({ name }) => name).join(', ')} does not log them` : ''}; changed tags and units are heard of hours later`,
            'Make a trail of management events for all Regions, or start the one there is.',
            `${account}, ${MANAGEMENT_REGION}`,
          ),
        ];
  const members = (all: readonly string[]): Judged =>
    all.includes(vault) === (placement === 'inside')
      ? []
      : [
          finding(
            'critical',
            'placement',
            placement === 'outside'
              ? 'The vault is a member of the organization, and is configured to stand outside'
              : 'The vault is no member of the organization, and is configured to stand inside',
            'Move the account, or correct vault.placement and run checkvalve trust: it names who then has power over it.',
            vault,
          ),
        ];
  return [
    ...judged(facts.stackSetsAccess, 'trusted-access', account, trusted),
    ...judged(facts.delegated, 'delegated-administrators', account, delegated),
    ...judged(facts.trails, 'cloudtrail', `${account}, ${MANAGEMENT_REGION}`, trails),
    ...judgeInstances(facts, account),
    ...judged(facts.members, 'placement', account, members),
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
