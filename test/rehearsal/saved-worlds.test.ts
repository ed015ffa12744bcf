import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { cacheFolder } from '../../src/cache/cached-folder';
import { digestOf } from '../../src/cache/fingerprint';
import { config } from '../../src/checkvalve.config';
import type { Emulator } from '../../src/emulator/emulator';
import { coverageReports, snapshotsOf, vaultCopies } from '../../src/rehearsal/checks/evidence';
import { followedBy } from '../../src/rehearsal/checks/evidence-sources';
import { SavedWorlds } from '../../src/rehearsal/host/saved-worlds';
import { PHASES } from '../../src/rehearsal/phases/phases';
import { Stage } from '../../src/rehearsal/stage';
import { worldOf } from '../../src/rehearsal/world';
import { MANAGEMENT, REGION, SOURCE, START, VAULT } from '../src/emulator/emulator-world';
import { testByDay } from '../support/sample';
import { emulatorOfWorker } from '../support/worker';
import { play, stageBefore, WHOLE_MS } from './playing';

jest.setTimeout(WHOLE_MS);

/** What an account and the control API show of a world. */
async function seen(emulator: Emulator) {
  const buckets = async (account: string) =>
    (await new S3Client(emulator.client(account, 'us-east-1')).send(new ListBucketsCommand({}))).Buckets?.map(
      ({ Name }) => Name,
    );
  return {
    clock: await emulator.clock(),
    functions: await emulator.functions(),
    sources: await emulator.eventSources(),
    schedules: await emulator.schedules(),
    notifications: await emulator.notifications(),
    log: await emulator.log(),
    snapshots: await Promise.all([SOURCE, VAULT].map((account) => snapshotsOf(emulator, account, REGION))),
    buckets: await Promise.all([MANAGEMENT, VAULT].map(buckets)),
    followed: await followedBy(emulator, worldOf(config)),
  };
}

test('a saved and restored world is the same, with its later events, and continues in the same way', async () => {
  const stage = await stageBefore('import-copies');
  const { emulator } = stage;
  const worlds = new SavedWorlds<ReturnType<typeof Object>>({ test: 'the same', at: Date.now() });
  await worlds.save('here', emulator, stage.memory);
  const before = await seen(emulator);
  const goOn = async () => {
    const again = new Stage(emulator, worldOf(config), { config });
    again.recall((await worlds.restore('here', emulator)) as typeof stage.memory);
    expect(await seen(emulator)).toEqual(before);
    for (const step of ['import-copies', 'report-coverage'])
      await PHASES.find((phase) => phase.step === step)?.play(again, {});
    await again.stop();
    // Calls that are made side by side come in any order, and take random ids in that order.
    const { clock, snapshots, followed, log } = await seen(emulator);
    const ended = {
      clock,
      snapshots,
      followed,
      copies: await vaultCopies(again),
      coverage: await coverageReports(again),
    };
    return { ended, calls: log.map(({ account, operation }) => `${account} ${operation}`).sort() };
  };
  const once = await goOn();
  expect(once.ended.copies).toHaveLength(2);
  expect(once.calls.length).toBeGreaterThan(before.log.length);
  await emulator.reset(START);
  expect(await emulator.functions()).toEqual([]);
  expect(await goOn()).toEqual(once);
  await stage.stop();
});

test('a world restored in another emulator has its addresses, and functions there receive the messages of its queues', async () => {
  const { Emulator: Own } =
    jest.requireActual<typeof import('../../src/emulator/emulator')>('../../src/emulator/emulator');
  const worlds = new SavedWorlds<null>({ test: 'elsewhere', at: Date.now() });
  const stage = await stageBefore('import-copies');
  await worlds.save('here', stage.emulator, null);
  await stage.stop();
  const other = await Own.start();
  try {
    await worlds.restore('here', other);
    const [source] = await other.eventSources();
    expect(source?.queueUrl.startsWith(`${other.endpoint}/`)).toBe(true);
    const elsewhere = new Stage(other, worldOf(config), { config });
    await elsewhere.fire('import-copies');
    expect(elsewhere.failures).toEqual([]);
    expect(await vaultCopies(elsewhere)).toHaveLength(2);
    await elsewhere.stop();
  } finally {
    await other.stop();
  }
});

testByDay('a rehearsal that begins at a saved world ends as the whole one does', async () => {
  const lines: string[] = [];
  await play({ from: 'end' });
  const result = await play({ from: 'lose-protection' }, lines);
  expect(lines[0]).toBe('The rehearsal begins with the saved world before lose-protection.');
  expect(lines.filter((line) => /^[a-z]/.test(line)).map((line) => line.split(':')[0])).toEqual(['lose-protection']);
  expect(result).toMatchObject({ ok: true, refusals: 0 });
  expect(new Set(result.phases.map(({ step }) => step)).size).toBeGreaterThan(10);
  expect(result.alarms).toHaveLength(4);
});

test('an unknown phase is named, with the known ones', async () => {
  await expect(play({ from: 'prune' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'The rehearsal has no phase "prune"',
    remedy: expect.stringContaining('prune-copies'),
  });
});

test('a saved world that cannot be read is deleted, and played again', async () => {
  const worlds = new SavedWorlds<string>({ test: 'broken' });
  const emulator = await emulatorOfWorker(START);
  await worlds.save('here', emulator, 'remembered');
  writeFileSync(join(cacheFolder(), `world-${digestOf({ test: 'broken' })}-here`, 'world'), 'half of it');
  expect(await worlds.restore('here', emulator)).toBeUndefined();
  expect(worlds.has('here')).toBe(false);
  expect(await emulator.problems()).toEqual([]);
});
