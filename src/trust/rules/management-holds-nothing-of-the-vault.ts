import * as ENV from '../../contract/env';
import { NAMES } from '../../contract/names';
import { type Estate, type JudgedResource, type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { strangeIn } from '../templates/resource-types';
import { MANAGEMENT_REACH } from '../permissions/management-permissions';
import { beyond } from '../permissions/permission-row';
import { executionRoleFaults } from '../templates/execution-role';
import { isObject, type Json, type JsonObject } from '../templates/template';
import { foundAt } from './findings-at';
import { leftToTheZone } from './statements-by-action';
import type { Rule } from './rule';

/** The management account holds no role, StackSet or pipeline into the vault (T8). */
export const managementHoldsNothingOfTheVault: Rule = {
  id: 'T8',
  promise: 'The management account holds no role, StackSet or pipeline into the vault.',
  because:
    'Management can do anything to its members: what it held of the vault would be everybody’s who comes in there.',
  refuses: [
    'a permission that no row of reach allows: on the vault, to take a role, to pass one, to change the StackSet',
    'a StackSet of another name, with another template than the one that was judged, with accounts of its own, with automatic deployment, or under roles of one’s own choice',
    'enrollment that does not know the vault’s account, and so could not leave it out',
    'a type of resource, or a property, that nobody has judged for the management account, pipelines among them',
    'a rule, alarm, subscription or anything else that points out of the account',
    'a topic that tells anybody but a queue or a function of the account: people subscribe by hand',
    'whatever only deployment knows: parameters, imports, macros, `NotAction`, a policy of AWS',
  ],
  judge: (estate) =>
    templatesIn(estate, 'management').flatMap((template) => [
      ...template.unread,
      ...template.resources.flatMap((one) =>
        foundAt(template, one.id, [
          ...strangeIn(one, template),
          ...stackSetFaults(one, template, estate),
          ...blind(one, estate),
        ]),
      ),
      ...leftToTheZone(template).flatMap((statement) =>
        foundAt(template, statement.at, beyond(statement, MANAGEMENT_REACH, { template, accounts: estate.accounts })),
      ),
    ]),
};

const at = (value: JsonObject, name: string, key: string): Json | undefined => {
  const held = value[name];
  return isObject(held) ? held[key] : undefined;
};

/** What in a StackSet would carry something else, or further, than the judged template to enrolled accounts. */
function stackSetFaults(
  { type, properties }: JudgedResource,
  { account, region }: JudgedTemplate,
  estate: Estate,
): readonly string[] {
  if (type !== 'AWS::CloudFormation::StackSet') return [];
  // In the account's own bucket of assets, under the digest of what was judged.
  const [, bucket, file] =
    /^https:\/\/s3\.[a-z0-9-]+\.amazonaws\.com\/cdk-[a-z0-9]+-assets-([0-9]{12}-[a-z0-9-]+)\/([0-9a-f]{64})\.json$/.exec(
      String(properties.TemplateURL),
    ) ?? [];
  const isJudged =
    bucket === `${account}-${region}` && templatesIn(estate, 'source').some(({ digest }) => digest === file);
  return [
    ...(isJudged ? [] : [`its template was not judged: ${String(properties.TemplateURL)}`]),
    ...(properties.StackSetName === NAMES.stackSet ? [] : [`its name is not ${NAMES.stackSet}`]),
    ...(properties.PermissionModel === 'SERVICE_MANAGED' ? [] : ['it is not service-managed']),
    ...(at(properties, 'AutoDeployment', 'Enabled') === false ? [] : ['it is deployed automatically']),
    ...executionRoleFaults(properties.ExecutionRoleTemplateBody, account),
    ...((properties.CallAs ?? 'SELF') === 'SELF' ? [] : ['it is administered from another account']),
  ];
}

/** Enrollment leaves out the account that it is told is the vault. */
function blind({ properties }: JudgedResource, { accounts }: Estate): readonly string[] {
  const variables = at(properties, 'Environment', 'Variables');
  const settings = isObject(variables ?? null) ? (variables as JsonObject)[ENV.enrollAccounts.settings] : undefined;
  if (settings === undefined) return [];
  let told: unknown;
  try {
    told = (JSON.parse(String(settings)) as { vaultAccount?: unknown }).vaultAccount;
  } catch {
    told = undefined;
  }
  return told === accounts.vault ? [] : ['enrollment is not told which account is the vault'];
}
