import { CheckvalveError } from '../../contract/errors';
import { EXECUTION_ROLES } from '../../contract/names';
import { HANDLERS, type HandlerRow, type Permission, STACK_PERMISSIONS, type Target } from './handler-permissions';

/** A resource of the tooling, with what decides the permissions to deploy it. */
export interface DeployedResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** What CloudFormation does with a resource. */
export type HandlerName = 'create' | 'update' | 'delete';

/** The permissions of the handlers of a resource type. */
export type Handlers = Readonly<Record<HandlerName, readonly Permission[]>> &
  Pick<HandlerRow, 'nameProperty'> &
  Partial<Pick<HandlerRow, 'replacedBy'>>;

/** A statement of the execution role; `${AWS::AccountId}` stands for the account of the role. */
export interface RoleStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What the template of the tooling needs of the role that deploys it. */
export interface ExecutionRole {
  readonly document: { readonly Version: '2012-10-17'; readonly Statement: readonly RoleStatement[] };
  /** By resource type; `stack` is the stack itself. */
  readonly handlers: Readonly<Record<string, Handlers>>;
}

const KEPT: readonly (string | undefined)[] = ['Retain', 'RetainExceptOnCreate'];

/**
 * The role with exactly the permissions that the deployment of these resources needs. It cannot delete a type that is always
 * retained.
 * @throws CheckvalveError `INVALID_INPUT` that names the type, or the property, whose permissions are unknown
 */
export function executionRoleOf(resources: Readonly<Record<string, DeployedResource>>): ExecutionRole {
  const byType = new Map<string, DeployedResource[]>();
  for (const resource of Object.values(resources)) {
    byType.set(resource.Type, [...(byType.get(resource.Type) ?? []), resource]);
  }
  const rows = [...byType].map(([type, some]) => [type, handlersOf(type, some)] as const);
  const handlers = Object.fromEntries<Handlers>([['stack', STACK_PERMISSIONS], ...rows]);
  const permissions = Object.values(handlers).flatMap((one) => [...one.create, ...one.update, ...one.delete]);
  return { document: { Version: '2012-10-17', Statement: statementsOf(permissions) }, handlers };
}

function handlersOf(type: string, resources: readonly DeployedResource[]): Handlers {
  const row = HANDLERS[type];
  const given = resources.flatMap(({ Properties = {} }) => Object.entries(Properties));
  const used = [...new Set(given.flatMap(([property, value]) => (value === undefined ? [] : [property])))];
  const unknown = row ? used.filter((property) => !row.properties.includes(property)) : [];
  if (!row || unknown.length > 0) {
    const what = row ? `the properties ${unknown.join(', ')} of ${type}` : type;
    const message = `The permissions that CloudFormation needs for ${what} are unknown`;
    const remedy =
      'Add them to src/management/execution-role/handler-permissions.ts, with the page of AWS that lists them.';
    throw new CheckvalveError('INVALID_INPUT', message, remedy);
  }
  const needed = (permissions: readonly Permission[]) =>
    permissions.filter(({ ifProperty }) => !ifProperty || used.includes(ifProperty));
  const isKept = resources.every((one) => KEPT.includes(one.DeletionPolicy) && KEPT.includes(one.UpdateReplacePolicy));
  return {
    ...(row.nameProperty && { nameProperty: row.nameProperty }),
    replacedBy: row.replacedBy,
    create: needed(row.create),
    update: needed(row.update),
    delete: isKept ? [] : needed(row.delete),
  };
}

const filled = ({ arn, names }: Target): string =>
  arn.replace('{account}', '${AWS::AccountId}').replace('{region}', '*').replace('{name}', names);

/** The condition of a statement: a value that is the shape of an ARN becomes a pattern for all ARNs of that shape. */
function conditionOf(when: Permission['when'] = {}): RoleStatement['Condition'] {
  const [pattern] = Object.entries(when).filter(([, value]) => value.startsWith('arn:'));
  const [exact] = Object.entries(when).filter(([, value]) => !value.startsWith('arn:'));
  if (pattern) return { ArnLike: { [pattern[0]]: filled({ arn: pattern[1], names: 'checkvalve-*' }) } };
  return exact && { StringEquals: { [exact[0]]: exact[1] } };
}

/** One statement for each resource and condition, because an inline policy has at most 10,240 characters. */
function statementsOf(permissions: readonly Permission[]): readonly RoleStatement[] {
  const groups = new Map<string, { resource: string; condition: RoleStatement['Condition']; actions: Set<string> }>();
  for (const { action, on, when } of permissions) {
    const resource = on === '*' ? '*' : filled(on);
    const condition = conditionOf(when);
    const key = JSON.stringify([resource, condition]);
    const group = groups.get(key) ?? { resource, condition, actions: new Set<string>() };
    groups.set(key, group);
    group.actions.add(action);
  }
  return [...groups.values()].map(({ resource, condition, actions }) => ({
    Effect: 'Allow',
    Action: [...actions].sort(),
    Resource: [resource],
    ...(condition && { Condition: condition }),
  }));
}

/**
 * The template of the role alone, which StackSets deploys before the tooling. Assumption
 * (stack-sets-take-an-execution-role-template): StackSets assumes this role as it assumes its own, as the service-linked role of
 * the management account, whose managed policy allows it to assume only `stacksets-exec-*`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudFormationStackSetsOrgAdminServiceRolePolicy.html
 */
export function executionRoleTemplate({ document }: ExecutionRole, managementAccount: string): object {
  const sub = (text: string) => (text.includes('${') ? { 'Fn::Sub': text } : text);
  const Statement = document.Statement.map((statement) => ({
    ...statement,
    Resource: statement.Resource.map(sub),
    ...(statement.Condition && {
      Condition: Object.fromEntries(
        Object.entries(statement.Condition).map(([operator, keys]) => [
          operator,
          Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, sub(value)])),
        ]),
      ),
    }),
  }));
  const admin =
    'aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin';
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: `arn:aws:iam::${managementAccount}:role/${admin}` },
  };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Checkvalve: the role that deploys the tooling, with no other permissions',
    Resources: {
      ExecutionRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: EXECUTION_ROLES.generated,
          AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
          Policies: [{ PolicyName: 'rollout', PolicyDocument: { ...document, Statement } }],
        },
      },
    },
  };
}
