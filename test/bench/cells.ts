import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { plan as planFollowing } from '../../lambda/vault/follow-sources/plan';
import { plan as planCoverage } from '../../lambda/vault/report-coverage/plan';
import type { Cell } from '../../src/contract/cells';
import type { CoverageEvidence } from '../../src/contract/coverage';
import { accountId } from '../../src/contract/ids';
import { previewEnrollment } from '../../src/operations/plan/preview-enrollment';
import { readOrganization } from '../../src/operations/plan/read-organization';
import { mergeCells } from '../../src/operations/status/merge-cells';
import { aCopy, aDatabase, factsOf, NOW, openAccount } from '../support/coverage-world';
import { cellNamed, HERE, ManagementWorld, numbered, SETTINGS } from '../support/enrollment';

/** An organization in ten cells, one database in each account, with in-memory ports. */
export interface CellFigures {
  readonly accounts: number;
  readonly databases: number;
  readonly cells: number;
  /** Accounts of the smallest and the largest cell after enrollment. */
  readonly load: { readonly min: number; readonly max: number };
  /** `checkvalve plan`, from the listings to the verdicts. */
  readonly preview: StepFigures;
  /** The sweep that enrolls every account, and one in which nothing changes. */
  readonly enrollment: StepFigures;
  readonly rest: StepFigures;
  /** `follow-sources` of every vault: the registry of the organization, of which a tenth is its own. */
  readonly following: StepFigures;
  /** `report-coverage` of every vault, without the calls of the accounts, and `checkvalve status` over all reports. */
  readonly coverage: StepFigures;
  readonly status: StepFigures;
}

/** One step over the whole organization. */
interface StepFigures {
  readonly seconds: number;
  /** The heap that it added at its largest. */
  readonly peakMiB: number;
  readonly callsPerAccount: number;
}

const CELLS = 10;
const ACCOUNTS = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Measures a step. `step` calls `sample` where its memory may be largest. */
async function measured(calls: () => number, step: (sample: () => void) => unknown): Promise<StepFigures> {
  collectGarbage();
  const [base, before, started] = [process.memoryUsage().heapUsed, calls(), process.cpuUsage()];
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage().heapUsed - base);
  };
  await step(sample);
  sample();
  const { user, system } = process.cpuUsage(started);
  return {
    seconds: (user + system) / 1_000_000,
    peakMiB: peak / 2 ** 20,
    callsPerAccount: (calls() - before) / ACCOUNTS,
  };
}

/** A management account with ten cells and ten thousand production accounts, that counts its calls. */
function organization() {
  const world = new ManagementWorld();
  const cells = Array.from({ length: CELLS }, (_, at) => cellNamed(`c${at}`, accountId(`33330000${1000 + at}`)));
  world.settings = { ...SETTINGS, cells: cells as [Cell, ...Cell[]] };
  for (let at = 0; at < ACCOUNTS; at += 1) world.organization.set(numbered(at));
  let other = 0;
  for (const { name } of cells) {
    const stackSet = world.stackSetOf(name);
    stackSet.before = () => {
      other += 1;
    };
  }
  world.registry.before = () => {
    other += 1;
  };
  const of = world.registry.of.bind(world.registry);
  world.registry.of = async (accounts) => {
    // DynamoDB reads a hundred entries at once.
    other += Math.ceil(accounts.length / 100);
    return of(accounts);
  };
  const calls = () => other + Object.values(world.organization.calls).reduce((sum, one) => sum + one, 0);
  return { world, cells, calls };
}

/** The coverage report of one vault: its accounts with one database each, and its copies of two days. */
function reportOf(accounts: readonly number[]): CoverageEvidence {
  const databases = accounts.map((at) => aDatabase('orders', {}, numbered(at)));
  const observed = databases.map((one, at) => {
    const account = numbered(accounts[at] ?? 0);
    return { ...openAccount({ databases: [one] }), account };
  });
  return planCoverage(
    factsOf(
      observed,
      databases.flatMap((one) => [aCopy(one, 5), aCopy(one, 29)]),
    ),
  ).evidence;
}

/** Measures ten cells. */
export async function benchCells(): Promise<CellFigures> {
  const { world, cells, calls } = organization();
  const ports = { ...world.ports, pace: world.pace.tags, progress: () => {} };
  const preview = await measured(calls, async (sample) => {
    const read = await readOrganization(ports, world.settings, world.now);
    sample();
    previewEnrollment(read, world.settings, world.now);
  });
  const sweep = () =>
    measured(calls, async (sample) => {
      await world.enroll({ source: 'aws.events' });
      while (await world.work()) sample();
      if (world.registry.state?.phase !== 'done') throw new Error(`the sweep ended in ${world.registry.state?.phase}`);
    });
  const [enrollment, rest] = [await sweep(), await sweep()];
  const entries = [...world.registry.held.values()];
  const loads = cells.map(({ name }) => entries.filter(({ cell }) => cell === name).length);
  const none = () => 0;
  const following = await measured(none, (sample) => {
    for (const { name: cell } of cells) {
      const own = entries.filter((entry) => entry.cell === cell);
      const settings = { maxNewAccountsPerDay: ACCOUNTS, cell, region: HERE, now: world.now };
      const { actions } = planFollowing({ registry: entries, accepted: [], ...settings });
      if (actions.filter((one) => one.do === 'accept').length !== own.length) throw new Error(`${cell} follows others`);
      sample();
    }
  });
  const reports: { cell: string; report: CoverageEvidence }[] = [];
  const coverage = await measured(none, (sample) => {
    for (const [at, { name }] of cells.entries()) {
      const accounts = Array.from({ length: ACCOUNTS / CELLS }, (_, one) => at * (ACCOUNTS / CELLS) + one);
      reports.push({ cell: name, report: reportOf(accounts) });
      sample();
    }
  });
  const isProtected = reports.every(({ report }) => report.counts.protected === ACCOUNTS / CELLS);
  if (!isProtected) throw new Error(`not every database is protected at ${NOW.toISOString()}`);
  const status = await measured(none, () => mergeCells(reports));
  const databases = reports.reduce((sum, { report }) => sum + report.databases.length, 0);
  const load = { min: Math.min(...loads), max: Math.max(...loads) };
  return {
    accounts: entries.length,
    databases,
    cells: CELLS,
    load,
    preview,
    enrollment,
    rest,
    following,
    coverage,
    status,
  };
}
