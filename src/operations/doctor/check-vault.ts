import { NEARLY_FULL } from '../../../lambda/_kit/copies';
import type { InheritedPower } from '../../contract/inherited-powers';
import { copiesTopicArn, NAMES } from '../../contract/names';
import { checkArchiveRules } from './check-archive-rules';
import { checkCoverage } from './check-coverage';
import { checkKeyTexts } from './check-keys';
import type { Expected, KeyPolicyNames, OutsideRole, Quota, VaultFacts, VaultRegionFacts } from './facts';
import { checkObserved, type Findings } from './finding';

/** The power of the organization that a role provides, by the name that AWS gives the role. */
const POWERS: ReadonlyArray<readonly [RegExp, InheritedPower]> = [
  [/^OrganizationAccountAccessRole$/, 'OrganizationAccountAccessRole'],
  [/^stacksets-exec-/, 'stacksets-exec'],
  [/^AWSControlTowerExecution$/, 'AWSControlTowerExecution'],
  [/^AWSReservedSSO_/, 'IdentityCenter'],
  [/^cdk-/, 'cdk-bootstrap-trust'],
];

/** The findings of the vault account. */
export function checkVault(facts: VaultFacts, expected: Expected): Findings {
  const { vault } = expected;
  return [
    ...checkObserved(facts.organization, 'placement', vault, ({ id }) => checkPlacement(id, expected)),
    ...checkObserved(facts.roles, 'ambient-roles', vault, (roles) =>
      roles.flatMap((role) => checkRole(role, expected)),
    ),
    ...facts.regions.flatMap((region) => checkRegion(region, expected)),
  ];
}

function checkPlacement(id: string | undefined, { vault, organization, placement }: Expected): Findings {
  const of = (what: string): Findings => [
    {
      severity: 'critical',
      check: 'placement',
      what,
      where: vault,
      remedy:
        'Move the account, or correct vault.placement and run checkvalve trust, which lists the powers over the vault.',
    },
  ];
  if (placement === 'inside') {
    return id === organization
      ? []
      : of(
          `vault.placement is 'inside', and the vault is ${id ? `a member of ${id}` : 'not a member of an organization'} instead of ${organization}`,
        );
  }
  if (id === undefined) return [];
  return id === organization
    ? of("The vault is a member of the organization, and vault.placement is 'outside'")
    : of(`The vault is a member of another organization, ${id}, whose management account has power over the vault`);
}

/** The principals of a trust policy except the vault itself and services. The identity provider of Identity Center in the
 * vault belongs to the organization. */
const outsiders = ({ trusts }: OutsideRole, vault: string): readonly string[] =>
  trusts.filter(
    (one) =>
      !/\.amazonaws\.com$/.test(one) &&
      one !== vault &&
      (!one.startsWith(`arn:aws:iam::${vault}:`) || /:saml-provider\/AWSSSO_/.test(one)),
  );

function checkRole(role: OutsideRole, { vault, accepted }: Expected): Findings {
  const outside = outsiders(role, vault);
  const power = POWERS.find(([name]) => name.test(role.name))?.[1];
  if (outside.length === 0 || (power && accepted.includes(power))) return [];
  return [
    {
      severity: 'critical',
      check: 'ambient-roles',
      what: `The role ${role.name} trusts ${outside.join(', ')}`,
      where: vault,
      remedy: power
        ? 'Delete the role, or accept its power with a reason in trust.accepted; see docs/trust-model.md.'
        : 'Delete the role, or remove these principals from its trust policy.',
    },
  ];
}

function checkRegion(facts: VaultRegionFacts, expected: Expected): Findings {
  const { vault, now, adoptedAnalyzer } = expected;
  const where = `${vault}, ${facts.region}`;
  return [
    ...(adoptedAnalyzer === undefined
      ? checkObserved(facts.analyzer, 'analyzer', where, (state) => checkAnalyzer(state, where))
      : []),
    ...checkObserved(facts.externalAnalyzers, 'analyzer', where, (all) => checkExternal(all, adoptedAnalyzer, where)),
    ...checkObserved(facts.archiveRules, 'analyzer', where, (rules) =>
      checkArchiveRules(rules, expected, { region: facts.region, where }),
    ),
    ...checkObserved(facts.importKey, 'import-key', where, (state) => checkKey(state, where)),
    ...checkObserved(facts.keyPolicies, 'key-policies', where, (keys) =>
      keys.flatMap((key) => checkKeyPolicies(key, where)),
    ),
    ...checkObserved(facts.keyTexts, 'import-key', where, (policies) => checkKeyTexts(policies, vault, where)),
    ...checkCoverage(facts, where, now),
    ...checkObserved(facts.quotas, 'quotas', where, (quotas) => quotas.flatMap((quota) => checkQuota(quota, where))),
    ...checkSubscriptions(facts, where),
  ];
}

const checkAnalyzer = (state: string, where: string): Findings =>
  state === 'IN_SYNC'
    ? []
    : [
        {
          severity: 'warning',
          check: 'analyzer',
          what: `IAM Access Analyzer does not watch the vault as deployed (${state}), so new external access sends no alert`,
          where,
          remedy: 'Deploy the vault stack again.',
        },
      ];

/** AWS allows one analyzer for external access per account and Region: the vault stack creates or adopts it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html */
function checkExternal(names: readonly string[], adopted: string | undefined, where: string): Findings {
  const [other] = names.filter((name) => name !== NAMES.analyzer);
  if (adopted !== undefined && !names.includes(adopted)) {
    const what = `The analyzer ${adopted}, which the configuration adopts, does not exist, so new external access sends no alert`;
    const remedy = other
      ? `Adopt the existing one: set vault.accessAnalyzer to { adopt: '${other}' }.`
      : 'Create it, or remove vault.accessAnalyzer from the configuration.';
    return [{ severity: 'critical', check: 'analyzer', what, where, remedy }];
  }
  if (adopted !== undefined || other === undefined) return [];
  const what = `The account has the analyzer ${other}, and AWS allows no second one: the vault stack cannot be deployed`;
  const remedy = `Set vault.accessAnalyzer to { adopt: '${other}' }, or delete the analyzer.`;
  return [{ severity: 'critical', check: 'analyzer', what, where, remedy }];
}

const checkKey = (state: string, where: string): Findings =>
  state === 'Enabled'
    ? []
    : [
        {
          severity: 'critical',
          check: 'import-key',
          what: `The import key is ${state}: no copy can be made or restored${state === 'PendingDeletion' ? ', and after the deletion every copy is lost' : ''}`,
          where,
          remedy:
            'Cancel its deletion (aws kms cancel-key-deletion), enable it, and find the principal of the call in CloudTrail.',
        },
      ];

/** The trust proof covers the default policy of a key; a second policy may allow other principals. */
function checkKeyPolicies({ key, names }: KeyPolicyNames, where: string): Findings {
  const others = names.filter((name) => name !== 'default');
  if (others.length === 0) return [];
  return [
    {
      severity: 'critical',
      check: 'key-policies',
      what: `The key ${key} has a second policy: ${others.join(', ')}`,
      where,
      remedy:
        'Read the policy (aws kms get-key-policy --policy-name), and remove the key from the resource share (aws ram disassociate-resource-share).',
    },
  ];
}

const checkQuota = ({ name, used, max }: Quota, where: string): Findings =>
  used < max * NEARLY_FULL
    ? []
    : [
        {
          severity: used >= max ? 'critical' : 'warning',
          check: 'quotas',
          what: `The quota of ${name} is nearly used up: ${used} of ${max}`,
          where,
          remedy: 'Request a higher quota (Service Quotas, Amazon RDS), and set vault.manualSnapshotQuota to it.',
        },
      ];

/** The inbox must be subscribed to the topic of every followed account in this Region. */
function checkSubscriptions({ sources, subscriptions, region }: VaultRegionFacts, where: string): Findings {
  return checkObserved(sources, 'subscriptions', `${where}, ${NAMES.sourcesTable}`, (entries) =>
    checkObserved(subscriptions, 'subscriptions', where, (topics) =>
      entries
        .filter(({ state, regions }) => state === 'enrolled' && regions.some((one) => one === region))
        .filter(({ account }) => !topics.includes(copiesTopicArn(account, region)))
        .map(({ account }) => ({
          severity: 'warning',
          check: 'subscriptions',
          what: 'The inbox is not subscribed to the topic of a followed account, so only the sweep finds its copies',
          where: `${account}, ${region}`,
          remedy: 'Wait for the next run of follow-sources, which subscribes; if the finding remains, read its log.',
        })),
    ),
  );
}
