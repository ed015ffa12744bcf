import { maxBundleKiB } from '../../src/bundle';
import { table } from '../../src/cli/layout';
import { benchBundles } from './bundles';
import { benchCells } from './cells';
import { delayModel } from './delays';
import { enroll } from './enrollment';
import { benchEvaluator } from './evaluator';
import { benchListCalls } from './list-calls';
import { benchOverHttp } from './over-http';
import { benchOverhead } from './overhead';
import { benchPlans } from './plans';
import { benchSize, limitsOf } from './size/size';
import { backlog, benchSlots } from './slots';
import { benchSpread } from './spread';
import { benchTrust } from './trust';

/** A figure and its maximum. A figure without a maximum is printed only. */
interface Row {
  readonly name: string;
  readonly value: number;
  readonly bar?: number;
  readonly unit?: string;
}

/** What a part of the bench came to: its keys of the document, and its rows of the table. */
interface Part {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly rows: readonly Row[];
}

const COPIES = 2000;
const SEEDS = [1, 2, 3];
/** Accounts of a full cell. */
const MAX_ACCOUNTS = 1000;
const SPREAD = [2, 30, 300, 1000] as const;
const worst = (values: readonly number[]): number => Math.max(...values);

async function slots(): Promise<Part> {
  const runs = [];
  for (const seed of SEEDS) runs.push(await benchSlots(seed, backlog(seed, COPIES)));
  const idleShare = worst(runs.map((run) => run.idleShare));
  const latenessRatio = worst(runs.map((run) => run.latenessRatio));
  const copyCallsPerDelivered = worst(runs.map((run) => run.copyCallsPerDelivered));
  const of = `${COPIES} copies, the worst of ${SEEDS.length} seeds`;
  return {
    figures: { slots: { idleShare, latenessRatio, runs }, copyCallsPerDelivered },
    rows: [
      { name: `idle slot time while work waits (${of})`, value: idleShare, bar: 0.02 },
      { name: `worst lateness over earliest deadline first (${of})`, value: latenessRatio, bar: 1.1 },
      { name: `calls to copy for each copy delivered (${of})`, value: copyCallsPerDelivered, bar: 1.1 },
    ],
  };
}

async function overhead(): Promise<Part> {
  const [withEvents, withoutEvents] = [await benchOverhead(1, false), await benchOverhead(1, true)];
  const { mutatingCallsPerSnapshot } = withEvents;
  const eventless = worst([withoutEvents.instance.median, withoutEvents.cluster.median]);
  const minutes = (name: string, value: number): Row => ({ name: `overhead, ${name}`, value, unit: 'min' });
  return {
    figures: {
      overheadMinutes: {
        instance: withEvents.instance.median,
        cluster: withEvents.cluster.median,
        eventless,
        worst: {
          instance: withEvents.instance.worst,
          cluster: withEvents.cluster.worst,
          eventless: worst([withoutEvents.instance.worst, withoutEvents.cluster.worst]),
        },
        model: delayModel(),
      },
      mutatingCallsPerSnapshot,
    },
    rows: [
      minutes('instances: median', withEvents.instance.median),
      minutes('instances: worst', withEvents.instance.worst),
      minutes('clusters: median', withEvents.cluster.median),
      minutes('clusters: worst', withEvents.cluster.worst),
      minutes('every event lost: median', eventless),
      minutes('every event lost: worst', worst([withoutEvents.instance.worst, withoutEvents.cluster.worst])),
      { name: 'calls that change something, a snapshot', value: mutatingCallsPerSnapshot, bar: 8 },
    ],
  };
}

async function lists(): Promise<Part> {
  const { source, vault } = await benchListCalls();
  const [at10, at1000] = [worst([source.at10, vault.at10]), worst([source.at1000, vault.at1000])];
  return {
    figures: { listCallsPerSweep: { 10: at10, 1000: at1000, source, vault } },
    rows: [
      { name: 'list calls of a sweep over 10 snapshots', value: at10, bar: 10 },
      // A page holds a hundred.
      { name: 'list calls of a sweep over 1,000 snapshots', value: at1000, bar: at10 * 10 },
    ],
  };
}

async function http(): Promise<Part> {
  const [few, many] = [await benchOverHttp(10), await benchOverHttp(50)];
  const [at10, at50] = [few.callsPerSnapshot, many.callsPerSnapshot];
  return {
    figures: { callsPerSnapshot: { 10: at10, 50: at50, by: { 10: few.by, 50: many.by } } },
    rows: [
      { name: 'all calls over HTTP a snapshot, 10 databases', value: at10, bar: 14 },
      { name: 'all calls over HTTP a snapshot, 50 databases', value: at50, bar: 14 },
      { name: 'the same, 50 over 10 databases', value: at50 / at10, bar: 1 },
    ],
  };
}

async function plan(): Promise<Part> {
  const figures = benchPlans();
  return {
    figures: { plan: figures },
    rows: [
      { name: 'plan over 10,000 snapshots', value: figures.ms10k, bar: 100, unit: 'ms' },
      { name: 'growth from 1,000 to 10,000 snapshots', value: figures.growth, bar: 12, unit: 'times' },
    ],
  };
}

async function evaluator(): Promise<Part> {
  const figures = await benchEvaluator();
  const name = `one access evaluated (median of ${figures.cases})`;
  return { figures: { evaluator: figures }, rows: [{ name, value: figures.medianMicros, bar: 1000, unit: 'µs' }] };
}

async function trust(): Promise<Part> {
  const figures = benchTrust();
  const rows = [{ name: 'checkvalve trust, from command to verdict', value: figures.seconds, bar: 30, unit: 's' }];
  return { figures: { trust: figures }, rows };
}

async function bundles(): Promise<Part> {
  const figures = benchBundles();
  return {
    figures: { bundles: figures },
    rows: figures.flatMap(({ name, bytes, initMs }): Row[] => [
      { name: `${name}: bundle`, value: bytes / 1024, bar: maxBundleKiB(name), unit: 'KB' },
      { name: `${name}: init beyond the SDK’s`, value: initMs, bar: 150, unit: 'ms' },
    ]),
  };
}

/** Every step in cells of several sizes; the bars hold for a full cell: half of what the function has. */
async function size(): Promise<Part> {
  const figures = await benchSize((line) => process.stderr.write(`${line}\n`));
  const rows = figures.size.flatMap(({ step, accounts, copies, seconds, peakMiB, sockets, error }): Row[] => {
    const limits = limitsOf(step);
    const bar = (value: number) => (accounts <= MAX_ACCOUNTS ? value / 2 : undefined);
    const at = `${step}, ${accounts} accounts, ${copies} copies${error ? ` (${error})` : ''}`;
    return [
      { name: `${at}: time`, value: seconds, bar: bar(limits.seconds), unit: 's' },
      { name: `${at}: memory`, value: peakMiB, bar: bar(limits.memoryMiB), unit: 'MiB' },
      { name: `${at}: sockets`, value: sockets, bar: bar(limits.sockets) },
    ];
  });
  const halves = Object.entries(figures.halfOfLimitAt).map(([step, accounts]): Row => {
    return { name: `${step}: half of a limit at (extrapolated)`, value: accounts, unit: 'accounts' };
  });
  return { figures: { ...figures }, rows: [...rows, ...halves] };
}

async function spread(): Promise<Part> {
  const figures = [];
  for (const accounts of SPREAD) figures.push(await benchSpread(accounts));
  const clusters = await benchSpread(SPREAD[1], 'cluster');
  return {
    figures: { spread: figures, spreadOfClusters: [clusters] },
    rows: [
      ...figures.flatMap(({ accounts, callsPerSnapshot, restCallsPerAccountDay, overheadMinutes }): Row[] => [
        { name: `${accounts} accounts: calls a snapshot`, value: callsPerSnapshot, bar: 16 },
        { name: `${accounts} accounts: calls at rest, an account and day`, value: restCallsPerAccountDay, bar: 400 },
        { name: `${accounts} accounts: overhead, median`, value: overheadMinutes, unit: 'min' },
      ]),
      { name: `${clusters.accounts} accounts with a cluster each: calls a snapshot`, value: clusters.callsPerSnapshot },
    ],
  };
}

/** Ten cells with a thousand accounts each; a step of one cell has a tenth of it. */
async function cells(): Promise<Part> {
  const figures = await benchCells();
  const { accounts, databases, load, preview, enrollment, rest, following, coverage, status } = figures;
  const of = `${accounts} accounts and ${databases} databases in ${figures.cells} cells`;
  const steps = { preview, enrollment, rest, following, coverage, status };
  return {
    figures: { cells: figures },
    rows: [
      { name: `accounts of the largest cell (${of})`, value: load.max, bar: MAX_ACCOUNTS },
      ...Object.entries(steps).flatMap(([name, { seconds, peakMiB, callsPerAccount }]): Row[] => [
        { name: `${name}: processor time`, value: seconds, bar: 60, unit: 's' },
        { name: `${name}: heap`, value: peakMiB, bar: 512, unit: 'MiB' },
        // An account that is enrolled for the first time may have the tooling of any cell: each StackSet is asked once.
        ...(callsPerAccount > 0
          ? [
              {
                name: `${name}: calls an account`,
                value: callsPerAccount,
                bar: name === 'enrollment' ? figures.cells + 5 : 6,
              },
            ]
          : []),
      ]),
    ],
  };
}

const PARTS = { slots, overhead, lists, http, plan, evaluator, trust, bundles, enroll, cells, spread, size } as const;

const isMissed = ({ value, bar }: Row): boolean => bar !== undefined && !(value <= bar);

const line = (row: Row): string[] => {
  const number = (value: number) => `${Number(value.toPrecision(3))}${row.unit ? ` ${row.unit}` : ''}`;
  const verdict = row.bar === undefined ? '' : isMissed(row) ? 'MISSED' : 'met';
  return [row.name, number(row.value), row.bar === undefined ? '' : `at most ${number(row.bar)}`, verdict];
};

async function main(): Promise<void> {
  const json = process.argv.includes('--json');
  const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const names = Object.keys(PARTS) as (keyof typeof PARTS)[];
  const unknown = wanted.filter((name) => !names.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const parts: Part[] = [];
  for (const name of names.filter((known) => wanted.length === 0 || wanted.includes(known))) {
    process.stderr.write(`${name} …\n`);
    parts.push(await PARTS[name]());
  }
  const rows = parts.flatMap((part) => part.rows);
  const missed = rows.filter(isMissed).map(({ name }) => name);
  if (missed.length > 0) process.exitCode = 1;
  if (json) {
    const figures = Object.assign({}, ...parts.map((part) => part.figures));
    process.stdout.write(`${JSON.stringify({ ok: missed.length === 0, ...figures, missed }, undefined, 2)}\n`);
    return;
  }
  const model = parts.some(({ figures }) => 'overheadMinutes' in figures) ? `${delayModel()}\n` : '';
  process.stdout.write(`${model}${table(['figure', 'measured', 'bar', ''], rows.map(line))}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
