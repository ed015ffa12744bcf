import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateDBClusterCommand } from '@aws-sdk/client-rds';
import type { Emulator } from '../../../../src/emulator/emulator';
import { type Entry, fileStore, type JournalStore, memoryStore } from '../../../../src/operations/probe/journal';
import type { Probe } from '../../../../src/operations/probe/probe';
import { PROBES } from '../../../../src/operations/probe/probes';
import { prepare, probesIn } from '../../../../src/rehearsal/phases/rehearse-probes';
import { emulatorOfWorker } from '../../../support/worker';
import { watched } from './watched-store';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await emulatorOfWorker();
  await prepare(emulator, '444400003333');
});

const run = (probes: readonly Probe[], store: JournalStore) =>
  probesIn(emulator, {
    ...{ probes, store, region: 'eu-central-1', vault: '333300002222', management: '444400003333' },
    progress: () => {},
  });

const probe = (ask: Probe['ask']): Probe => ({
  id: 'planted',
  assumptions: [],
  creates: 'little',
  maxCostUsd: 0,
  assumed: 'yes',
  ask,
});

/** A probe with a cluster that is created, or only written to the journal. */
const clusterThat = (isMade: boolean) =>
  probe(async (_, scope) =>
    scope.create('source', 'db-cluster', scope.name('cluster'), async ({ rds }) => {
      if (!isMade) throw new Error('killed');
      const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
      const order = { DBClusterIdentifier: scope.name('cluster'), Engine: 'aurora-postgresql', ...login };
      await rds.send(new CreateDBClusterCommand(order));
      return 'yes';
    }),
  );

const deletions = async () =>
  (await emulator.log()).filter(({ operation }) => operation.startsWith('Delete')).map(({ operation }) => operation);

test('a resource in the journal that was never created does not stop the clean-up', async () => {
  const store = memoryStore();
  const { ok, probes } = await run([clusterThat(false)], store);
  expect({ ok, probes }).toEqual({
    ok: false,
    probes: [{ id: 'planted', assumed: 'yes', answered: null, differs: false, error: 'Error: killed' }],
  });
  expect(store.read()).toBeUndefined();
});

test('a resource that cannot be deleted stays in the journal, and the next run starts with its deletion', async () => {
  const store = memoryStore();
  await emulator.plantFaults([
    { action: 'DeleteDBCluster', code: 'InvalidDBClusterStateFault', message: 'it is busy', times: 10_000 },
  ]);
  await expect(run([clusterThat(true)], store)).rejects.toMatchObject({
    code: 'AWS_CALL_FAILED',
    message: expect.stringContaining('db-cluster checkvalve-probe-rehearsal-cluster in account 222200001111'),
    remedy: expect.stringContaining('again'),
  });
  expect(store.read()).toEqual({
    answers: { planted: 'yes' },
    created: [{ side: 'source', kind: 'db-cluster', id: 'checkvalve-probe-rehearsal-cluster' }],
  });
  await emulator.clearFaults();
  await emulator.clearLog();
  expect(await run([clusterThat(true)], store)).toMatchObject({ ok: true });
  expect(await deletions()).toEqual(['DeleteDBCluster']);
  expect(store.read()).toBeUndefined();
});

test('a resource is deleted before those that it depends on', async () => {
  const { store, ever } = watched();
  await run(
    PROBES.filter(({ id }) => id === 'cluster-backup-type'),
    store,
  );
  expect([...ever].map((entry) => entry.split(' ')[1])).toEqual(['db-cluster', 'stack', 'backups-in']);
  expect(await deletions()).toEqual(['DeleteRecoveryPoint', 'DeleteStack', 'DeleteDBCluster']);
});

describe('the journal as a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-journal-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('exists while resources may exist', () => {
    const file = join(folder, 'deep', 'one.json');
    const store = fileStore(file);
    expect(store.read()).toBeUndefined();
    const entry: Entry = { side: 'vault', kind: 'stack', id: 'checkvalve-probe-x' };
    store.write({ answers: {}, created: [entry] });
    expect(fileStore(file).read()).toEqual({ answers: {}, created: [entry] });
    store.remove();
    expect(existsSync(file)).toBe(false);
  });

  test('that cannot be read is an error with a remedy, since resources may exist', () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{ "created": [');
    expect(() => fileStore(file).read()).toThrow(`The journal ${file} cannot be read`);
  });
});
