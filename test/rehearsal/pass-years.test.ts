import { DeleteDBClusterSnapshotCommand, DeleteDBSnapshotCommand } from '@aws-sdk/client-rds';
import { config } from '../../src/checkvalve.config';
import type { Emulator } from '../../src/emulator/emulator';
import { vaultCopies } from '../../src/rehearsal/checks/evidence';
import { checkPruning, checkYears } from '../../src/rehearsal/phases/pass-years';
import { PHASES } from '../../src/rehearsal/phases/phases';
import { previewRehearsal } from '../../src/rehearsal/phases/preview-pruning';
import type { Stage } from '../../src/rehearsal/stage';
import { clients, START, VAULT } from '../src/emulator/emulator-world';
import { emulatorOfWorker } from '../support/worker';
import { stageBefore } from './playing';

let emulator: Emulator;
let stage: Stage;

beforeAll(async () => {
  stage = await stageBefore('prune-copies');
  emulator = stage.emulator;
}, 240_000);
afterAll(() => stage.stop());

const causes = async (judge: typeof checkPruning) => (await judge(stage)).map(({ cause }) => cause);
const deleteInstanceCopy = (DBSnapshotIdentifier: string) =>
  clients(emulator, VAULT).rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier }));

// One world, spoiled more and more: each time the judge must find it out by its own words.
test('the judge of pruning finds what stayed too long, and each thing that should have stayed', async () => {
  expect(await causes(checkYears)).toEqual([]);
  expect(await causes(checkPruning)).toEqual([
    expect.stringMatching(/orders\S* is years past its term, and still there/),
  ]);

  await PHASES.find(({ step }) => step === 'prune-copies')?.play(stage);
  expect(stage.failures).toEqual([]);
  expect(await causes(checkPruning)).toEqual([]);

  const copies = (await vaultCopies(stage)).map(({ seen }) => seen);
  expect(copies.map(({ kind }) => kind).sort()).toEqual(['cluster', 'instance']);
  for (const { kind, name } of copies) {
    if (kind === 'instance') await deleteInstanceCopy(name);
    else {
      await clients(emulator, VAULT).rds.send(
        new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: name }),
      );
    }
  }
  await deleteInstanceCopy('final-by-hand');
  expect(await causes(checkPruning)).toEqual([
    expect.stringMatching(/the vault has no copy of \S+:db:orders any more/),
    expect.stringMatching(/the last copy of \S+:cluster:ledger should stay; the vault has 0/),
    'final-by-hand was deleted: it was not made by Checkvalve',
  ]);
  expect(await causes(checkYears)).toHaveLength(2);
}, 240_000);

test('the command shows what is due there before the step has run', async () => {
  const [preview] = await previewRehearsal(config, () => {}, { now: START, emulator: await emulatorOfWorker() });
  expect(preview?.deletions).toEqual([
    expect.objectContaining({
      because: 'past its term',
      copyClass: 'yearly',
      database: expect.stringMatching(/:orders$/),
    }),
  ]);
  expect(preview?.kept).toEqual({ 'not ours': 1, 'within its term': 1, 'last copy': 1 });
}, 240_000);
