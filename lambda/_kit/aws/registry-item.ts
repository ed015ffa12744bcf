import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CheckvalveError } from '../../../src/contract/errors';
import { accountId, region } from '../../../src/contract/ids';
import { currentItem, currentRolloutState } from '../../../src/contract/release-0-1-0';
import type { CellMove, Change, RegionRollout, RegistryEntry } from '../ports/registry';

/** An item as DynamoDB has it. */
export type Item = Record<string, AttributeValue>;

const STATES = ['enrolled', 'leaving', 'left'] as const;

/** Prefix of the items in a table of accounts that are notes of a step, not accounts. */
export const NOTE = '#';

/** The note with the state of the sweep over the organization. */
export const SWEEP = `${NOTE}sweep`;

/** When the sweep last wrote its note; undefined for any other item, and for a note that cannot be read. */
export function sweptAtOf({ account, sweep }: Item): Date | undefined {
  if (account?.S !== SWEEP) return undefined;
  try {
    const { touchedAt } = JSON.parse(sweep?.S ?? '{}') as { touchedAt?: unknown };
    const at = new Date(typeof touchedAt === 'string' ? touchedAt : '');
    return Number.isNaN(at.getTime()) ? undefined : at;
  } catch {
    return undefined;
  }
}

/** Whether an item is about an account. */
export const isEntry = (item: Item): boolean => !item.account?.S?.startsWith(NOTE);

/** @throws CheckvalveError `INVALID_INPUT` for an item that cannot be understood: it is never left out */
export function entryOf(stored: Item): RegistryEntry {
  const item = currentItem(stored);
  const state = STATES.find((known) => known === item.state?.S);
  if (!state) {
    throw new CheckvalveError(
      'INVALID_INPUT',
      `The registry entry of ${item.account?.S} has the state ${JSON.stringify(item.state?.S)}`,
      `Set it to one of ${STATES.join(', ')}, or let enroll-accounts write it again.`,
    );
  }
  return {
    account: accountId(item.account?.S),
    state,
    regions: (item.regions?.L ?? []).map((value) => region(value.S)),
    since: item.since?.S ?? '',
    reason: item.reason?.S ?? '',
    ...(item.departed?.BOOL && { departed: true }),
    ...(item.leavingSince?.S && { leavingSince: item.leavingSince.S }),
    ...(item.lastExit?.S && { lastExit: item.lastExit.S }),
    ...(item.followedSince?.S && { followedSince: item.followedSince.S }),
    ...(item.rollout?.S && { rollout: rolloutOf(item.rollout.S) }),
    ...(item.cell?.S && { cell: item.cell.S }),
    ...(item.cellReason?.S && { cellReason: item.cellReason.S }),
    ...(item.moving?.S && { moving: JSON.parse(item.moving.S) as CellMove }),
    ...(item.history?.S && { history: JSON.parse(item.history.S) as readonly Change[] }),
    ...(item.revision?.N && { revision: Number(item.revision.N) }),
  };
}

function rolloutOf(text: string): RegistryEntry['rollout'] {
  const read = JSON.parse(text) as Readonly<Record<string, RegionRollout>>;
  const regions = Object.entries(read).map(([name, one]) => [name, { ...one, state: currentRolloutState(one.state) }]);
  return Object.fromEntries(regions) as RegistryEntry['rollout'];
}

/** Characters of a reason that the vault keeps: a principal in management may write an item of 400 KB. */
const MAX_REASON = 300;
/** Names of cells are shorter than this. */
const MAX_CELL = 64;
/** There are fewer Regions than this. */
const MAX_REGIONS = 64;

/** The attributes of an item that the vault needs, shortened where they are long. Broken attributes that only enroll-accounts needs
 * do not matter. Throws what {@link entryOf} throws. */
export function followableOf({ account, state, regions, since, reason, departed, cell }: Item): RegistryEntry {
  const entry = entryOf({
    ...(account && { account }),
    ...(state && { state }),
    ...(regions && { regions: { L: (regions.L ?? []).slice(0, MAX_REGIONS) } }),
    ...(since && { since }),
    ...(departed && { departed }),
    ...(cell?.S && { cell: { S: cell.S.slice(0, MAX_CELL) } }),
  });
  return { ...entry, since: entry.since.slice(0, 40), reason: (reason?.S ?? '').slice(0, MAX_REASON) };
}

/** An entry as an item. What only enroll-accounts reads is JSON in one attribute. */
export const itemOf = (entry: RegistryEntry): Item => ({
  account: { S: entry.account },
  state: { S: entry.state },
  regions: { L: entry.regions.map((S) => ({ S })) },
  since: { S: entry.since },
  reason: { S: entry.reason },
  ...(entry.departed && { departed: { BOOL: true } }),
  ...(entry.leavingSince && { leavingSince: { S: entry.leavingSince } }),
  ...(entry.lastExit && { lastExit: { S: entry.lastExit } }),
  ...(entry.followedSince && { followedSince: { S: entry.followedSince } }),
  ...(entry.rollout && { rollout: { S: JSON.stringify(entry.rollout) } }),
  ...(entry.cell && { cell: { S: entry.cell } }),
  ...(entry.cellReason && { cellReason: { S: entry.cellReason } }),
  ...(entry.moving && { moving: { S: JSON.stringify(entry.moving) } }),
  ...(entry.history && { history: { S: JSON.stringify(entry.history) } }),
  ...(entry.revision !== undefined && { revision: { N: String(entry.revision) } }),
});
