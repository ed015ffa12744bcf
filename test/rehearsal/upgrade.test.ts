import { readFileSync } from 'node:fs';
import { config } from '../../src/checkvalve.config';
import { rehearseUpgrade } from '../../src/rehearsal/phases/rehearse-upgrade';
import { DIFFERENCES, type ToolingTemplate } from '../fixtures/previous-tooling';
import { OTHER_SOURCE, SOURCE } from '../src/emulator/emulator-world';
import { resourcesOf, templatesOf } from '../support/synthesized';
import { emulatorOfWorker } from '../support/worker';

const text = readFileSync('test/fixtures/previous-tooling.json', 'utf8');
const previous = JSON.parse(text) as ToolingTemplate;
const STATEFUL = /^\d+ AWS::(KMS::Key|Backup::BackupVault|IAM::Role|SNS::Topic|SQS::Queue) /;

test.each(DIFFERENCES)('the previous release is not this one: $sentence', ({ of, undo }) => {
  const now = Object.entries(resourcesOf(templatesOf().source)).filter(([id]) => of(id));
  const then = Object.entries(previous.Resources).filter(([id]) => of(id));
  expect(now).toHaveLength(1);
  expect(then).toHaveLength(undo ? 1 : 0);
  expect(then).not.toEqual(now);
});

test('an upgrade with snapshots in flight loses none; a template that no account can deploy is rolled back in both', async () => {
  const seen = await rehearseUpgrade(config, previous, () => {}, { emulator: await emulatorOfWorker() });
  expect(seen.inFlight).toBeGreaterThan(0);
  expect(seen.refused).toContain('was unsuccessful');
  expect(seen.refused).toContain('UPDATE_ROLLBACK_COMPLETE');
  // An upgrade stops after more than one failed account: both of two accounts are tried, and each is rolled back.
  expect(Object.values(seen.afterRefusal).sort()).toEqual(['FAILED', 'FAILED']);
  expect(seen.afterBad).toEqual(seen.before);
  expect(seen.refused.match(/already exists/g)).toHaveLength(2);
  const state = seen.before.filter((line) => STATEFUL.test(line));
  expect(state.length).toBeGreaterThan(10);
  expect(seen.after.filter((line) => STATEFUL.test(line))).toEqual(expect.arrayContaining(state));
  for (const account of [SOURCE, OTHER_SOURCE]) {
    const accessRoles = (lines: readonly string[]) =>
      lines.filter((line) => line.startsWith(`${account} AWS::IAM::Role CoverageAccess`));
    expect(accessRoles(seen.before)).toEqual([]);
    expect(accessRoles(seen.after)).toHaveLength(1);
  }
  expect(seen.standing).toEqual({ [SOURCE]: 'CURRENT SUCCEEDED', [OTHER_SOURCE]: 'CURRENT SUCCEEDED' });
  expect(seen.lost).toEqual([]);
  expect(seen.copies).toHaveLength(2);
  expect(seen.copies.filter((copy) => !copy.endsWith(' available'))).toEqual([]);
}, 180_000);
