import { type CoverageExportKey, exportKeysIn, readEvidence } from '../../../src/contract/coverage';
import { decidedOf } from '../../../src/contract/decisions';
import type { Region } from '../../../src/contract/ids';
import { LATEST_COVERAGE, NAMES } from '../../../src/contract/names';
import type { CoverageDoors, SourceView } from '../../_kit/ports/coverage-doors';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Log } from '../../_kit/ports/log';
import type { Registry, RegistryEntry } from '../../_kit/ports/registry';
import type { SnapshotLists } from '../../_kit/ports/snapshots';
import type { Sources, SourcesKnown } from '../../_kit/ports/sources';
import { isRefusal } from '../../_kit/refusals';
import { failure } from '../../_kit/runtime/each';
import { lookElsewhere, regionsOfRun } from './elsewhere';
import { lookAtExportKey } from './export-key';
import type { AccountSeen, CoverageFacts, Seen } from './facts';

/** What tell-coverage is told by its stack. */
export type CoverageSettings = Pick<CoverageFacts, 'rules' | 'region'>;

/** What tell-coverage looks through. */
export interface CoverageSight {
  /** The management account's registry, read through its door: accounts that the vault has not accepted yet. */
  readonly registry: Pick<Registry, 'entries'>;
  /** What the vault has accepted of it. */
  readonly sources: Pick<Sources, 'known'>;
  /** The vault's own snapshots. */
  readonly snapshots: SnapshotLists;
  readonly doors: CoverageDoors;
  readonly evidence: Pick<Evidence, 'read'>;
}

/** Doors that are looked through at the same time: a thousand accounts must fit into one run. */
const AT_A_TIME = 10;
const DAY = 24 * 3_600_000;
/** For how long a missed backup that people were not told of is looked for. */
const MOST_UNTOLD = 7 * DAY;
/** Accounts that wait to be accepted and are looked through: who fills the registry stops no run by it. */
const MOST_WAITING = 500;

/** Looks at both tables, at the vault, at the report before, and through the door of every account. */
export async function observe(
  sight: CoverageSight,
  { rules, region }: CoverageSettings,
  now: Date,
  log: Log,
): Promise<CoverageFacts> {
  const [sources, registry, own, before] = await Promise.all([
    sight.sources.known(),
    registered(sight.registry, log),
    sight.snapshots.manual(),
    reportBefore(sight.evidence, log),
  ]);
  const missedSince = untoldSince(before, now);
  const exportKeys = exportKeysIn(before);
  const regions = regionsOfRun(rules.uncoveredRegions ?? [], now);
  const accounts = await inTurns(
    known(sources, registry.entries),
    AT_A_TIME,
    async ({ entry, state, isPassedOver }) => ({
      account: entry.account,
      state,
      since: new Date(Number.isNaN(Date.parse(entry.since)) ? 0 : entry.since),
      exitSeen: state === 'enrolled' || state === 'leaving' ? entry.exitSeen : undefined,
      seen: isPassedOver
        ? NOT_OPENED
        : await look(sight.doors, entry, {
            ...{ state, region, regions, missedSince, log },
            exportKey: exportKeys.get(entry.account),
          }),
    }),
  );
  const { decisions } = sources;
  return { rules, region, accounts, own, before, decisions, registryUnread: registry.unread, now };
}

/** From when on a missed backup counts: since people were last told, so that none is left out of every message; at least
 * for a day. */
function untoldSince(before: CoverageFacts['before'], now: Date): Date {
  const told = Date.parse(before?.toldAt ?? '') || 0;
  return new Date(Math.max(Math.min(told, now.getTime() - DAY), now.getTime() - MOST_UNTOLD));
}

/** A registry that cannot be read hides the accounts that are not accepted yet, and no others. */
async function registered(registry: CoverageSight['registry'], log: Log) {
  try {
    return { entries: await registry.entries() };
  } catch (error) {
    log('registry.unread', { because: failure(error) });
    return { entries: [], unread: failure(error) };
  }
}

/** A report that cannot be read is told of, and the next one is written without it. */
async function reportBefore(evidence: CoverageSight['evidence'], log: Log) {
  try {
    const text = await evidence.read(LATEST_COVERAGE);
    return text === undefined ? undefined : readEvidence(text);
  } catch (error) {
    log('evidence.unread', { because: failure(error) });
    return undefined;
  }
}

interface Known {
  readonly entry: RegistryEntry;
  readonly state: AccountSeen['state'];
  /** So many wait that nobody looks through its door yet. */
  readonly isPassedOver?: boolean;
}

/** What the vault has accepted counts as it says, but for the accounts that an operator evicted; of the registry, the
 * accounts that wait to be accepted. */
function known({ entries, decisions }: SourcesKnown, registry: readonly RegistryEntry[]): readonly Known[] {
  const evicted = decidedOf(decisions, 'evicted');
  const held = new Set<string>([...entries.map(({ account }) => account), ...evicted]);
  const waiting = registry.filter(({ account, state }) => !held.has(account) && state !== 'left');
  return [
    ...entries.map((entry): Known => ({ entry, state: evicted.has(entry.account) ? 'evicted' : entry.state })),
    ...waiting.map((entry, at): Known => ({ entry, state: 'waiting', isPassedOver: at >= MOST_WAITING })),
  ];
}

const NOT_OPENED: Seen = { door: 'not-opened' };

interface Looking {
  readonly state: AccountSeen['state'];
  readonly region: Region;
  /** Regions without a vault that this run looks at. */
  readonly regions: readonly Region[];
  readonly missedSince: Date;
  /** What the report before knows of the account's export key. */
  readonly exportKey?: CoverageExportKey;
  readonly log: Log;
}

async function look(doors: CoverageDoors, entry: RegistryEntry, looking: Looking): Promise<Seen> {
  const { state, region, log } = looking;
  if (state === 'left' || state === 'evicted' || !entry.regions.includes(region)) return NOT_OPENED;
  const view = doors.of(entry.account);
  try {
    const databases = await view.databases.all();
    return { door: 'open', databases, ...(await beside(view, looking)) };
  } catch (error) {
    const because = failure(error);
    if (!isRefusal(error)) {
      log('account.could-not-ask', { account: entry.account, because });
      return { door: 'unknown', because };
    }
    log('door.stayed-shut', { account: entry.account, because });
    return { door: 'shut', because };
  }
}

/** What helps to say why: each part may fail by itself, as a door that is a release behind lets fewer things be seen. */
async function beside(view: SourceView, { regions, missedSince, exportKey: keyBefore }: Looking) {
  const { snapshots, backups } = view;
  const unread: string[] = [];
  const part = async <T>(what: string, read: Promise<T>, instead: T): Promise<T> => {
    try {
      return await read;
    } catch (error) {
      unread.push(`${what}: ${failure(error)}`);
      return instead;
    }
  };
  const [seen, failedJobs, optedOut, deadLetters, memory] = await Promise.all([
    part('snapshots', snapshots.own(), []),
    part('backup jobs', backups.failedSince(missedSince), []),
    part('service opt-in', backups.optedOut(), []),
    part('dead letters', view.depthOf(NAMES.wakeupsDeadLetters), undefined),
    part('export memory', view.held(), { holds: new Map(), isWhole: true }),
  ]);
  if (!memory.isWhole) unread.push('export memory: the table holds more than is read of one account');
  const { exportKey, failed } = await lookAtExportKey(view.keyPolicies, seen, keyBefore);
  if (failed !== undefined) unread.push(`export key: ${failure(failed)}`);
  const elsewhere = await lookElsewhere(view, regions);
  const { holds: held } = memory;
  return { snapshots: seen, failedJobs, optedOut, deadLetters, held, exportKey, elsewhere, unread: unread.sort() };
}

/** Does work for each item, so many at a time, in the order given. */
async function inTurns<T, R>(items: readonly T[], atATime: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += atATime) {
    for (const one of await Promise.all(items.slice(at, at + atATime).map(work))) done.push(one);
  }
  return done;
}
