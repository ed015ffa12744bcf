import { NAMES, PREFIX, TAGS } from '../../contract/names';
import { type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { speaksForItself } from '../templates/service-principals';
import { type Statement, testsOf } from '../templates/statement';
import { beyond, type Ground, type Guard, isGuarded, type Reach, roleName } from '../permissions/permission-row';
import { ROLES } from '../permissions/role-patterns';
import { servicesBeyond } from '../permissions/service-permissions';
import { ONLY_OUR_MARKS, READ_SNAPSHOTS } from '../permissions/source-permissions';
import { foundAt } from './findings-at';
import { isAccessRole } from './statements-by-action';
import type { Rule } from './rule';
import { isOwnPrincipal } from './vault-resources-trust-only-the-vault';
import { otherWays, outsidersIn } from './vault-roles-are-assumed-only-inside';

/** Each access role trusts exactly the named vault roles, and only reads or marks (T5). */
export const accessRolesTrustNamedVaultRoles: Rule = {
  id: 'T5',
  promise: 'Each access role trusts exactly the named vault roles, and only reads or marks.',
  because:
    'The vault must see what to copy. An access role that let in more, or did more, would be a way out of the vault.',
  refuses: [
    'anybody at an access role but the vault’s account under `aws:PrincipalArn` of the roles that the access role is for',
    'another account, or an unnarrowed service, at any other role or resource of a source or of management; at the copies topic the follower alone may subscribe, with the inbox alone',
    'a service, though it comes for its account, that may do more there than a row of reach allows it, or take a role that no row gives it',
    'anything at an access role but listing databases, snapshots and backups, counting dead letters, scanning the registry and the memory of exports, reading the policies of the export key, and writing our own marks on export copies',
  ],
  judge: (estate) =>
    templatesIn(estate, 'source', 'management').flatMap((template) => {
      const ground = { template, accounts: estate.accounts };
      const regions = templatesIn(estate, 'vault').map(({ region }) => region);
      return template.statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap((one) => foundAt(template, one.at, faultsIn(one, ground, regions)));
    }),
};

/** Whom each access role is for. */
const VISITORS: Readonly<Record<string, readonly string[]>> = {
  [ROLES.snapshotAccess]: [ROLES.importer],
  [ROLES.coverageAccess]: [ROLES.teller],
  [ROLES.registryAccess]: [ROLES.follower, ROLES.teller],
};

const marks = (kind: string): string => `arn:aws:rds:{region}:{account}:${kind}:${PREFIX}-*`;

/** What access roles open to. */
export const ACCESS_ROLE_REACH: readonly Reach[] = [
  READ_SNAPSHOTS,
  {
    by: [ROLES.snapshotAccess],
    may: ['rds:AddTagsToResource'],
    on: [marks('snapshot'), marks('cluster-snapshot')],
    when: [['StringEquals', `aws:ResourceTag/${TAGS.role}`, 'export'], ...ONLY_OUR_MARKS],
    because: 'The vault marks an export copy as taken, or says why it does not take it.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
    on: ['arn:aws:rds:*:{account}:cluster:*', 'arn:aws:rds:*:{account}:db:*'],
    because: 'The vault looks which databases there are, also in Regions that no vault covers.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['backup:DescribeRegionSettings', 'backup:ListBackupJobs'],
    on: ['*'],
    because: 'AWS Backup has no resource to name for a listing of jobs, nor for the settings of a Region.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    on: [`arn:aws:sqs:{region}:{account}:${NAMES.wakeupsDeadLetters}`],
    because: 'The vault counts the wake-ups that led to nothing.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['dynamodb:Scan'],
    on: [`arn:aws:dynamodb:{region}:{account}:table/${NAMES.exportMemoryTable}`],
    because: 'The vault reads why a snapshot is held, where AWS refuses to write it on the snapshot.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['kms:GetKeyPolicy', 'kms:ListKeyPolicies'],
    on: ['made AWS::KMS::Key'],
    because: 'The vault sees whether the export key has a policy that the tooling did not give it.',
  },
  {
    by: [ROLES.registryAccess],
    may: ['dynamodb:Scan'],
    on: ['made AWS::DynamoDB::Table'],
    because: 'The vault reads which accounts are enrolled.',
  },
];

/** With what the follower may subscribe. */
const SUBSCRIBING: readonly Guard[] = [
  ['StringEquals', 'aws:PrincipalArn', `arn:aws:iam::{vault}:role/${ROLES.follower}`],
  ['StringEquals', 'sns:Protocol', 'sqs'],
  ['StringEquals', 'sns:Endpoint', `arn:aws:sqs:{region}:{vault}:${NAMES.inbox}`],
];

function faultsIn(statement: Statement, ground: Ground, regions: readonly string[]): readonly string[] {
  const { template } = ground;
  const isVault = (who: string): boolean =>
    [ground.accounts.vault, `arn:aws:iam::${ground.accounts.vault}:root`].includes(who);
  switch (statement.kind) {
    case 'identity':
    case 'boundary':
      return isAccessRole(statement, template) ? beyond(statement, ACCESS_ROLE_REACH, ground) : [];
    case 'trust':
      return [
        ...outsidersIn(statement, ground, (who) => isVault(who) && isForVisitors(statement, ground, regions)),
        ...otherWays(statement),
      ];
    case 'resource':
      // What a key allows is another promise.
      return template.made.get(statement.owner) === 'AWS::KMS::Key'
        ? []
        : [
            ...strangersAt(statement, template, (who) => isVault(who) && isSubscribing(statement, ground)),
            ...(speaksForItself(statement, template) ? servicesBeyond(statement, ground) : []),
          ];
  }
}

/** The roles of the vault that an access role names are those it is for, in Regions that have a vault. */
function isForVisitors(statement: Statement, { template, accounts }: Ground, regions: readonly string[]): boolean {
  const name = roleName({ ...statement });
  const [, visitors = []] =
    Object.entries(VISITORS).find(([accessRole]) => accessRole.replaceAll('{region}', template.region) === name) ?? [];
  const places = template.zone === 'source' ? [template.region] : regions;
  const named = places.flatMap((place) =>
    visitors.map((role) => `arn:aws:iam::${accounts.vault}:role/${role.replaceAll('{region}', place)}`),
  );
  // The registry access role serves the vaults of all Regions: there `*` may stand for the Region, and for nothing else.
  const inAnyRegion = visitors.map((role) => `arn:aws:iam::${accounts.vault}:role/${role.replaceAll('{region}', '*')}`);
  const allowed = (operator: string): readonly string[] =>
    operator === 'ArnLike' && template.zone === 'management' ? [...named, ...inAnyRegion] : named;
  const tests = testsOf(statement, 'aws:PrincipalArn', ['StringEquals', 'ArnLike']);
  return (
    tests.length > 0 &&
    tests.every(({ operator, values }) => values.every((value) => allowed(operator).includes(value)))
  );
}

const isSubscribing = (statement: Statement, ground: Ground): boolean =>
  ground.template.made.get(statement.owner) === 'AWS::SNS::Topic' &&
  statement.owner.endsWith(`:${NAMES.copiesTopic}`) &&
  statement.actions.every((action) => action.toLowerCase() === 'sns:subscribe') &&
  SUBSCRIBING.every((guard) => isGuarded(statement, guard, ground));

const strangersAt = (
  statement: Statement,
  template: JudgedTemplate,
  isKnown: (who: string) => boolean,
): readonly string[] =>
  statement.principals
    .filter(({ kind, who }) =>
      kind === 'AWS'
        ? !isOwnPrincipal(who, template) && !isKnown(who)
        : kind !== 'Service' || !speaksForItself(statement, template),
    )
    .map(({ kind, who }) => `lets ${who === '*' ? 'anybody' : `${kind}: ${who}`} ${statement.actions.join(', ')}`);
