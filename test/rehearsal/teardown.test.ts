import { config } from '../../src/checkvalve.config';
import { rehearseTeardown } from '../../src/rehearsal/rehearse-teardown';
import { MANAGEMENT, OTHER_SOURCE, SOURCE, VAULT } from './emulator-world';

test('torn down, no stack stands; what is retained stands, and the vault keeps its copies', async () => {
  const lines: string[] = [];
  const { reports, stacks, retained, copiesBefore, copiesAfter } = await rehearseTeardown(config, (line) =>
    lines.push(line),
  );
  const outcomes = reports.map(({ account, steps }) => [account, ...steps.map(({ outcome }) => outcome)]);
  expect(outcomes).toEqual([
    [MANAGEMENT, 'would be done', 'would be done', 'would be done', 'would be done'],
    [MANAGEMENT, 'done', 'done', 'done', 'done'],
    [VAULT, 'stopped'],
    [VAULT, 'done'],
  ]);
  expect(reports[1]?.steps.map(({ what }) => what)).toEqual([
    'switch off what wakes enrolment',
    'withdraw the tooling from 2 accounts (2 instances)',
    'destroy Tooling in us-east-1',
    'destroy Management in us-east-1',
  ]);
  expect(reports[2]?.next.join('\n')).toContain(
    'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name Vault-eu-central-1',
  );
  expect(stacks).toEqual([]);
  expect(retained.filter(({ stands }) => !stands)).toEqual([]);
  for (const account of [SOURCE, OTHER_SOURCE]) {
    const kept = retained.filter((one) => one.account === account).map(({ type }) => type);
    expect(kept.sort()).toEqual(['AWS::Backup::BackupVault', 'AWS::IAM::Role', 'AWS::KMS::Key']);
  }
  const told = new Set(reports.flatMap(({ stays }) => stays.map(({ account, type }) => `${account} ${type}`)));
  for (const { account, type } of retained) expect(told).toContain(`${account} ${type}`);
  expect(copiesBefore.length).toBeGreaterThanOrEqual(2);
  expect(copiesAfter).toEqual(copiesBefore);
}, 180_000);
