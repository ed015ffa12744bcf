import * as ENV from '../../contract/env';
import { type JudgedResource, type JudgedTemplate, templatesIn } from '../templates/judged-templates';
import { beyond, canMean, roleName } from '../permissions/permission-row';
import { VAULT_REACH } from '../permissions/vault-permissions';
import { isObject, type Json, type JsonObject } from '../templates/template';
import { foundAt } from './findings-at';
import { policyFaults } from './organization-policy-faults';
import { allowancesOf, DELETING, leftToTheZone, SHARING, withActions } from './statements-by-action';
import type { Rule } from './rule';

/** Nothing management or a source writes can delete, shorten or stop anything in the vault (T9). */
export const writingOnlyAdds: Rule = {
  id: 'T9',
  promise:
    'Nothing management or a source writes can delete, shorten or stop anything in the vault; it can only add, at a bounded rate.',
  because: 'A message, a tag or a registry that lies must cost the vault some work, and nothing else.',
  refuses: [
    'a permission of a vault role that no row of reach allows: to stop, to change, to remove, to re-policy, to reach further',
    'a role that may delete or share and at the same time hears the outside: through the inbox, an access role or a queue',
    'a queue that wakes a step without a bound on how many run at once',
    'a follower without a bound on how many accounts it accepts in a day',
    'a policy of the organization that does more than to deny, that is no service control policy, or that is attached to the vault',
  ],
  judge: (estate) => [
    ...templatesIn(estate, 'management').flatMap((template) =>
      template.resources.flatMap((one) => foundAt(template, one.id, policyFaults(one, estate))),
    ),
    ...templatesIn(estate, 'vault').flatMap((template) => [
      ...leftToTheZone(template).flatMap((statement) =>
        foundAt(template, statement.at, beyond(statement, VAULT_REACH, { template, accounts: estate.accounts })),
      ),
      ...hearing(template).flatMap(([at, what]) => foundAt(template, at, [what])),
      ...template.resources.flatMap((one) => foundAt(template, one.id, unbounded(one))),
    ]),
  ],
};

const HEARING: readonly string[] = ['sqs:ReceiveMessage', 'sts:AssumeRole'];

/** Roles that can take something away, and hear what others write. */
function hearing(template: JudgedTemplate): readonly (readonly [at: string, what: string])[] {
  const roles = allowancesOf(template);
  const able = (actions: readonly string[]) =>
    withActions(roles, (action) => canMean(action, actions)).map(
      (statement) => [statement.at, roleName(statement)] as const,
    );
  const hears = new Set(able(HEARING).map(([, name]) => name));
  return able([...DELETING, ...SHARING])
    .filter(([, name]) => hears.has(name))
    .map(([at, name]) => [at, `${name} may take something away, and hears what others write`]);
}

const MOST_AT_ONCE = 10;
const MOST_A_DAY = 1000;

const within = (value: Json | undefined, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

/** What wakes or accepts without a bound. */
function unbounded({ type, properties }: JudgedResource): readonly string[] {
  const part = (value: Json | undefined, key: string): Json | undefined => (isObject(value) ? value[key] : undefined);
  if (type === 'AWS::Lambda::EventSourceMapping') {
    return within(part(properties.ScalingConfig, 'MaximumConcurrency'), MOST_AT_ONCE)
      ? []
      : [`it wakes more than ${MOST_AT_ONCE} runs at once`];
  }
  const variables = part(properties.Environment, 'Variables');
  // Who subscribes the inbox is who accepts.
  const isFollower = part(variables, ENV.followSources.inboxArn) !== undefined;
  if (!isFollower) return [];
  const limits = readLimits(part(variables, ENV.followSources.limits));
  return within(limits.maxNewAccountsPerDay, MOST_A_DAY) ? [] : [`it accepts more than ${MOST_A_DAY} accounts a day`];
}

function readLimits(text: Json | undefined): JsonObject {
  try {
    const read: unknown = JSON.parse(String(text));
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}
