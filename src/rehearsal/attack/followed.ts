import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import type { RegistryEntry } from '../../../lambda/_kit/ports/registry';
import { NAMES } from '../../contract/names';
import type { EmulatedWorld } from '../checks/evidence';

/** What the vault has written down of each account that it knows. */
export type KnownAccounts = ReadonlyMap<string, RegistryEntry>;

/** What the vault of a Region knows. */
export async function knownIn({ emulator, world }: EmulatedWorld, region: string): Promise<KnownAccounts> {
  const client = new DynamoDBClient(emulator.client(world.vault, region));
  const { entries } = await new DynamoSources(client, NAMES.sourcesTable).known();
  return new Map(entries.map((entry) => [entry.account, entry]));
}

const isFollowed = (entry: RegistryEntry | undefined, region: string): boolean =>
  entry !== undefined && entry.state !== 'left' && entry.regions.some((one) => one === region);

/** The accounts that the vault follows in a Region: it subscribes to their topics and looks into them. */
export const followedOf = (known: KnownAccounts, region: string): readonly string[] =>
  [...known.values()].filter((entry) => isFollowed(entry, region)).map(({ account }) => account);

/** Accounts that the vault followed before, and follows no more. */
export const endedSince = (before: KnownAccounts, after: KnownAccounts, region: string): readonly string[] =>
  followedOf(before, region).filter((account) => !isFollowed(after.get(account), region));

/** How many of so many followed accounts may end in a day, whatever the registry says: as follow-sources has it. */
export const maxEnded = (followed: number): number =>
  followed >= 50 ? Math.floor(followed / 10) : Math.max(1, Math.min(5, Math.floor(followed / 2)));

/** What may become of what the vault knows. */
export interface Bounds {
  readonly region: string;
  readonly mayEnd: number;
  readonly mayAdd: number;
}

/** What somebody who can write the registry has changed beyond what he may: account by account, in words. */
export function checkKnownAccounts(
  before: KnownAccounts,
  after: KnownAccounts,
  { region, mayEnd, mayAdd }: Bounds,
): readonly string[] {
  const gone = [...before.keys()].filter((account) => !after.has(account));
  const ended = endedSince(before, after, region).filter((account) => after.has(account));
  const added = followedOf(after, region).filter((account) => !isFollowed(before.get(account), region));
  const tooMany = (accounts: readonly string[], what: string, most: number): string[] =>
    accounts.length > most ? [`${accounts.length} accounts ${what}, and ${most} may: ${accounts.join(', ')}`] : [];
  return [
    ...gone.map((account) => `the vault does not know ${account} any more`),
    ...tooMany(ended, 'ended', mayEnd),
    ...tooMany(added, 'were accepted in a day', mayAdd),
  ];
}
