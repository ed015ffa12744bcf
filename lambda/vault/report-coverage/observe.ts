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
import { inParallel } from '../../_kit/runtime/in-parallel';
import { isNotBegun, TimeBudget } from '../../_kit/runtime/time-budget';
import { observeExportKey } from './export-key';
import type { AccountContents, AccountObservation, CoverageFacts, CoverageSettings, ObservedAccount } from './facts';
import { missedBackupsSince } from './missed-backups';
import { observeUncoveredRegions, regionsOfRun } from './uncovered-regions';

/** What report-coverage reads. */
export interface CoverageReadPorts {
  /** The management account's registry, through its access role: accounts that the vault has not accepted yet. */
  readonly registry: Pick<Registry, 'entries'>;
  /** The accounts that the vault has accepted. */
  readonly sources: Pick<Sources, 'known'>;
  /** The vault's own snapshots. */
  readonly snapshots: SnapshotLists;
  readonly accessRoles: CoverageAccessRoles;
  readonly evidence: Pick<Evidence, 'read'>;
}

/** The facts, and how the accounts answered. */
export interface CoverageObservation {
  readonly facts: CoverageFacts;
  readonly answers: AccountAnswers;
}

/** Access roles in use at the same time: a run must read a thousand accounts. */
const MAX_AT_A_TIME = 10;
/** How long one call, one account and all of them may take: a run has five minutes. */
const MAX_CALL_MS = 20_000;
const MAX_ACCOUNT_MS = 45_000;
const MAX_ALL_MS = 200_000;
/** Accounts that wait to be accepted and that a run reads: a principal that fills the registry must not stop a run. */
const MAX_WAITING = 500;

/** Reads the registry, the accepted accounts, the vault, the report before, and every account through its access role. */
export async function observe(
  ports: CoverageReadPorts,
  { rules, region }: CoverageSettings,
  now: Date,
  log: Log,
): Promise<CoverageObservation> {
  const [sources, registry, own, before] = await Promise.all([
    ports.sources.known(),
    registryEntries(ports.registry, log),
    ports.snapshots.manual(),
    latestReport(ports.evidence, log),
  ]);
  const missedSince = missedBackupsSince(before, now);
  const exportKeys = exportKeysIn(before);
  const answers = new AccountAnswers('Listing the databases');
  const time = new TimeBudget(MAX_ALL_MS);
  const regions = regionsOfRun(rules.uncoveredRegions ?? [], now);
  const run = { region, regions, missedSince, log, answers, time };
  const accounts = await inParallel(
    inOrder(knownAccounts(sources, registry.entries), before),
    MAX_AT_A_TIME,
    async ({ entry, state, isPassedOver }): Promise<ObservedAccount> => ({
      account: entry.account,
      state,
      since: new Date(Number.isNaN(Date.parse(entry.since)) ? 0 : entry.since),
      leavingSince: state === 'enrolled' || state === 'leaving' ? entry.leavingSince : undefined,
      observed: isPassedOver
        ? NOT_REQUESTED
        : await observeAccount(ports.accessRoles, entry, { ...run, state, exportKey: exportKeys.get(entry.account) }),
    }),
  );
  const { decisions } = sources;
  const facts = { rules, region, accounts, own, before, decisions, registryUnread: registry.unread, now };
  return { facts, answers };
}

/** Accounts that did not answer an hour ago come last: they cost the time of others. Accounts for which no time was left come
 * first: otherwise slow accounts could keep the same ones out of every run. */
function inOrder(accounts: readonly KnownAccount[], before: CoverageFacts['before']): readonly KnownAccount[] {
  const unasked = (before?.accounts ?? []).filter(({ access }) => access === 'unknown');
  const places = new Map(unasked.map(({ account, isPostponed }) => [account, isPostponed ? -1 : 1]));
  const place = ({ entry }: KnownAccount) => places.get(entry.account) ?? 0;
  return [...accounts].sort((a, b) => place(a) - place(b));
}

/** A registry that cannot be read hides only the accounts that the vault has not accepted yet. */
async function registryEntries(registry: CoverageReadPorts['registry'], log: Log) {
  try {
    return { entries: await registry.entries() };
  } catch (error) {
    log('registry.unreadable', { because: failure(error) });
    return { entries: [], unread: failure(error) };
  }
}

interface KnownAccount {
  readonly entry: RegistryEntry;
  readonly state: ObservedAccount['state'];
  /** So many accounts wait that this run does not read it. */
  readonly isPassedOver?: boolean;
}

/** The accounts that the vault has accepted, evicted ones marked as such, and those of the registry that wait to be accepted. */
function knownAccounts(
  { entries, decisions }: SourcesKnown,
  registry: readonly RegistryEntry[],
): readonly KnownAccount[] {
  const evicted = decidedOf(decisions, 'evicted');
  const accepted = new Set<string>([...entries.map(({ account }) => account), ...evicted]);
  const waiting = registry.filter(({ account, state }) => !accepted.has(account) && state !== 'left');
  return [
    ...entries.map((entry): KnownAccount => ({ entry, state: evicted.has(entry.account) ? 'evicted' : entry.state })),
    ...waiting.map((entry, at): KnownAccount => ({ entry, state: 'waiting', isPassedOver: at >= MAX_WAITING })),
  ];
}

const NOT_REQUESTED: AccountObservation = { access: 'not-requested' };

interface AccountSettings {
  readonly state: ObservedAccount['state'];
  readonly region: Region;
  /** Regions without a vault that this run reads. */
  readonly regions: readonly Region[];
  readonly missedSince: Date;
  /** The account's export key in the report before. */
  readonly exportKey?: CoverageExportKey;
  readonly log: Log;
  readonly answers: AccountAnswers;
  readonly time: TimeBudget;
}

async function observeAccount(
  accessRoles: CoverageAccessRoles,
  entry: RegistryEntry,
  settings: AccountSettings,
): Promise<AccountObservation> {
  const { state, region, log, answers, time } = settings;
  const { account } = entry;
  if (state === 'left' || state === 'evicted' || !entry.regions.includes(region)) return NOT_REQUESTED;
  try {
    return await time.within(MAX_ACCOUNT_MS, async (signal): Promise<AccountObservation> => {
      const view = accessRoles.of(account, signal);
      const databases = await time.within(MAX_CALL_MS, () => view.databases.all());
      answers.recordSuccess(account);
      return { access: 'granted', databases, ...(await observeContents(view, settings)) };
    });
  } catch (error) {
    const { code, because } = answers.recordFailure(account, error);
    const isDenied = isRefusal(error);
    log(isDenied ? 'access-role.denied' : 'account.not-reached', { account, code, because });
    return isDenied
      ? { access: 'denied', because }
      : { access: 'unknown', because, isPostponed: isNotBegun(error) || undefined };
  }
}

/** What explains a status. Each part may fail by itself: the access role of an earlier release allows less. */
async function observeContents(
  view: SourceView,
  { regions, missedSince, exportKey: keyBefore, time }: AccountSettings,
): Promise<Omit<AccountContents, 'databases'>> {
  const { snapshots, backups } = view;
  const unread: string[] = [];
  const part = async <T>(what: string, read: () => Promise<T>, instead: T): Promise<T> => {
    try {
      return await time.within(MAX_CALL_MS, read);
    } catch (error) {
      unread.push(`${what}: ${failure(error)}`);
      return instead;
    }
  };
  const [own, failedJobs, optedOut, deadLetters, memory] = await Promise.all([
    part('snapshots', () => snapshots.own(), []),
    part('backup jobs', () => backups.failedSince(missedSince), []),
    part('service opt-in', () => backups.optedOut(), []),
    part('dead letters', () => view.queueDepthOf(NAMES.wakeupsDeadLetters), undefined),
    part('export memory', () => view.held(), { holds: new Map(), isWhole: true }),
  ]);
  if (!memory.isWhole) unread.push('export memory: the table holds more items than a run reads of one account');
  const { exportKey, failed } = await observeExportKey(view.keyPolicies, own, keyBefore);
  if (failed !== undefined) unread.push(`export key: ${failure(failed)}`);
  const elsewhere = await observeUncoveredRegions(view, regions);
  const { holds: held } = memory;
  return { snapshots: own, failedJobs, optedOut, deadLetters, held, exportKey, elsewhere, unread: unread.sort() };
}
