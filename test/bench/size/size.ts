// Longer than most: one measurement from the stub to the fitted line.
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandlers, type StepFolder } from '../../../src/bundle';
import * as ENV from '../../../src/contract/env';
import { accountId, region } from '../../../src/contract/ids';
import { notify } from '../../../src/contract/message';
import { copiesTopicArn, NAMES } from '../../../src/contract/names';
import { MAX_DELETIONS_PER_RUN } from '../../../src/contract/retention';
import { type DeployedFunction, deployedFunctions } from '../deployed-functions';
import { Cell, type CellSize, REGION, VAULT } from './cell';
import type { StubFigures, StubSettings } from './stub';

/** One run of a step in a cell of one size. */
export interface SizeRow {
  readonly step: string;
  readonly accounts: number;
  readonly copies: number;
  /** The run's time in Lambda: see {@link inLambda}. */
  readonly seconds: number;
  readonly peakMiB: number;
  readonly sockets: number;
  /** Calls by service and operation. */
  readonly calls: Readonly<Record<string, number>>;
  readonly error?: string;
}

/** What the bench came to. */
export interface SizeFigures {
  readonly size: readonly SizeRow[];
  /** Accounts at which a step reaches half of its time, memory or sockets, with 50,000 copies, on the fitted line. */
  readonly halfOfLimitAt: Readonly<Record<string, number>>;
}

/** What a step may use, of which it is to use half at most. */
export interface StepLimits {
  readonly seconds: number;
  readonly memoryMiB: number;
  readonly sockets: number;
}

/** Milliseconds until a service of AWS answers within a Region, in the middle. Assumed: AWS states none. */
const LATENCY_MS = { STS: 40, RDS: 120, BACKUP: 60, SQS: 15, SNS: 60, DYNAMODB: 12, S3: 40, KMS: 20 };
/** Sockets that a cell may use: a function has 1,024 file descriptors. */
export const MAX_SOCKETS = 300;
/** MiB at which a function has one vCPU. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MIB_PER_VCPU = 1769;
/** Of the memory of a function, what Node may use for its heap. */
const HEAP_SHARE = 0.85;
const FULL_COPIES = 50_000;
const SIZES: readonly Pick<CellSize, 'accounts' | 'copies'>[] = [
  { accounts: 100, copies: FULL_COPIES },
  { accounts: 300, copies: FULL_COPIES },
  { accounts: 1000, copies: 1000 },
  { accounts: 1000, copies: 10_000 },
  { accounts: 1000, copies: FULL_COPIES },
  { accounts: 3000, copies: FULL_COPIES },
];
const SNAPSHOTS = 100;
const SEED = 1;

/** The runs that are measured, in this order: what one leaves behind, the next finds. */
const RUNS: readonly { readonly step: string; readonly bundle: StepFolder; readonly event: (cell: Cell) => unknown }[] =
  [
    { step: 'follow-sources', bundle: 'vault/follow-sources', event: () => ({}) },
    // Without an index of the vault's copies, it lists them and assumes every access role: once, and after a loss of the index.
    { step: 'import-copies, without index', bundle: 'vault/import-copies', event: () => ({}) },
    { step: 'import-copies, sweep', bundle: 'vault/import-copies', event: () => ({}) },
    { step: 'import-copies, notification', bundle: 'vault/import-copies', event: notification },
    { step: 'report-coverage', bundle: 'vault/report-coverage', event: () => ({}) },
    // Its first run only notes the time: what a vault without that note deletes, a clock that jumped could delete.
    { step: 'prune-copies, first run', bundle: 'vault/prune-copies', event: () => ({}) },
    { step: 'prune-copies', bundle: 'vault/prune-copies', event: () => ({}) },
  ];

function notification(cell: Cell): unknown {
  const [account] = cell.accounts;
  const [copy] = account ? [...cell.snapshotsOf(account.id, account.kind, 'manual')].slice(-1) : [];
  if (!account || !copy) return {};
  const TopicArn = copiesTopicArn(accountId(account.id), region(REGION));
  const body = JSON.stringify({ Type: 'Notification', TopicArn, Message: notify(copy.arn as never) });
  return { Records: [{ messageId: 'm-1', body, eventSourceARN: `arn:aws:sqs:${REGION}:${VAULT}:${NAMES.inbox}` }] };
}

/** How much faster the clock of a run and the stub are: waiting for AWS would make the bench take an hour. Computing is not faster, so that
 * the times are upper bounds. */
const SPEED = 4;

/** Seconds in Lambda: a function with less than one vCPU computes for longer, and waits as long. What this machine's processor is
 * faster or slower than Lambda's is not part of it. */
const inLambda = ({ seconds, cpuSeconds }: { seconds: number; cpuSeconds: number }, { memoryMiB }: DeployedFunction) =>
  seconds + cpuSeconds * (1 / Math.min(1, memoryMiB / MIB_PER_VCPU) - 1);

const faster = (latencies: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(latencies).map(([service, ms]) => [service, ms / SPEED]));

/** A certificate for 127.0.0.1, made with the Python of the emulator: Node can make none. */
function certificate(folder: string): { readonly certificate: string; readonly key: string } {
  const files = { certificate: join(folder, 'stub.pem'), key: join(folder, 'stub-key.pem') };
  const made = spawnSync('.emulator/bin/python', [join(__dirname, 'certificate.py'), files.certificate, files.key], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  return files;
}

class Stub {
  private constructor(
    private readonly child: ChildProcess,
    readonly ports: Readonly<Record<string, number>>,
  ) {}

  static async start(settings: StubSettings): Promise<Stub> {
    const child = fork(join(__dirname, 'stub-process.cjs'), {
      env: { ...process.env, STUB: JSON.stringify(settings) },
    });
    const { ports } = await message<{ ports: Record<string, number> }>(child);
    return new Stub(child, ports);
  }

  /** What was called since the last time. */
  async figures(): Promise<StubFigures> {
    const next = message<{ figures: StubFigures }>(this.child);
    this.child.send('figures');
    return (await next).figures;
  }

  stop(): void {
    this.child.kill();
  }
}

const message = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    child.once('message', (sent) => resolve(sent as T));
    child.once('exit', (code) => reject(new Error(`the stub ended: ${code}`)));
  });

interface Ran {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly error?: string;
}

/** Runs a bundle once in a process with the memory and the file descriptors of its function. */
async function run(bundle: string, deployed: DeployedFunction, environment: NodeJS.ProcessEnv): Promise<Ran> {
  const result = `${bundle}.json`;
  rmSync(result, { force: true });
  const heap = Math.floor(deployed.memoryMiB * HEAP_SHARE);
  const command = `ulimit -n 1024; exec node --max-old-space-size=${heap} "${join(__dirname, 'run-step.cjs')}" "${bundle}" "${result}"`;
  const child = spawn('sh', ['-c', command], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (part) => {
    errors = (errors + String(part)).slice(-2000);
  });
  const stop = setTimeout(() => child.kill('SIGKILL'), deployed.timeoutSeconds * 2000);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(stop);
  try {
    return JSON.parse(readFileSync(result, 'utf8')) as Ran;
  } catch {
    const error = `the process ended: ${errors.split('\n').find((text) => /FATAL|Error/.test(text)) ?? 'killed'}`;
    return { seconds: deployed.timeoutSeconds * 2, cpuSeconds: 0, peakMiB: deployed.memoryMiB, error };
  }
}

/** Retention under which each database has one or two copies that are past their term: what a day brings. */
const retentionFor = ({ accounts, copies }: Pick<CellSize, 'accounts' | 'copies'>, deployed: string): string =>
  JSON.stringify({
    ...(JSON.parse(deployed) as object),
    dailyDays: Math.max(1, Math.floor(copies / accounts) - 1),
    weeklyWeeks: 0,
    monthlyMonths: 0,
    yearlyYears: 0,
    minCopiesPerDatabase: 1,
    maxDeletionsPerRun: MAX_DELETIONS_PER_RUN,
  });

/** Measures every step at every size. */
export async function benchSize(progress: (line: string) => void, sizes = SIZES): Promise<SizeFigures> {
  mkdirSync('build', { recursive: true });
  // Below the project, so that the bundles find the SDK.
  const folder = mkdtempSync(join(process.cwd(), 'build', 'size-'));
  const functions = deployedFunctions();
  const rows: SizeRow[] = [];
  try {
    const files = certificate(folder);
    for (const [name, code] of Object.entries(bundleHandlers()))
      writeFileSync(join(folder, `${name.replace('/', '-')}.js`), code);
    for (const size of sizes) rows.push(...(await measure(size, folder, files, functions, progress)));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { size: rows, halfOfLimitAt: halfOfLimits(rows, functions) };
}

async function measure(
  { accounts, copies }: Pick<CellSize, 'accounts' | 'copies'>,
  folder: string,
  files: { readonly certificate: string; readonly key: string },
  functions: ReadonlyMap<string, DeployedFunction>,
  progress: (line: string) => void,
): Promise<readonly SizeRow[]> {
  const follow = functions.get('follow-sources')?.variables ?? {};
  const tables = {
    sources: follow[ENV.followSources.sourcesTable] ?? '',
    registry: follow[ENV.followSources.registryTable] ?? '',
  };
  const size = { accounts, copies, snapshots: SNAPSHOTS, seed: SEED };
  const stub = await Stub.start({ ...size, ...files, latencyMs: faster(LATENCY_MS), tables });
  const cell = new Cell(size);
  const rows: SizeRow[] = [];
  try {
    for (const { step, bundle, event } of RUNS) {
      const deployed = functions.get(bundle.split('/')[1] ?? '');
      if (!deployed) throw new Error(`no template deploys ${bundle}`);
      const { variables } = deployed;
      const retention = variables[ENV.pruneCopies.retention];
      const ran = await run(join(folder, `${bundle.replace('/', '-')}.js`), deployed, {
        PATH: process.env.PATH,
        ...variables,
        ...(retention && { [ENV.pruneCopies.retention]: retentionFor(size, retention) }),
        ...endpoints(stub.ports),
        AWS_ACCESS_KEY_ID: `ASIA${VAULT}`,
        AWS_SECRET_ACCESS_KEY: 's',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        NODE_EXTRA_CA_CERTS: files.certificate,
        STEP_EVENT: JSON.stringify(event(cell)),
        SPEED: String(SPEED),
      });
      const { calls, sockets } = await stub.figures();
      const row = { step, accounts, copies, seconds: inLambda(ran, deployed), peakMiB: ran.peakMiB, sockets, calls };
      rows.push({ ...row, ...(ran.error && { error: ran.error }) });
      const total = Object.values(calls).reduce((sum, each) => sum + each, 0);
      progress(
        `${accounts} accounts, ${copies} copies: ${step} ${Math.round(row.seconds)} s, ${Math.round(row.peakMiB)} MiB, ${sockets} sockets, ${total} calls${ran.error ? `, ${ran.error}` : ''}`,
      );
    }
  } finally {
    stub.stop();
  }
  return rows;
}

const endpoints = (ports: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(ports).map(([service, port]) => [`AWS_ENDPOINT_URL_${service}`, `https://127.0.0.1:${port}`]),
  );

/** The limits of each measured step. */
export function limitsOf(step: string, functions = deployedFunctions()): StepLimits {
  const run = RUNS.find((one) => one.step === step);
  const deployed = functions.get(run?.bundle.split('/')[1] ?? '');
  if (!deployed) throw new Error(`no template deploys ${step}`);
  return { seconds: deployed.timeoutSeconds, memoryMiB: deployed.memoryMiB, sockets: 2 * MAX_SOCKETS };
}

/** A line through the points, by least squares: where it reaches a value. */
function reaches(points: readonly (readonly [x: number, y: number])[], value: number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [x0, y0] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const slope =
    points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0) / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
  if (!(slope > 0)) return Number.POSITIVE_INFINITY;
  return Math.max(0, x0 + (value - y0) / slope);
}

/** For each step the number of accounts at which it uses half of what it may. */
function halfOfLimits(
  rows: readonly SizeRow[],
  functions: ReadonlyMap<string, DeployedFunction>,
): Record<string, number> {
  return Object.fromEntries(
    RUNS.map(({ step }) => {
      const limits = limitsOf(step, functions);
      const of = rows.filter((row) => row.step === step && row.copies === FULL_COPIES && !row.error);
      const at = (value: (row: SizeRow) => number, limit: number) =>
        reaches(
          of.map((row) => [row.accounts, value(row)] as const),
          limit / 2,
        );
      const accounts = Math.min(
        at(({ seconds }) => seconds, limits.seconds),
        at(({ peakMiB }) => peakMiB, limits.memoryMiB),
        at(({ sockets }) => sockets, limits.sockets),
      );
      return [step, Math.floor(Math.min(accounts, 1e6))];
    }),
  );
}
