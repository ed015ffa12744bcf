import { config } from '../../src/checkvalve.config';
import { teardownRehearsalReport } from '../../src/cli/print-teardown';
import { faultsOf, rehearseTeardown } from '../../src/rehearsal/phases/rehearse-teardown';
import { MANAGEMENT, OTHER_SOURCE, SOURCE, START, VAULT } from '../src/emulator/emulator-world';
import { emulatorOfWorker } from '../support/worker';

test('after the teardown no stack is left; retained resources stay, and the vault keeps its copies', async () => {
  const lines: string[] = [];
  const rehearsal = await rehearseTeardown(config, (line) => lines.push(line), {
    now: START,
    emulator: await emulatorOfWorker(),
  });
  const { reports, stacks, retained, copiesBefore, copiesAfter } = rehearsal;
  expect(rehearsal).toMatchObject({ ok: true, faults: [] });
  const outcomes = reports.map(({ account, steps }) => [account, ...steps.map(({ outcome }) => outcome)]);
  expect(outcomes).toEqual([
    [MANAGEMENT, 'planned', 'planned', 'planned', 'planned'],
    [MANAGEMENT, 'done', 'done', 'done', 'done'],
    [VAULT, 'stopped'],
    [VAULT, 'done'],
  ]);
  expect(reports[1]?.steps.map(({ what }) => what)).toEqual([
    'disable the rules and queues of enrollment',
    'withdraw the tooling from 2 accounts (2 instances)',
    'delete Tooling in us-east-1',
    'delete Management in us-east-1',
  ]);
  expect(reports[2]?.next.join('\n')).toContain(
    'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name Vault-eu-central-1',
  );
  expect(stacks).toEqual([]);
  expect(retained.filter(({ exists }) => !exists)).toEqual([]);
  for (const account of [SOURCE, OTHER_SOURCE]) {
    const kept = retained.filter((one) => one.account === account).map(({ type }) => type);
    expect(kept.sort()).toEqual(['AWS::Backup::BackupVault', 'AWS::IAM::Role', 'AWS::KMS::Key']);
  }
  const listed = new Set(reports.flatMap((report) => report.retained.map(({ account, type }) => `${account} ${type}`)));
  for (const { account, type } of retained) expect(listed).toContain(`${account} ${type}`);
  expect(copiesBefore.length).toBeGreaterThanOrEqual(2);
  expect(copiesAfter).toEqual(copiesBefore);
  const printed = teardownRehearsalReport(rehearsal);
  for (const { id } of retained) expect(printed).toContain(id.split('/').pop());
}, 180_000);

const report = (account: string, ok: boolean, outcome: 'done' | 'stopped' = 'done') => ({
  ...{ account, part: 'vault' as const, ok, retained: [], next: [] },
  steps: [{ what: 'delete it', outcome, ...(outcome === 'stopped' && { because: 'it is full' }) }],
});
const good = {
  reports: [report(MANAGEMENT, true), report(MANAGEMENT, true), report(VAULT, false, 'stopped'), report(VAULT, true)],
  stacks: [],
  retained: [{ account: VAULT, type: 'AWS::S3::Bucket', id: 'evidence', because: 'so', exists: true }],
  copiesBefore: ['a'],
  copiesAfter: ['a'],
};

test.each([
  [
    'a run that was stopped',
    { reports: [...good.reports.slice(0, 3), report(VAULT, false, 'stopped')] },
    'delete it: stopped',
  ],
  [
    'a guard that did not hold',
    { reports: good.reports.map((one) => ({ ...one, ok: true })) },
    'although its termination protection was enabled',
  ],
  ['a stack that is left', { stacks: ['Tooling'] }, 'The stack Tooling is left'],
  [
    'a retained resource that is gone',
    { retained: good.retained.map((one) => ({ ...one, exists: false })) },
    'is gone',
  ],
  ['a copy that is gone', { copiesAfter: [] }, 'not the same as before'],
])('%s makes the rehearsal fail, and says so', (_, bad, sentence) => {
  expect(faultsOf(good)).toEqual([]);
  const faults = faultsOf({ ...good, ...bad });
  expect(faults).toEqual([expect.stringContaining(sentence)]);
  expect(teardownRehearsalReport({ ok: false, faults, ...good, ...bad })).toContain('The teardown failed:');
});
