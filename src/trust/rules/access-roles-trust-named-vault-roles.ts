import type { Region } from '../../contract/ids';
import { NAMES, PREFIX, roleNames, TAGS } from '../../contract/names';
import {
  hasCondition,
  type PermissionRow,
  type RequiredCondition,
  type RuleContext,
  roleName,
  unlistedPermissions,
} from '../permissions/permission-row';
import { ACCESS_ROLE_STEPS, ROLES, roleNameOf } from '../permissions/role-patterns';
import { unlistedServicePermissions } from '../permissions/service-permissions';
import { ONLY_OUR_TAGS, READ_SNAPSHOTS } from '../permissions/source-permissions';
import { templatesIn } from '../templates/judged-templates';
import { isLimitedToOwnAccount } from '../templates/service-principals';
import { linesOn, type Statement } from '../templates/statement';
import { findingsAt } from './findings-at';
import { isOwnPrincipal, principalText } from './foreign-principals';
import type { Rule } from './rule';
import { isAccessRole } from './statements-by-action';
import { foreignPrincipalsOfRole, otherAssumeActions } from './vault-roles-are-assumed-only-inside';

/** Each access role trusts exactly the named vault roles, and only reads or tags (T5). */
export const accessRolesTrustNamedVaultRoles: Rule = {
  id: 'T5',
  promise: 'Each access role trusts exactly the named vault roles, and only reads or tags.',
  because:
    'The vault must know what to copy. An access role that trusted more principals, or had more permissions, would expose the source.',
  refuses: [
    'at an access role, any other principal than the vault’s account with `aws:PrincipalArn` of the roles that use the access role',
    'at any other role or resource of a source or of management, another account, or a service principal that is not limited to the account; at the copies topic only the follower may subscribe, with the inbox alone',
    'a service principal limited to the account with a permission that no row of the table of service permissions lists, or on a role that no row lets it assume',
    'an access role with any other permission than to list databases, snapshots and backups, to count dead letters, to scan the registry and the export memory, to read the policies of the export key, and to write Checkvalve’s own tags on export copies',
  ],
  judge: (judged) =>
    templatesIn(judged, 'source', 'management').flatMap((template) => {
      const context = { template, accounts: judged.accounts };
      const regions = templatesIn(judged, 'vault').map(({ place }) => place.region);
      return template.statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap((one) => findingsAt(template, one.at, faultsIn(one, context, regions)));
    }),
};

const exportCopies = (kind: string): string => `arn:aws:rds:{region}:{account}:${kind}:${PREFIX}-*`;

/** The permissions of access roles. */
export const ACCESS_ROLE_PERMISSIONS: readonly PermissionRow[] = [
  READ_SNAPSHOTS,
  {
    by: [ROLES.snapshotAccess],
    may: ['rds:AddTagsToResource'],
    on: [exportCopies('snapshot'), exportCopies('cluster-snapshot')],
    when: [['StringEquals', `aws:ResourceTag/${TAGS.role}`, 'export'], ...ONLY_OUR_TAGS],
    because: 'The vault tags an export copy as imported, or with the reason why it does not import it.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
    on: ['arn:aws:rds:*:{account}:cluster:*', 'arn:aws:rds:*:{account}:db:*'],
    because: 'The vault lists the databases, also in Regions without a vault.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['backup:DescribeRegionSettings', 'backup:ListBackupJobs'],
    on: ['*'],
    because: 'AWS Backup supports no resource for a list of jobs, nor for the settings of a Region.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    on: [`arn:aws:sqs:{region}:{account}:${NAMES.wakeupsDeadLetters}`],
    because: 'The vault counts the wakeups that failed.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['dynamodb:Scan'],
    on: [`arn:aws:dynamodb:{region}:{account}:table/${NAMES.exportMemoryTable}`],
    because: 'The vault reads why a snapshot is held, where AWS does not allow a tag on the snapshot.',
  },
  {
    by: [ROLES.coverageAccess],
    may: ['kms:GetKeyPolicy', 'kms:ListKeyPolicies'],
    on: ['created AWS::KMS::Key'],
    because: 'The vault checks whether the export key has a policy that the tooling did not create.',
  },
  {
    by: [ROLES.registryAccess],
    may: ['dynamodb:Scan'],
    on: ['created AWS::DynamoDB::Table'],
    because: 'The vault reads which accounts are enrolled.',
  },
];

/** The conditions under which the follower may subscribe. */
const SUBSCRIBING: readonly RequiredCondition[] = [
  ['StringEquals', 'aws:PrincipalArn', `arn:aws:iam::{vault}:role/${ROLES.follower}`],
  ['StringEquals', 'sns:Protocol', 'sqs'],
  ['StringEquals', 'sns:Endpoint', `arn:aws:sqs:{region}:{vault}:${NAMES.inbox}`],
];

function faultsIn(statement: Statement, context: RuleContext, regions: readonly string[]): readonly string[] {
  const { template, accounts } = context;
  const isVault = (name: string): boolean => [accounts.vault, `arn:aws:iam::${accounts.vault}:root`].includes(name);
  switch (statement.kind) {
    case 'identity':
    case 'boundary':
      return isAccessRole(statement, template) ? unlistedPermissions(statement, ACCESS_ROLE_PERMISSIONS, context) : [];
    case 'trust':
      return [
        ...foreignPrincipalsOfRole(
          statement,
          context,
          (name) => isVault(name) && isLimitedToItsSteps(statement, context, regions),
        ),
        ...otherAssumeActions(statement),
      ];
    case 'resource':
      return resourcePolicyFaults(statement, context, (name) => isVault(name) && isSubscribing(statement, context));
  }
}

/** Whether `aws:PrincipalArn` limits a trust statement to the roles of the access role's steps, in Regions with a vault. */
function isLimitedToItsSteps(
  statement: Statement,
  { template, accounts }: RuleContext,
  regions: readonly string[],
): boolean {
  const { zone, place } = template;
  const name = roleName(statement);
  const [, steps = []] =
    Object.entries(ACCESS_ROLE_STEPS).find(([role]) => roleNameOf(role, place.region, accounts.cell) === name) ?? [];
  const rolesIn = (region: string): readonly string[] =>
    steps.map((step) => `arn:aws:iam::${accounts.vault}:role/${roleNames.vaultStep(step, region as Region)}`);
  const named = (zone === 'source' ? [place.region] : regions).flatMap(rolesIn);
  // The registry access role serves the vaults of all Regions: there `*` may replace the Region, and nothing else.
  const allowed = (operator: string): readonly string[] =>
    operator === 'ArnLike' && zone === 'management' ? [...named, ...rolesIn('*')] : named;
  const lines = linesOn(statement, 'aws:PrincipalArn', ['StringEquals', 'ArnLike']);
  return (
    lines.length > 0 &&
    lines.every(({ operator, values }) => values.every((value) => allowed(operator).includes(value)))
  );
}

const isSubscribing = (statement: Statement, context: RuleContext): boolean =>
  context.template.created.get(statement.owner) === 'AWS::SNS::Topic' &&
  statement.owner.endsWith(`:${NAMES.copiesTopic}`) &&
  statement.actions.every((action) => action.toLowerCase() === 'sns:subscribe') &&
  SUBSCRIBING.every((required) => hasCondition(statement, required, context));

/** Rule T4 judges key policies. */
function resourcePolicyFaults(
  statement: Statement,
  context: RuleContext,
  isKnown: (name: string) => boolean,
): readonly string[] {
  const { template } = context;
  if (template.created.get(statement.owner) === 'AWS::KMS::Key') return [];
  const isLimited = isLimitedToOwnAccount(statement, template);
  const foreign = statement.principals.filter(({ kind, name }) =>
    kind === 'AWS' ? !isOwnPrincipal(name, template) && !isKnown(name) : kind !== 'Service' || !isLimited,
  );
  return [
    ...foreign.map((one) => `allows ${statement.actions.join(', ')} to ${principalText(one)}`),
    ...(isLimited ? unlistedServicePermissions(statement, context) : []),
  ];
}
