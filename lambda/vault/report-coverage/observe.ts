import { type CoverageExportKey, exportKeysIn } from '../../../src/contract/coverage';
import { decidedOf } from '../../../src/contract/decisions';
import type { Region } from '../../../src/contract/ids';
import { NAMES } from '../../../src/contract/names';
import { AccountAnswers } from '../../_kit/account-answers';
import { latestReport } from '../../_kit/latest-report';
import type { CoverageAccessRoles, SourceView } from '../../_kit/ports/coverage-access';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Log } from '../../_kit/ports/log';
import type { Registry, RegistryEntry } from '../../_kit/ports/registry';
import type { SnapshotLists } from '../../_kit/ports/snapshots';
import type { Sources, SourcesKnown } from '../../_kit/ports/sources';
import { isRefusal } from '../../_kit/refusals';
import { failure } from '../../_kit/runtime/each';
import { sideBySide } from '../../_kit/runtime/side-by-side';
import { isNotBegun, TimeBudget } from '../../_kit/runtime/time-budget';
import { lookElsewhere, regionsOfRun } from './elsewhere';
import { lookAtExportKey } from './export-key';
import type { AccountSeen, CoverageFacts, Seen } from './facts';

/** What report-coverage is told by its stack. */
export type CoverageSettings = Pick<CoverageFacts, 'rules' | 'region'>;

/** What report-coverage looks through. */
export interface CoverageSight {
  /** The management account's registry, read through its access role: accounts that the vault has not accepted yet. */
  readonly registry: Pick<Registry, 'entries'>;
  /** What the vault has accepted of it. */
  readonly sources: Pick<Sources, 'known'>;
  /** The vault's own snapshots. */
  readonly snapshots: SnapshotLists;
  readonly accessRoles: CoverageAccessRoles;
  readonly evidence: Pick<Evidence, 'read'>;
}

/** Access roles that are looked through at the same time: a thousand accounts must fit into one run. */
const AT_A_TIME = 10;
/** How long one call, one account and all of them may take: a run has five minutes. */
const CALL_WITHIN_MS = 20_000;
const LOOK_WITHIN_MS = 45_000;
const ALL_WITHIN_MS = 200_000;
const DAY = 24 * 3_600_000;
/** For how long a missed backup that people were not told of is looked for. */
const MAX_UNREPORTED = 7 * DAY;
/** Accounts that wait to be accepted and are looked through: who fills the registry stops no run by it. */
const MOST_WAITING = 500;

/** Looks at both tables, at the vault, at the report before, and through the access role of every account. */
export async function observe(
  sight: CoverageSight,
  { rules, region }: CoverageSettings,
  now: Date,
  log: Log,
): Promise<CoverageFacts & { readonly looks: AccountAnswers }> {
  const [sources, registry, own, before] = await Promise.all([
    sight.sources.known(),
    registered(sight.registry, log),
    sight.snapshots.manual(),
    latestReport(sight.evidence, log),
  ]);
  const missedSince = untoldSince(before, now);
  const exportKeys = exportKeysIn(before);
  const looks = new AccountAnswers('Listing the databases');
  const time = new TimeBudget(ALL_WITHIN_MS);
  const regions = regionsOfRun(rules.uncoveredRegions ?? [], now);
  const accounts = await sideBySide(
    inTurn(known(sources, registry.entries), before),
    AT_A_TIME,
    async ({ entry, state, isPassedOver }) => ({
      account: entry.account,
      state,
      since: new Date(Number.isNaN(Date.parse(entry.since)) ? 0 : entry.since),
      leavingSince: state === 'enrolled' || state === 'leaving' ? entry.leavingSince : undefined,
      seen: isPassedOver
        ? NOT_REQUESTED
        : await look(sight.accessRoles, entry, {
            ...{ state, region, regions, missedSince, log, looks, time },
            exportKey: exportKeys.get(entry.account),
          }),
    }),
  );
  const { decisions } = sources;
  return { rules, region, accounts, own, before, decisions, registryUnread: registry.unread, now, looks };
}

/** Those that did not answer an hour ago come last: what they may cost is time of the others. Those for which the others left
 * no time come first, or slow accounts could keep the same ones out of every run. */
function inTurn(accounts: readonly Known[], before: CoverageFacts['before']): readonly Known[] {
  const unasked = (before?.accounts ?? []).filter(({ access }) => access === 'unknown');
  const places = new Map(unasked.map(({ account, isPostponed }) => [account, isPostponed ? -1 : 1]));
  const place = ({ entry }: Known) => places.get(entry.account) ?? 0;
  return [...accounts].sort((a, b) => place(a) - place(b));
}

/** From when on a missed backup counts: since people were last told, so that none is left out of every message; at least
 * for a day. */
export function untoldSince(before: CoverageFacts['before'], now: Date): Date {
  const told = Date.parse(before?.alertedAt ?? '') || 0;
  return new Date(Math.max(Math.min(told, now.getTime() - DAY), now.getTime() - MAX_UNREPORTED));
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

interface Known {
  readonly entry: RegistryEntry;
  readonly state: AccountSeen['state'];
  /** So many wait that nobody looks through its access role yet. */
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

const NOT_REQUESTED: Seen = { access: 'not-requested' };

interface Looking {
  readonly state: AccountSeen['state'];
  readonly region: Region;
  /** Regions without a vault that this run looks at. */
  readonly regions: readonly Region[];
  readonly missedSince: Date;
  /** What the report before knows of the account's export key. */
  readonly exportKey?: CoverageExportKey;
  readonly log: Log;
  readonly looks: AccountAnswers;
  readonly time: TimeBudget;
}

async function look(accessRoles: CoverageAccessRoles, entry: RegistryEntry, looking: Looking): Promise<Seen> {
  const { state, region, log, looks, time } = looking;
  const { account } = entry;
  if (state === 'left' || state === 'evicted' || !entry.regions.includes(region)) return NOT_REQUESTED;
  try {
    return await time.within(LOOK_WITHIN_MS, async (signal): Promise<Seen> => {
      const view = accessRoles.of(account, signal);
      const databases = await time.within(CALL_WITHIN_MS, () => view.databases.all());
      looks.well(account);
      return { access: 'granted', databases, ...(await beside(view, looking)) };
    });
  } catch (error) {
    const { code, because } = looks.failed(account, error);
    const isShut = isRefusal(error);
    log(isShut ? 'access-role.denied' : 'account.could-not-ask', { account, code, because });
    return isShut
      ? { access: 'denied', because }
      : { access: 'unknown', because, isPostponed: isNotBegun(error) || undefined };
  }
}

/** What helps to say why: each part may fail by itself, as an access role that is a release behind lets fewer things be seen. */
async function beside(view: SourceView, { regions, missedSince, exportKey: keyBefore, time }: Looking) {
  const { snapshots, backups } = view;
  const unread: string[] = [];
  const part = async <T>(what: string, read: () => Promise<T>, instead: T): Promise<T> => {
    try {
      return await time.within(CALL_WITHIN_MS, read);
    } catch (error) {
      unread.push(`${what}: ${failure(error)}`);
      return instead;
    }
  };
  const [seen, failedJobs, optedOut, deadLetters, memory] = await Promise.all([
    part('snapshots', () => snapshots.own(), []),
    part('backup jobs', () => backups.failedSince(missedSince), []),
    part('service opt-in', () => backups.optedOut(), []),
    part('dead letters', () => view.depthOf(NAMES.wakeupsDeadLetters), undefined),
    part('export memory', () => view.held(), { holds: new Map(), isWhole: true }),
  ]);
  if (!memory.isWhole) unread.push('export memory: the table holds more than is read of one account');
  const { exportKey, failed } = await lookAtExportKey(view.keyPolicies, seen, keyBefore);
  if (failed !== undefined) unread.push(`export key: ${failure(failed)}`);
  const elsewhere = await lookElsewhere(view, regions);
  const { holds: held } = memory;
  return { snapshots: seen, failedJobs, optedOut, deadLetters, held, exportKey, elsewhere, unread: unread.sort() };
}
