import type { InheritedPower } from '../../contract/inherited-powers';
import { copiesTopicArn, NAMES } from '../../contract/names';
import type { Expected, KeyPolicies, OutsideRole, Quota, VaultFacts, VaultRegionFacts } from './facts';
import { type Judged, judged } from './finding';
import { judgeArchiveRules } from './judge-archive-rules';
import { judgeCoverage } from './judge-coverage';
import { judgeKeyTexts } from './judge-keys';

/** Which power of the organization a role stands for, by the name under which AWS makes it. */
const POWERS: ReadonlyArray<readonly [RegExp, InheritedPower]> = [
  [/^OrganizationAccountAccessRole$/, 'OrganizationAccountAccessRole'],
  [/^stacksets-exec-/, 'stacksets-exec'],
  [/^AWSControlTowerExecution$/, 'AWSControlTowerExecution'],
  [/^AWSReservedSSO_/, 'IdentityCenter'],
  [/^cdk-/, 'cdk-bootstrap-trust'],
];
const NEARLY_FULL = 0.8;

/** What is wrong as seen from the vault account. */
export function judgeVault(facts: VaultFacts, expected: Expected): Judged {
  const { vault } = expected;
  return [
    ...judged(facts.organization, 'placement', vault, ({ id }) => judgePlacement(id, expected)),
    ...judged(facts.roles, 'ambient-roles', vault, (roles) => roles.flatMap((role) => judgeRole(role, expected))),
    ...facts.regions.flatMap((region) => judgeRegion(region, expected)),
  ];
}

function judgePlacement(id: string | undefined, { vault, organization, placement }: Expected): Judged {
  const of = (what: string): Judged => [
    {
      severity: 'critical',
      check: 'placement',
      what,
      where: vault,
      remedy:
        'Move the account, or correct vault.placement and run checkvalve trust: it names who then has power over it.',
    },
  ];
  if (placement === 'inside') {
    return id === organization
      ? []
      : of(`The vault is configured to stand in ${organization}, and is in ${id ?? 'none'}`);
  }
  if (id === undefined) return [];
  return id === organization
    ? of('The vault is a member of the organization, and is configured to stand outside')
    : of(`The vault is a member of another organization, ${id}: its owner has power over the vault`);
}

/** Whom a trust policy names, unless it is the vault itself or a service. Identity Center, which stands in the vault as a
 * provider, is the organization's. */
const outsiders = ({ trusts }: OutsideRole, vault: string): readonly string[] =>
  trusts.filter(
    (one) =>
      !/\.amazonaws\.com$/.test(one) &&
      one !== vault &&
      (!one.startsWith(`arn:aws:iam::${vault}:`) || /:saml-provider\/AWSSSO_/.test(one)),
  );

function judgeRole(role: OutsideRole, { vault, accepted }: Expected): Judged {
  const outside = outsiders(role, vault);
  const power = POWERS.find(([name]) => name.test(role.name))?.[1];
  if (outside.length === 0 || (power && accepted.includes(power))) return [];
  return [
    {
      severity: 'critical',
      check: 'ambient-roles',
      what: `The role ${role.name} lets in ${outside.join(', ')}`,
      where: vault,
      remedy: power
        ? 'Delete the role, or accept its power by name with a reason: see docs/trust-model.md.'
        : 'Delete the role, or take these principals out of its trust policy.',
    },
  ];
}

function judgeRegion(facts: VaultRegionFacts, expected: Expected): Judged {
  const { vault, now, adoptedAnalyzer } = expected;
  const where = `${vault}, ${facts.region}`;
  return [
    ...(adoptedAnalyzer === undefined
      ? judged(facts.analyzer, 'analyzer', where, (state) => judgeAnalyzer(state, where))
      : []),
    ...judged(facts.externalAnalyzers, 'analyzer', where, (all) => judgeExternal(all, adoptedAnalyzer, where)),
    ...judged(facts.archiveRules, 'analyzer', where, (rules) =>
      judgeArchiveRules(rules, expected, { region: facts.region, where }),
    ),
    ...judged(facts.importKey, 'import-key', where, (state) => judgeKey(state, where)),
    ...judged(facts.keyPolicies, 'key-policies', where, (keys) => keys.flatMap((key) => judgeKeyPolicies(key, where))),
    ...judged(facts.keyTexts, 'import-key', where, (policies) => judgeKeyTexts(policies, vault, where)),
    ...judgeCoverage(facts, where, now),
    ...judged(facts.quotas, 'quotas', where, (quotas) => quotas.flatMap((quota) => judgeQuota(quota, where))),
    ...judgeSubscriptions(facts, where),
  ];
}

const judgeAnalyzer = (state: string, where: string): Judged =>
  state === 'IN_SYNC'
    ? []
    : [
        {
          severity: 'warning',
          check: 'analyzer',
          what: `IAM Access Analyzer does not watch the vault as deployed (${state}): what is opened is not told`,
          where,
          remedy: 'Deploy the vault stack again.',
        },
      ];

/** AWS allows one analyzer for external access in an account and Region: the vault stack makes it, or adopts it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html */
function judgeExternal(names: readonly string[], adopted: string | undefined, where: string): Judged {
  const [other] = names.filter((name) => name !== NAMES.analyzer);
  if (adopted !== undefined && !names.includes(adopted)) {
    const what = `The analyzer ${adopted}, which the configuration adopts, is not there: what is opened is not told`;
    const remedy = other
      ? `Name the one that is there in vault.accessAnalyzer: { adopt: '${other}' }.`
      : 'Make it, or take vault.accessAnalyzer out of the configuration.';
    return [{ severity: 'critical', check: 'analyzer', what, where, remedy }];
  }
  if (adopted !== undefined || other === undefined) return [];
  const what = `The account has the analyzer ${other}: AWS allows no second one, so the vault stack cannot be deployed`;
  const remedy = `Set vault.accessAnalyzer to { adopt: '${other}' }, or delete it.`;
  return [{ severity: 'critical', check: 'analyzer', what, where, remedy }];
}

const judgeKey = (state: string, where: string): Judged =>
  state === 'Enabled'
    ? []
    : [
        {
          severity: 'critical',
          check: 'import-key',
          what: `The import key is ${state}: no copy can be made or restored${state === 'PendingDeletion' ? ', and soon none ever again' : ''}`,
          where,
          remedy: 'Cancel its deletion (aws kms cancel-key-deletion), enable it, and find out who did it.',
        },
      ];

/** The proof covers the default policy of a key: a second policy may open the key to other principals. */
function judgeKeyPolicies({ key, names }: KeyPolicies, where: string): Judged {
  const others = names.filter((name) => name !== 'default');
  if (others.length === 0) return [];
  return [
    {
      severity: 'critical',
      check: 'key-policies',
      what: `The key ${key} has a policy beside its own: ${others.join(', ')}`,
      where,
      remedy:
        'Read it (aws kms get-key-policy --policy-name), and take the key out of the resource share (aws ram disassociate-resource-share).',
    },
  ];
}

const judgeQuota = ({ name, used, most }: Quota, where: string): Judged =>
  used < most * NEARLY_FULL
    ? []
    : [
        {
          severity: used >= most ? 'critical' : 'warning',
          check: 'quotas',
          what: `${used} of ${most} are used: ${name}`,
          where,
          remedy: 'Ask for a higher quota (Service Quotas, Amazon RDS), and set vault.manualSnapshotQuota to it.',
        },
      ];

/** Each source that the vault follows is to be heard in each of its Regions that is this one. */
function judgeSubscriptions({ sources, subscriptions, region }: VaultRegionFacts, where: string): Judged {
  return judged(sources, 'subscriptions', `${where}, ${NAMES.sourcesTable}`, (entries) =>
    judged(subscriptions, 'subscriptions', where, (topics) =>
      entries
        .filter(({ state, regions }) => state === 'enrolled' && regions.some((one) => one === region))
        .filter(({ account }) => !topics.includes(copiesTopicArn(account, region)))
        .map(({ account }) => ({
          severity: 'warning',
          check: 'subscriptions',
          what: 'The inbox is not subscribed to the topic of a followed account: its copies are found by the sweep alone',
          where: `${account}, ${region}`,
          remedy: 'The next run of follow-sources subscribes; if it stays, read its log.',
        })),
    ),
  );
}
