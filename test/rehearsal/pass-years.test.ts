import { DeleteDBClusterSnapshotCommand, DeleteDBSnapshotCommand } from '@aws-sdk/client-rds';
import { config } from '../../src/checkvalve.config';
import type { Emulator } from '../../src/emulator/emulator';
import { checkPruning, checkYears } from '../../src/rehearsal/checks/check-years';
import { vaultCopies } from '../../src/rehearsal/checks/evidence';
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

const causes = async (check: typeof checkPruning) => (await check(stage)).map(({ cause }) => cause);
const deleteInstanceCopy = (DBSnapshotIdentifier: string) =>
  clients(emulator, VAULT).rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier }));

// One world with more and more faults: the check must find each, with its own sentence.
test('the check of pruning finds copies past their retention, and each deleted copy that must stay', async () => {
  expect(await causes(checkYears)).toEqual([]);
  expect(await causes(checkPruning)).toEqual([
    expect.stringMatching(/orders\S* is years past its retention, and prune-copies has not deleted it/),
  ]);

  await PHASES.find(({ step }) => step === 'prune-copies')?.play(stage, {});
  expect(stage.failures).toEqual([]);
  expect(await causes(checkPruning)).toEqual([]);

  const copies = (await vaultCopies(stage)).map(({ snapshot }) => snapshot);
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
    expect.stringMatching(/The vault has no copy of \S+:db:orders any more/),
    expect.stringMatching(/The vault must keep the last copy of \S+:cluster:ledger; it has 0/),
    'final-by-hand was deleted, although Checkvalve did not make it',
  ]);
  expect(await causes(checkYears)).toHaveLength(2);
}, 240_000);

test('the command shows what is due there before the step has run', async () => {
  const [preview] = await previewRehearsal(config, () => {}, { now: START, emulator: await emulatorOfWorker() });
  expect(preview?.deletions).toEqual([
    expect.objectContaining({
      because: 'past-term',
      copyClass: 'yearly',
      database: expect.stringMatching(/:orders$/),
    }),
  ]);
  expect(preview?.kept).toEqual({ 'foreign-snapshot': 1, 'within-term': 1, 'last-copy': 1 });
}, 240_000);
