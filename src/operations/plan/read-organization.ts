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
import { outWithoutTags } from '../../../lambda/management/enroll-accounts/judge';
import { closedRegions } from '../../../lambda/management/enroll-accounts/observe';
import type { EnrollmentSettings } from '../../contract/enrollment-settings';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId, Region } from '../../contract/ids';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { callAws } from '../call-aws';
import type { ObservedAccount } from './preview-enrollment';

/** What is looked at; nothing here can write. */
export interface OrganizationPorts {
  readonly organization: Organization;
  readonly stackInstances: Pick<StackInstances, 'instances'>;
  readonly registry: Pick<EnrollmentRegistry, 'page'>;
  /** Holds the reading of tags to its rate. */
  readonly pace: { turn(): Promise<void> };
  readonly progress: (line: string) => void;
}

const PROGRESS_EVERY = 100;

/** All parts of a listing; none when what would be listed was never made. */
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
    progress('The management account is not deployed yet, or only in part: as far as it goes, nobody is enrolled.');
    return [];
  }
}

/** Every account that the organization, the StackSet or the registry knows, each with all that a verdict rests on. */
export async function readOrganization(
  { organization, stackInstances, registry, pace, progress }: OrganizationPorts,
  settings: EnrollmentSettings,
  now: Date,
): Promise<readonly ObservedAccount[]> {
  const entries = await all((from) => registry.page(from), 'ResourceNotFoundException', progress);
  const instances = await all((from) => stackInstances.instances(from), 'StackSetNotFoundException', progress);
  const standing = new Map<AccountId, Region[]>();
  for (const { account, region } of instances) standing.set(account, [...(standing.get(account) ?? []), region]);
  const members = await all((from) => organization.members(from), '', progress);
  const held = new Map(entries.map((entry) => [entry.account, entry]));
  const seen: ObservedAccount[] = [];
  const see = async (account: AccountId, member: ObservedAccount['member']) => {
    const isOut = outWithoutTags(account, member, settings, now) !== undefined;
    if (!isOut) await pace.turn();
    const tags = isOut ? undefined : await organization.tags(account);
    seen.push({ account, member, tags, instances: standing.get(account) ?? [], ...heldOf(held.get(account), now) });
    if (seen.length % PROGRESS_EVERY === 0) progress(`${seen.length} of ${members.length} accounts read`);
  };
  for (const member of members) await see(member.id, member);
  const listed = new Set(members.map(({ id }) => id));
  // AwsCall for one by one: that a listing lacks an account does not say that it left.
  for (const account of new Set([...held.keys(), ...standing.keys()])) {
    if (!listed.has(account)) await see(account, await organization.member(account));
  }
  return seen;
}

const heldOf = (entry: RegistryEntry | undefined, now: Date): Partial<ObservedAccount> =>
  entry ? { held: entry, closed: closedRegions(entry, now), registered: entry.regions } : {};

/**
 * The real organization, with the credentials that the AWS SDK finds.
 * @throws CheckvalveError `UNSAFE_OPERATION` when they are not those of the management account, and what {@link callAws}
 * throws: then nothing is decided
 */
export async function readRealOrganization(
  settings: EnrollmentSettings,
  now: Date,
  progress: (line: string) => void,
): Promise<readonly ObservedAccount[]> {
  // Organizations throttles by account: what is refused is tried again, slower each time.
  const client = { region: MANAGEMENT_REGION, retryMode: 'adaptive', maxAttempts: 8 };
  const asked = {
    failed: 'The organization cannot be looked at',
    whose: `the management account ${settings.managementAccount}`,
    needs: 'the permissions that checkvalve plan --help lists',
    otherwise: 'Or describe an organization with --from.',
  };
  return callAws(asked, async () => {
    const { Account } = await new STSClient(client).send(new GetCallerIdentityCommand({}));
    if (Account !== settings.managementAccount) {
      const message = `These credentials are of account ${Account}; the management account is ${settings.managementAccount}`;
      const remedy =
        'Use credentials of the management account that may read, or describe an organization with --from.';
      throw new CheckvalveError('UNSAFE_OPERATION', message, remedy);
    }
    const sight = {
      organization: new AwsOrganization(new OrganizationsClient(client)),
      stackInstances: new ToolingInstances(new CloudFormationClient(client), NAMES.stackSet, settings.rootId),
      registry: new DynamoEnrollment(new DynamoDBClient(client), NAMES.registryTable),
      pace: new Pace(settings.readsPerSecond),
      progress,
    };
    return readOrganization(sight, settings, now);
  });
}
