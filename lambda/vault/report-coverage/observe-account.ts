import type { CoverageExportKey } from '../../../src/contract/coverage';
import type { Region } from '../../../src/contract/ids';
import { NAMES } from '../../../src/contract/names';
import type { AccountAnswers } from '../../_kit/account-answers';
import type { CoverageAccessRoles, SourceView } from '../../_kit/ports/coverage-access';
import type { Database } from '../../_kit/ports/databases';
import type { Log } from '../../_kit/ports/log';
import type { RegistryEntry } from '../../_kit/ports/registry';
import { isRefusal } from '../../_kit/refusals';
import { failure } from '../../_kit/runtime/each';
import { isNotBegun, type TimeBudget } from '../../_kit/runtime/time-budget';
import { essentials } from './account-parts';
import { observeExportKey } from './export-key';
import type { AccountContents, AccountObservation, ObservedAccount } from './facts';
import { observeUncoveredRegions } from './uncovered-regions';

/** How long one call and one account may take. */
const MAX_CALL_MS = 20_000;
const MAX_ACCOUNT_MS = 45_000;

/** The settings of a run that observes an account. */
export interface AccountRun {
  readonly state: ObservedAccount['state'];
  readonly region: Region;
  /** Regions without a vault that this run reads. */
  readonly regions: readonly Region[];
  readonly missedSince: Date;
  /** The account's export key in the report before. */
  readonly exportKey?: CoverageExportKey;
  /** What an earlier run read beside the databases, and this one may use. */
  readonly rest?: AccountContents;
  readonly log: Log;
  readonly answers: AccountAnswers;
  readonly time: TimeBudget;
}

/** What an account answered. */
export interface ReadAccount {
  readonly observed: AccountObservation;
  /** This run read all of it, and not only its databases. */
  readonly isWhole: boolean;
}

/** Reads an account through its access role. Undefined: the run had no time left for it. */
export async function observeAccount(
  accessRoles: CoverageAccessRoles,
  { account }: RegistryEntry,
  settings: AccountRun,
): Promise<ReadAccount | undefined> {
  const { log, answers, time } = settings;
  try {
    return await time.within(MAX_ACCOUNT_MS, async (signal): Promise<ReadAccount> => {
      const view = accessRoles.of(account, signal);
      const databases = await time.within(MAX_CALL_MS, () => view.databases.all());
      answers.recordSuccess(account);
      const rest = settings.rest && haveSameIds(settings.rest.databases, databases) ? settings.rest : undefined;
      const contents = rest
        ? { ...rest, databases, elsewhere: await observeUncoveredRegions(view, settings.regions) }
        : essentials({ databases, ...(await observeContents(view, settings)) });
      return { observed: { access: 'granted', ...contents }, isWhole: rest === undefined };
    });
  } catch (error) {
    const { code, because } = answers.recordFailure(account, error);
    if (isNotBegun(error)) {
      log('account.postponed', { account });
      return undefined;
    }
    const isDenied = isRefusal(error);
    log(isDenied ? 'access-role.denied' : 'account.not-reached', { account, code, because });
    return { observed: { access: isDenied ? 'denied' : 'unknown', because }, isWhole: true };
  }
}

/** Whether two lists have the same databases; one that was created again under its name has another id. */
function haveSameIds(before: readonly Database[], now: readonly Database[]): boolean {
  const idOf = ({ arn, resourceId }: Database) => `${arn} ${resourceId}`;
  const known = new Set(before.map(idOf));
  return now.length === known.size && now.every((one) => known.has(idOf(one)));
}

/** What explains a status. Each part may fail by itself: the access role of an earlier release allows less. */
async function observeContents(
  view: SourceView,
  { regions, missedSince, exportKey: keyBefore, time }: AccountRun,
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
