import { list, texts } from './policy-owners';
import { isObject, type Json } from './template';

const ROLE_PROPERTIES = ['AssumeRolePolicyDocument', 'Policies', 'RoleName'];

/** The template of a StackSet's execution role: undefined where the property is left out, a text where it is no template. */
function parsed(body: Json | undefined): Json | undefined {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}

/**
 * What in the template of a StackSet's execution role would reach further than the account that it is deployed into, or let
 * another principal take the role than StackSets of the management account.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-custom-execution-role.html
 */
export function executionRoleFaults(body: Json | undefined, managementAccount: string): readonly string[] {
  const template = parsed(body);
  if (template === undefined) return [];
  const resources = isObject(template) && isObject(template.Resources) ? Object.values(template.Resources) : [];
  const [role, ...others] = resources;
  if (!isObject(role) || role.Type !== 'AWS::IAM::Role' || !isObject(role.Properties) || others.length > 0) {
    return ['its execution role is not the one role of a template'];
  }
  const { Properties } = role;
  const more = Object.keys(Properties).filter((name) => !ROLE_PROPERTIES.includes(name));
  const trust = statementsIn(Properties.AssumeRolePolicyDocument);
  const held = list(Properties.Policies).flatMap((one) => (isObject(one) ? statementsIn(one.PolicyDocument) : [one]));
  return [
    ...more.map((name) => `its execution role has the property ${name}`),
    ...(trust.length > 0 && trust.every((one) => isOfStackSets(one, managementAccount))
      ? []
      : ['its execution role is not taken by StackSets alone']),
    ...(held.length > 0 && held.every(staysAtHome) ? [] : ['its execution role reaches out of its account']),
  ];
}

const statementsIn = (document: Json | undefined): readonly Json[] =>
  isObject(document) ? list(document.Statement) : [document ?? null];

const isOfStackSets = (statement: Json, account: string): boolean =>
  isObject(statement) &&
  isObject(statement.Principal) &&
  Object.keys(statement.Principal).join() === 'AWS' &&
  texts(statement.Principal.AWS).join() ===
    `arn:aws:iam::${account}:role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin`;

/** Whether an allowance names its actions, and resources of its own account; `*` is where IAM knows no resource. */
function staysAtHome(statement: Json): boolean {
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
