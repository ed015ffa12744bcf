import * as z from 'zod';
import { at, type ConfigFault } from '../../config/cross-checks';
import { faultLine, schemaFaults } from '../../config/faults';
import type { DatabaseCounts } from '../../config/room-plan';
import { ACCOUNT, REGION, UNIT } from '../../config/schema';
import { CheckvalveError } from '../../contract/errors';
import { accountId, region } from '../../contract/ids';
import type { AccountToPreview } from './preview-enrollment';

/** The state of an account that is no longer a member: Organizations has none. */
const DEPARTED = 'DEPARTED';
/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html */
const STATES = ['PENDING_ACTIVATION', 'ACTIVE', 'SUSPENDED', 'PENDING_CLOSURE', 'CLOSED', DEPARTED] as const;
const REGIONS = 'give a list of Regions; [] for none';
const TIME = 'give a time in ISO 8601, such as 2026-03-01T12:00:00Z';
const TAGS = 'give an object of tags, such as { "environment": "production" }';
const STATE_FAULT = `give one of ${STATES.join(', ')}`;
const REGISTRY_FAULT = "give 'enrolled', 'leaving' or 'left'";

const COUNT_FAULT = 'give a whole number of databases in one Region, 0 or more';
const COUNT = z.number({ error: COUNT_FAULT }).int({ error: COUNT_FAULT }).min(0, { error: COUNT_FAULT });

const moment = z.iso.datetime({ offset: true, error: TIME });

/** An organization as a file: for each account what the listings of the real organization contain. */
export const ORGANIZATION_FILE = z.strictObject({
  at: moment.optional(),
  accounts: z
    .array(
      z.strictObject({
        id: ACCOUNT,
        state: z.enum(STATES, { error: STATE_FAULT }),
        units: z.array(UNIT, { error: 'give the ids of the root and of every unit above the account' }).optional(),
        tags: z.record(z.string(), z.string({ error: 'give the value as text' }), { error: TAGS }).optional(),
        instances: z.array(REGION, { error: REGIONS }).optional(),
        closed: z.array(REGION, { error: REGIONS }).optional(),
        databases: z.strictObject({ instances: COUNT, clusters: COUNT }).optional(),
        registry: z
          .strictObject({
            state: z.enum(['enrolled', 'leaving', 'left'], { error: REGISTRY_FAULT }),
            since: moment,
            departed: z.boolean({ error: 'give true or false' }).optional(),
          })
          .optional(),
      }),
      { error: 'give a list of accounts' },
    )
    .min(1, { error: 'give at least one account' }),
});

/** Faults between fields: an account that occurs twice, a member without units. */
function crossFaults(raw: unknown): readonly ConfigFault[] {
  const listed = at(raw, 'accounts');
  const accounts: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const ids = accounts.map((account) => at(account, 'id'));
  return accounts.flatMap((account, index): readonly ConfigFault[] => {
    const [id, state, units] = [ids[index], at(account, 'state'), at(account, 'units')];
    const first = ids.indexOf(id);
    const path = `accounts[${index}]`;
    const remedy = `give the root and every unit above the account, or "state": "${DEPARTED}"`;
    const hasNoUnits = units === undefined || (Array.isArray(units) && units.length === 0);
    return [
      ...(typeof id === 'string' && first < index
        ? [{ path: `${path}.id`, value: id, remedy: `remove the repetition: it is also accounts[${first}]` }]
        : []),
      ...(typeof state === 'string' && state !== DEPARTED && hasNoUnits
        ? [{ path: `${path}.units`, value: units, remedy }]
        : []),
    ];
  });
}

/** An organization that a file describes. */
export interface OrganizationDescription {
  readonly at?: Date;
  readonly accounts: readonly AccountToPreview[];
  /** Databases to protect in one Region, for the accounts whose number is in the file. */
  readonly databases: ReadonlyMap<string, DatabaseCounts>;
}

/**
 * Reads an organization from a file, with the time it describes if the file contains one.
 * @throws CheckvalveError `INVALID_INPUT` whose message names the file and lists every fault, each with its path, its value
 * and its remedy
 */
export function readOrganizationFile(raw: unknown, file = 'standard input'): OrganizationDescription {
  const parsed = ORGANIZATION_FILE.safeParse(raw);
  const faults = [...schemaFaults(raw, { schema: ORGANIZATION_FILE, what: 'the organization' }), ...crossFaults(raw)];
  if (!parsed.success || faults.length > 0) {
    const many = `${faults.length} fault${faults.length === 1 ? '' : 's'}`;
    throw new CheckvalveError(
      'INVALID_INPUT',
      `The organization in ${file} has ${many}:\n${faults.map(faultLine).join('\n')}`,
      'Correct the file; docs/plan.md explains every field, and docs/example-organization.json is an example.',
    );
  }
  const accounts = parsed.data.accounts.map(
    ({ id, state, units = [], tags = {}, instances = [], closed = [], registry }): AccountToPreview => ({
      account: accountId(id),
      member: state === DEPARTED ? undefined : { state, units },
      tags: new Map(Object.entries(tags)),
      instances: instances.map(region),
      closed: closed.map(region),
      held: registry,
    }),
  );
  const databases = new Map(
    parsed.data.accounts.flatMap(({ id, databases: counts }) => (counts ? [[id, counts] as const] : [])),
  );
  return { accounts, databases, ...(parsed.data.at && { at: new Date(parsed.data.at) }) };
}
