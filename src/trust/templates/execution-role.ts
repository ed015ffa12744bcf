import { isObject, type Json, list, texts } from './template';

const ROLE_PROPERTIES = ['AssumeRolePolicyDocument', 'Policies', 'RoleName'];

/** The template of a StackSet’s execution role; undefined without the property, a text where it is not JSON. */
function parsed(body: Json | undefined): Json | undefined {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}

/**
 * The faults of a StackSet’s execution role: permissions outside the account that it is deployed to, and any other principal
 * that can assume it than StackSets of the management account.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html
 */
export function executionRoleFaults(body: Json | undefined, managementAccount: string): readonly string[] {
  const template = parsed(body);
  if (template === undefined) return [];
  const resources = isObject(template) && isObject(template.Resources) ? Object.values(template.Resources) : [];
  const [role, ...others] = resources;
  if (!isObject(role) || role.Type !== 'AWS::IAM::Role' || !isObject(role.Properties) || others.length > 0) {
    return ['the template of its execution role does not hold exactly one role'];
  }
  const { Properties } = role;
  const unknown = Object.keys(Properties).filter((name) => !ROLE_PROPERTIES.includes(name));
  const trust = statementsIn(Properties.AssumeRolePolicyDocument);
  const held = list(Properties.Policies).flatMap((one) => (isObject(one) ? statementsIn(one.PolicyDocument) : [one]));
  return [
    ...unknown.map((name) => `its execution role has the property ${name}`),
    ...(trust.length > 0 && trust.every((one) => isForStackSets(one, managementAccount))
      ? []
      : ['its execution role can be assumed by other principals than StackSets']),
    ...(held.length > 0 && held.every(staysInItsAccount)
      ? []
      : ['its execution role has permissions outside its account']),
  ];
}

const statementsIn = (document: Json | undefined): readonly Json[] =>
  isObject(document) ? list(document.Statement) : [document ?? null];

const isForStackSets = (statement: Json, account: string): boolean =>
  isObject(statement) &&
  isObject(statement.Principal) &&
  Object.keys(statement.Principal).join() === 'AWS' &&
  texts(statement.Principal.AWS).join() ===
    `arn:aws:iam::${account}:role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin`;

/** Whether an Allow names its actions, and resources of its own account, or `*` where IAM supports no resource. */
function staysInItsAccount(statement: Json): boolean {
  if (!isObject(statement) || statement.Effect !== 'Allow') return false;
  if (statement.NotAction !== undefined || statement.NotResource !== undefined) return false;
  const actions = texts(statement.Action);
  const resources = list(statement.Resource).map((one) => (isObject(one) ? one['Fn::Sub'] : one));
  return (
    actions.length > 0 &&
    actions.every((action) => !action.includes('*')) &&
    resources.length > 0 &&
    resources.every(
      (one) =>
        one === '*' ||
        (typeof one === 'string' && one.split(':')[4] === '${AWS' && one.includes(':${AWS::AccountId}:')),
    )
  );
}
