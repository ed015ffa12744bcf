import * as ENV from '../../contract/env';
import { canMean, roleName, unlistedPermissions } from '../permissions/permission-row';
import { VAULT_PERMISSIONS } from '../permissions/vault-permissions';
import { type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { isObject, type Json, type JsonObject, type ResolvedResource } from '../templates/template';
import { findingsAt } from './findings-at';
import { organizationPolicyFaults } from './organization-policy-faults';
import type { Rule } from './rule';
import { DELETING, otherRoleStatementsOf, roleStatementsOf, SHARING, withActions } from './statements-by-action';

/** Nothing management or a source writes can delete, shorten or stop anything in the vault (T9). */
export const writingOnlyAdds: Rule = {
  id: 'T9',
  promise:
    'Nothing management or a source writes can delete, shorten or stop anything in the vault; it can only add, at a bounded rate.',
  because: 'A forged message, tag or registry entry may cost the vault some work, and nothing else.',
  refuses: [
    'a permission of a vault role that no row of the table of permissions lists: to stop, change or remove something, to change a policy, to reach other accounts',
    'a role that can delete or share and also reads input from outside the vault: from the inbox, another queue or an access role',
    'an event source mapping without a limit on concurrent runs',
    'a follower without a limit on the accounts that it accepts per day',
    'a policy of the organization that does more than deny, that is not a service control policy, or that is attached to the vault',
  ],
  judge: (judged) => [
    ...templatesIn(judged, 'management').flatMap((template) =>
      template.resources.flatMap((one) => findingsAt(template, one.id, organizationPolicyFaults(one, judged))),
    ),
    ...templatesIn(judged, 'vault').flatMap((template) => [
      ...otherRoleStatementsOf(template).flatMap((statement) =>
        findingsAt(
          template,
          statement.at,
          unlistedPermissions(statement, VAULT_PERMISSIONS, { template, accounts: judged.accounts }),
        ),
      ),
      ...deletersWithOutsideInput(template).flatMap(([at, what]) => findingsAt(template, at, [what])),
      ...template.resources.flatMap((one) => findingsAt(template, one.id, missingLimits(one))),
    ]),
  ],
};

const READING_INPUT: readonly string[] = ['sqs:ReceiveMessage', 'sts:AssumeRole'];

/** Roles that can delete or share, and that read input from outside the vault. */
function deletersWithOutsideInput(template: JudgedTemplate): readonly (readonly [at: string, what: string])[] {
  const statements = roleStatementsOf(template);
  const allowed = (actions: readonly string[]) =>
    withActions(statements, (action) => canMean(action, actions)).map(
      (statement) => [statement.at, roleName(statement)] as const,
    );
  const readers = new Set(allowed(READING_INPUT).map(([, name]) => name));
  return allowed([...DELETING, ...SHARING])
    .filter(([, name]) => readers.has(name))
    .map(([at, name]) => [at, `${name} can delete or share, and reads input from outside the vault`]);
}

const MAX_CONCURRENCY = 10;
const MAX_NEW_ACCOUNTS_PER_DAY = 1000;

const isWithin = (value: Json | undefined, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

/** The limits that an event source mapping or a follower lacks. */
function missingLimits({ type, properties }: ResolvedResource): readonly string[] {
  const part = (value: Json | undefined, key: string): Json | undefined => (isObject(value) ? value[key] : undefined);
  if (type === 'AWS::Lambda::EventSourceMapping') {
    return isWithin(part(properties.ScalingConfig, 'MaximumConcurrency'), MAX_CONCURRENCY)
      ? []
      : [`it starts more than ${MAX_CONCURRENCY} runs at once`];
  }
  const variables = part(properties.Environment, 'Variables');
  // The function that knows the inbox subscribes it, and accepts accounts.
  const isFollower = part(variables, ENV.followSources.inboxArn) !== undefined;
  if (!isFollower) return [];
  const limits = readLimits(part(variables, ENV.followSources.limits));
  return isWithin(limits.maxNewAccountsPerDay, MAX_NEW_ACCOUNTS_PER_DAY)
    ? []
    : [`it accepts more than ${MAX_NEW_ACCOUNTS_PER_DAY} accounts per day`];
}

function readLimits(text: Json | undefined): JsonObject {
  try {
    const read: unknown = JSON.parse(String(text));
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}
