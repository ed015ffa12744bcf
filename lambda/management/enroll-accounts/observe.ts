import type { EnrollmentSettings } from '../../../src/contract/enrollment-settings';
import type { AccountId, Region } from '../../../src/contract/ids';
import type { Alerts } from '../../_kit/ports/alerts';
import type { Organization } from '../../_kit/ports/organization';
import type { EnrollmentRegistry, RegistryEntry } from '../../_kit/ports/registry';
import type { StackInstance, StackInstances } from '../../_kit/ports/stack-instances';
import type { StepQueue } from '../../_kit/ports/step-queue';
import { failure } from '../../_kit/runtime/each';
import { type CellChoice, loadOf, settledCell } from './cells';
import { decideAccount, reasonWithoutTags } from './decide-account';
import type { AccountToObserve, EnrollmentAccount, ObservedAccounts } from './facts';

/** The ports of enroll-accounts. */
export interface EnrollmentPorts {
  readonly organization: Organization;
  /** The instances of the StackSet of a cell, by the name of the cell. */
  readonly stackInstances: (cell: string) => StackInstances;
  readonly registry: EnrollmentRegistry;
  readonly alerts: Alerts;
  readonly queue: StepQueue;
  /** Limits the rate at which accounts, tags and instances are read. */
  readonly pace: { readonly accounts: RateLimit; readonly tags: RateLimit; readonly instances: RateLimit };
}

/** Resolves when the next read may start. */
interface RateLimit {
  turn(): Promise<void>;
}

/** Regions of an entry in which nothing is deployed for now. */
export function closedRegions({ rollout = {} }: RegistryEntry, now: Date): readonly Region[] {
  const closed = Object.entries(rollout).filter(([, one]) => one?.until && Date.parse(one.until) > now.getTime());
  return closed.map(([at]) => at as Region);
}

/** Reads these accounts with a few calls each. Tags are read only where they can change the decision. */
export async function observe(
  toObserve: readonly AccountToObserve[],
  ports: EnrollmentPorts,
  settings: EnrollmentSettings,
  now: Date,
): Promise<ObservedAccounts> {
  const accounts: EnrollmentAccount[] = [];
  const unread: { account: AccountId; because: string }[] = [];
  const entries = await ports.registry.of(toObserve.map(({ account }) => account));
  for (const one of toObserve) {
    try {
      accounts.push(await observeOne(one, entries.get(one.account), ports, settings, now));
    } catch (error) {
      unread.push({ account: one.account, because: failure(error) });
    }
  }
  return { accounts, unread };
}

async function observeOne(
  { account, member: listed }: AccountToObserve,
  entry: RegistryEntry | undefined,
  { organization, stackInstances, pace }: EnrollmentPorts,
  settings: EnrollmentSettings,
  now: Date,
): Promise<EnrollmentAccount> {
  if (!listed) await pace.accounts.turn();
  const member = listed ?? (await organization.member(account));
  const isDecided = reasonWithoutTags(account, member, settings, now) !== undefined;
  if (!isDecided) await pace.tags.turn();
  const tags = isDecided ? undefined : await organization.tags(account);
  const facts = { account, member, tags, held: entry, closed: entry && closedRegions(entry, now) };
  // An account of a listing that is neither registered nor tagged has no instances to look for: the sweep reads all instances,
  // and finds one that the registry does not know.
  const isRegistered = entry && (entry.state !== 'left' || entry.departed);
  const isWanted = () => decideAccount({ ...facts, instances: [] }, settings, now).decision === 'enroll';
  const mayHaveInstances = !listed || isRegistered || isWanted();
  const settled = settledCell(entry, settings.cells);
  // The tooling of an account that the registry does not know may be that of any cell: each is asked, once.
  const cells = settings.cells.map(({ name }) => name).filter((name) => !settled || settled.cell === name);
  const found = mayHaveInstances ? await findInstances(account, cells, { stackInstances, pace }) : undefined;
  const cell = settled ?? (found && { cell: found.cell, reason: 'the tooling of this cell was found in the account' });
  const instances = found?.instances ?? [];
  return {
    ...facts,
    entry,
    ...(cell && { cell }),
    ...(instances.some(({ standing }) => BUSY.includes(standing)) && { isBusy: true }),
    instances: instances.map(({ region }) => region),
  };
}

const BUSY: readonly StackInstance['standing'][] = ['pending', 'running'];

/** The instances of an account in the first of these cells that has any. */
async function findInstances(
  account: AccountId,
  cells: readonly CellChoice['cell'][],
  { stackInstances, pace }: Pick<EnrollmentPorts, 'stackInstances' | 'pace'>,
) {
  for (const cell of cells) {
    await pace.instances.turn();
    const instances = await stackInstances(cell).ofAccount(account);
    if (instances.length > 0) return { cell, instances };
  }
  return undefined;
}

/** The load of each cell, if one of the accounts may need a cell; else undefined, because it costs a scan of the registry. */
export async function observeLoad(
  accounts: readonly EnrollmentAccount[],
  { registry }: Pick<EnrollmentPorts, 'registry'>,
  settings: EnrollmentSettings,
  now: Date,
) {
  const needsCell = (one: EnrollmentAccount) => !one.cell && decideAccount(one, settings, now).decision === 'enroll';
  return accounts.some(needsCell) ? loadOf(await registry.cellLoad(), settings.cells) : undefined;
}
