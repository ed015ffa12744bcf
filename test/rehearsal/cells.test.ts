import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, ListStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { stackSetOfCell } from '../../src/contract/cells';
import { NAMES } from '../../src/contract/names';
import { stackKeys } from '../../src/rehearsal/checks/evidence';
import { LandingZone } from '../../src/rehearsal/host/landing-zone';
import { EXAMPLE } from '../../src/rehearsal/world';
import { MANAGEMENT, REGION, START } from '../src/emulator/emulator-world';
import { NORTH, SOUTH, TWO_CELLS, TWO_CELLS_FILE } from '../support/two-cells';
import { emulatorOfWorker } from '../support/worker';

const ROLLOUT = 900;
const DAY = 24 * 3600;
const { first, second } = EXAMPLE;
const folder = mkdtempSync(join(tmpdir(), 'checkvalve-cells-'));
const CONFIG = join(folder, 'two-cells.json');
writeFileSync(CONFIG, JSON.stringify(TWO_CELLS_FILE));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as an operator of the management account runs it. */
function run(endpoint: string, ...args: readonly string[]) {
  const child = spawn('node', ['src/cli/checkvalve.js', '--config', CONFIG, ...args], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: MANAGEMENT,
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_CONFIG_FILE: '/nonexistent/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, ...output })),
  );
}

test('two cells: new accounts spread over them, and one moves: its tooling, its vault, and its export key', async () => {
  const zone = await LandingZone.start(TWO_CELLS, () => {}, { now: START, emulator: await emulatorOfWorker() });
  const { emulator } = zone;
  const management = emulator.client(MANAGEMENT, 'us-east-1');
  /** The accounts in which the StackSet of a cell has an instance. */
  const instances = async (cell: string) => {
    const list = new ListStackInstancesCommand({ StackSetName: stackSetOfCell(cell) });
    const { Summaries = [] } = await new CloudFormationClient(management).send(list);
    return Summaries.map(({ Account }) => Account).sort();
  };
  const stateOf = async (vault: string, account: string) => {
    const get = new GetItemCommand({ TableName: NAMES.sourcesTable, Key: { account: { S: account } } });
    const { Item } = await new DynamoDBClient(emulator.client(vault, REGION)).send(get);
    return Item?.state?.S;
  };
  try {
    await zone.deploy();
    await zone.fire('enroll-accounts');
    await zone.pass(ROLLOUT);
    expect([await instances('north'), await instances('south')]).toEqual([[first], [second]]);
    await zone.fire('follow-sources');
    expect([await stateOf(NORTH, first), await stateOf(SOUTH, first)]).toEqual(['enrolled', undefined]);
    expect([await stateOf(NORTH, second), await stateOf(SOUTH, second)]).toEqual([undefined, 'enrolled']);
    const [oldKey] = await stackKeys(emulator, first, REGION);

    const order = ['move', first, '--to', 'south', '--because', 'north is full'];
    const shown = await run(emulator.endpoint, ...order, '--dry-run');
    expect(shown).toMatchObject({
      status: 0,
      stdout: `${first}: from the cell north to south\nNothing was changed.\n`,
    });
    const unconfirmed = await run(emulator.endpoint, ...order);
    expect(unconfirmed.status).toBe(1);
    expect(unconfirmed.stderr).toContain('The command needs a confirmation');
    const { status, stdout, stderr } = await run(emulator.endpoint, ...order, '--yes', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      { account: first, from: 'north', to: 'south', outcome: 'ordered', recorded: true },
    ]);
    await zone.fire('enroll-accounts');
    await zone.pass(2 * ROLLOUT);
    await zone.pass(ROLLOUT);
    expect([await instances('north'), await instances('south')]).toEqual([[], [first, second]]);
    const [newKey] = await stackKeys(emulator, first, REGION);
    expect(newKey).not.toBe(oldKey);
    await zone.fire('follow-sources');
    expect(await stateOf(SOUTH, first)).toBe('enrolled');
    await zone.pass(DAY);
    await zone.fire('follow-sources');
    expect(await stateOf(NORTH, first)).toBe('left');
    const plan = await run(emulator.endpoint, 'plan', '--json');
    expect(JSON.parse(plan.stdout).cells).toEqual([
      { name: 'north', now: 0, afterwards: 0, maxAccounts: 1000 },
      { name: 'south', now: 2, afterwards: 2, maxAccounts: 1000 },
    ]);
    const doctor = await run(emulator.endpoint, 'doctor', '--json');
    const { findings } = JSON.parse(doctor.stdout) as { readonly findings: readonly { readonly check: string }[] };
    expect(findings.filter(({ check }) => check.startsWith('stack'))).toEqual([]);
    const removal = await run(emulator.endpoint, 'teardown', '--json');
    const { steps } = JSON.parse(removal.stdout) as { readonly steps: readonly { readonly what: string }[] };
    expect(steps.map(({ what }) => what)).toEqual([
      'disable the rules and queues of enrollment',
      'withdraw the tooling of the cell north from 0 accounts (0 instances)',
      'withdraw the tooling of the cell south from 2 accounts (2 instances)',
      'delete Tooling-north in us-east-1',
      'delete Tooling-south in us-east-1',
      'delete Management in us-east-1',
    ]);
    const [north, south] = await Promise.all(
      ['north', 'south'].map((cell) => run(emulator.endpoint, 'teardown', '--cell', cell)),
    );
    expect([north?.status, north?.stdout]).toEqual([0, expect.stringContaining('delete Tooling-north in us-east-1')]);
    expect([south?.status, south?.stdout]).toEqual([1, expect.stringContaining('checkvalve move')]);
    expect(await emulator.problems()).toEqual([]);
  } finally {
    await zone.stop();
  }
}, 240_000);
