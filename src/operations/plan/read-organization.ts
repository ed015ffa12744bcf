import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsOrganization } from '../../../lambda/_kit/aws/aws-organization';
import { DynamoEnrollment } from '../../../lambda/_kit/aws/dynamo-enrollment';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import type { Organization, Page } from '../../../lambda/_kit/ports/organization';
import type { EnrollmentRegistry, RegistryEntry } from '../../../lambda/_kit/ports/registry';
import type { StackInstances } from '../../../lambda/_kit/ports/stack-instances';
import { Pace } from '../../../lambda/_kit/runtime/pace';
import { cellOf } from '../../../lambda/management/enroll-accounts/cells';
import { reasonWithoutTags } from '../../../lambda/management/enroll-accounts/decide-account';
import { closedRegions } from '../../../lambda/management/enroll-accounts/observe';
import type { EnrollmentSettings } from '../../contract/enrollment-settings';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId, Region } from '../../contract/ids';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { callAws } from '../call-aws';
import type { AccountToPreview } from './preview-enrollment';

/** What is read. These ports cannot write. */
export interface OrganizationPorts {
  readonly organization: Organization;
  /** The instances of the StackSet of a cell, by the name of the cell. */
  readonly stackInstances: (cell: string) => Pick<StackInstances, 'instances'>;
  readonly registry: Pick<EnrollmentRegistry, 'page'>;
  /** Limits the rate at which tags are read. */
  readonly pace: { turn(): Promise<void> };
  readonly progress: (line: string) => void;
}

const PROGRESS_EVERY = 100;

/** All pages of a listing; none if the listed resource does not exist. */
async function all<Item>(
  listing: (from?: string) => Promise<Page<Item>>,
  absent: string,
  progress: (line: string) => void,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  try {
    for (let from: string | undefined, more = true; more; more = from !== undefined) {
      const { items, next } = await listing(from);
      for (const one of items) found.push(one);
      from = next;
    }
    return found;
  } catch (error) {
    const isAbsent = error instanceof Error && error.name === absent;
    if (!isAbsent || found.length > 0) throw error;
    progress('The management account is not deployed, or only in part: the accounts are evaluated as not enrolled.');
    return [];
  }
}

/** Every account of the organization, the StackSet and the registry, with the facts that its verdict needs. */
export async function readOrganization(
  { organization, stackInstances, registry, pace, progress }: OrganizationPorts,
  settings: EnrollmentSettings,
  now: Date,
): Promise<readonly AccountToPreview[]> {
  const entries = await all((from) => registry.page(from), 'ResourceNotFoundException', progress);
  const held = new Map(entries.map((entry) => [entry.account, entry]));
  const standing = new Map<AccountId, { readonly cell: string; readonly regions: Region[] }>();
  for (const { name: cell } of settings.cells) {
    const listing = (from?: string) => stackInstances(cell).instances(from);
    for (const { account, region } of await all(listing, 'StackSetNotFoundException', progress)) {
      const entry = held.get(account);
      // What another cell has in a registered account, enroll-accounts neither counts nor changes.
      if (entry && entry.state !== 'left' && cellOf(entry, settings.cells) !== cell) continue;
      const known = standing.get(account) ?? { cell, regions: [] };
      if (known.cell === cell) standing.set(account, { cell, regions: [...known.regions, region] });
    }
  }
  const members = await all((from) => organization.members(from), '', progress);
  const observed: AccountToPreview[] = [];
  const observe = async (account: AccountId, member: AccountToPreview['member']) => {
    const isOut = reasonWithoutTags(account, member, settings, now) !== undefined;
    if (!isOut) await pace.turn();
    const tags = isOut ? undefined : await organization.tags(account);
    const found = standing.get(account);
    const deployed = { instances: found?.regions ?? [], ...(found && { found: found.cell }) };
    observed.push({ account, member, tags, ...deployed, ...heldOf(held.get(account), now) });
    if (observed.length % PROGRESS_EVERY === 0) progress(`${observed.length} of ${members.length} accounts read`);
  };
  for (const member of members) await observe(member.id, member);
  const listed = new Set(members.map(({ id }) => id));
  // Described one by one: an account can be missing from a listing although it has not left.
  for (const account of new Set([...held.keys(), ...standing.keys()])) {
    if (!listed.has(account)) await observe(account, await organization.member(account));
  }
  return observed;
}

const heldOf = (entry: RegistryEntry | undefined, now: Date): Partial<AccountToPreview> =>
  entry ? { held: entry, closed: closedRegions(entry, now), registered: entry.regions } : {};

/**
 * Reads the real organization with the credentials that the AWS SDK finds.
 * @throws CheckvalveError `UNSAFE_OPERATION` for credentials of another account than the management account, and what
 * {@link callAws} throws
 */
export async function readRealOrganization(
  settings: EnrollmentSettings,
  now: Date,
  progress: (line: string) => void,
): Promise<readonly AccountToPreview[]> {
  // Organizations throttles per account; the SDK retries at a lower rate.
  const client = { region: MANAGEMENT_REGION, retryMode: 'adaptive', maxAttempts: 8 };
  const call = {
    failed: 'The organization cannot be read',
    whose: `the management account ${settings.managementAccount}`,
    needs: 'the permissions that checkvalve plan --help lists',
    otherwise: 'Or give a file with --from, which needs no AWS account.',
  };
  return callAws(call, async () => {
    const { Account } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
    if (Account !== settings.managementAccount) {
      const message = `The credentials belong to account ${Account}, and the management account is ${settings.managementAccount}`;
      const remedy =
        'Use credentials of the management account with the permissions that checkvalve plan --help lists, or give a file with --from.';
      throw new CheckvalveError('UNSAFE_OPERATION', message, remedy);
    }
    const cloudFormation = new CloudFormationClient(client);
    const stackSets = new Map(settings.cells.map(({ name, stackSet }) => [name, stackSet]));
    const ports = {
      organization: new AwsOrganization(new OrganizationsClient(client)),
      stackInstances: (cell: string) =>
        new ToolingInstances(cloudFormation, stackSets.get(cell) ?? NAMES.stackSet, settings.rootId),
      registry: new DynamoEnrollment(new DynamoDBClient(client), NAMES.registryTable),
      pace: new Pace(settings.readsPerSecond),
      progress,
    };
    return readOrganization(ports, settings, now);
  });
}
