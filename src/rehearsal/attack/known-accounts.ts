import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import type { RegistryEntry } from '../../../lambda/_kit/ports/registry';
import { NAMES } from '../../contract/names';
import type { EmulatedWorld } from '../checks/evidence';

/** The accounts in the vault's table of sources. */
export type KnownAccounts = ReadonlyMap<string, RegistryEntry>;

/** The table of sources of the vault in a Region. */
export async function knownIn({ emulator, world }: EmulatedWorld, region: string): Promise<KnownAccounts> {
  const client = new DynamoDBClient(emulator.client(world.vault, region));
  const { entries } = await new DynamoSources(client, NAMES.sourcesTable).known();
  return new Map(entries.map((entry) => [entry.account, entry]));
}

const isFollowed = (entry: RegistryEntry | undefined, region: string): boolean =>
  entry !== undefined && entry.state !== 'left' && entry.regions.some((one) => one === region);

/** The accounts that the vault follows in a Region: it subscribes to their topics and assumes their access roles. */
export const followedOf = (known: KnownAccounts, region: string): readonly string[] =>
  [...known.values()].filter((entry) => isFollowed(entry, region)).map(({ account }) => account);

/** Accounts that the vault followed before, and no longer follows. */
export const endedSince = (before: KnownAccounts, after: KnownAccounts, region: string): readonly string[] =>
  followedOf(before, region).filter((account) => !isFollowed(after.get(account), region));

/** How many of so many followed accounts may end in a day, whatever the registry says: the bound of follow-sources. */
export const maxEnded = (followed: number): number =>
  followed >= 50 ? Math.floor(followed / 10) : Math.max(1, Math.min(5, Math.floor(followed / 2)));

/** How many accounts may end and be added in a Region. */
export interface Bounds {
  readonly region: string;
  readonly mayEnd: number;
  readonly mayAdd: number;
}

/** What changed in the table of sources beyond the bounds, one sentence each. */
export function checkKnownAccounts(
  before: KnownAccounts,
  after: KnownAccounts,
  { region, mayEnd, mayAdd }: Bounds,
): readonly string[] {
  const gone = [...before.keys()].filter((account) => !after.has(account));
  const ended = endedSince(before, after, region).filter((account) => after.has(account));
  const added = followedOf(after, region).filter((account) => !isFollowed(before.get(account), region));
  const tooMany = (accounts: readonly string[], what: string, max: number): string[] =>
    accounts.length > max ? [`${accounts.length} accounts ${what}, and ${max} may: ${accounts.join(', ')}`] : [];
  return [
    ...gone.map((account) => `the vault no longer has ${account} in its table of sources`),
    ...tooMany(ended, 'ended', mayEnd),
    ...tooMany(added, 'were accepted in a day', mayAdd),
  ];
}
