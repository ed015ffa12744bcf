import { cellSuffix } from '../../contract/cells';
import * as ENV from '../../contract/env';
import { NAMES } from '../../contract/names';
import { MANAGEMENT_PERMISSIONS } from '../permissions/management-permissions';
import { unlistedPermissions } from '../permissions/permission-row';
import { executionRoleFaults } from '../templates/execution-role';
import { type JudgedTemplate, type JudgedTemplates, templatesIn } from '../templates/judged-templates';
import { unlistedPropertiesOf } from '../templates/resource-types';
import { isObject, type Json, type JsonObject, type ResolvedResource } from '../templates/template';
import { findingsAt } from './findings-at';
import type { Rule } from './rule';
import { otherRoleStatementsOf } from './statements-by-action';

/** The management account holds no role, StackSet or pipeline into the vault (T8). */
export const managementHoldsNothingOfTheVault: Rule = {
  id: 'T8',
  promise: 'The management account holds no role, StackSet or pipeline into the vault.',
  because:
    'The management account can act in every member account, so control over it must give no access to the vault.',
  refuses: [
    'a permission that no row of the table of permissions lists: on the vault, to assume a role, to pass one, to change the StackSet',
    'a StackSet with another name, another template than the judged one, its own accounts, automatic deployment, or chosen roles',
    'enrollment that does not know the vault’s account, and so could not leave it out',
    'a resource type, or a property, that is not listed for the management account, pipelines among them',
    'a rule, an alarm, a subscription or another resource that points out of the account',
    'a subscription that is not a queue or a function of the account: email addresses are subscribed by hand',
    'a value that only the deployment knows: parameters, imports, macros, `NotAction`, an AWS managed policy',
  ],
  judge: (judged) =>
    templatesIn(judged, 'management').flatMap((template) => [
      ...template.unread,
      ...template.resources.flatMap((one) =>
        findingsAt(template, one.id, [
          ...unlistedPropertiesOf(one, template),
          ...stackSetFaults(one, template, judged),
          ...enrollmentFaults(one, judged),
        ]),
      ),
      ...otherRoleStatementsOf(template).flatMap((statement) =>
        findingsAt(
          template,
          statement.at,
          unlistedPermissions(statement, MANAGEMENT_PERMISSIONS, { template, accounts: judged.accounts }),
        ),
      ),
    ]),
};

const at = (value: JsonObject, name: string, key: string): Json | undefined => {
  const held = value[name];
  return isObject(held) ? held[key] : undefined;
};

/** A template URL in the account's own bucket of assets, named by the digest of the template. */
const TEMPLATE_URL =
  /^https:\/\/s3\.[a-z0-9-]+\.amazonaws\.com\/cdk-[a-z0-9]+-assets-([0-9]{12}-[a-z0-9-]+)\/([0-9a-f]{64})\.json$/;

/** What makes a StackSet deploy another template than the judged one, or to other accounts than the enrolled ones. */
function stackSetFaults(
  { type, properties }: ResolvedResource,
  { place: { account, region } }: JudgedTemplate,
  judged: JudgedTemplates,
): readonly string[] {
  if (type !== 'AWS::CloudFormation::StackSet') return [];
  const [, bucket, file] = TEMPLATE_URL.exec(String(properties.TemplateURL)) ?? [];
  const name = `${NAMES.stackSet}${cellSuffix(judged.accounts.cell)}`;
  const isJudged =
    bucket === `${account}-${region}` && templatesIn(judged, 'source').some(({ digest }) => digest === file);
  return [
    ...(isJudged ? [] : [`its template was not judged: ${String(properties.TemplateURL)}`]),
    ...(properties.StackSetName === name ? [] : [`its name is not ${name}`]),
    ...(properties.PermissionModel === 'SERVICE_MANAGED' ? [] : ['it is not service-managed']),
    ...(at(properties, 'AutoDeployment', 'Enabled') === false ? [] : ['it is deployed automatically']),
    ...executionRoleFaults(properties.ExecutionRoleTemplateBody, account),
    ...((properties.CallAs ?? 'SELF') === 'SELF' ? [] : ['it is administered from another account']),
  ];
}

/** Enrollment leaves out the account that its settings name as the vault. */
function enrollmentFaults({ properties }: ResolvedResource, { accounts }: JudgedTemplates): readonly string[] {
  const variables = at(properties, 'Environment', 'Variables');
  const settings = isObject(variables ?? null) ? (variables as JsonObject)[ENV.enrollAccounts.settings] : undefined;
  if (settings === undefined) return [];
  const vaults = [accounts.vault, ...(accounts.otherCells ?? []).map(({ vault }) => vault)];
  const known = vaultsIn(String(settings));
  return vaults.every((vault) => known.includes(vault)) ? [] : ['enrollment does not know which account is the vault'];
}

/** The vault accounts of all cells in the settings of enrollment; none in settings that cannot be read. */
function vaultsIn(settings: string): readonly unknown[] {
  try {
    const { cells } = JSON.parse(settings) as { readonly cells?: unknown };
    return Array.isArray(cells) ? cells.map((cell: unknown) => Object(cell).vaultAccount) : [];
  } catch {
    return [];
  }
}
