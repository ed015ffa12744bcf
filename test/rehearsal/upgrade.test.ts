import { readFileSync } from 'node:fs';
import { config } from '../../src/checkvalve.config';
import { rehearseUpgrade } from '../../src/rehearsal/phases/rehearse-upgrade';
import { OTHER_SOURCE, SOURCE } from '../src/emulator/emulator-world';
import { resourcesOf, templatesOf } from '../support/synthesized';
import { emulatorOfWorker } from '../support/worker';

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/** What the release pushed, as it was synthesized then: see CHANGELOG.md. */
const previous = JSON.parse(readFileSync('test/fixtures/releases/0.1.0/source-tooling.json', 'utf8')) as Template;
const STATEFUL = /^\d+ AWS::(KMS::Key|Backup::BackupVault|DynamoDB::Table|SNS::Topic|SQS::Queue) /;

test('the previous release has other access roles, and the same resources that hold state', () => {
  const now = resourcesOf(templatesOf().source);
  const rolesOf = (resources: Template['Resources']) =>
    Object.entries(resources).flatMap(([id, { Type }]) => (Type === 'AWS::IAM::Role' ? [id] : []));
  const stateful = Object.entries(previous.Resources).filter(([, { Type }]) => STATEFUL.test(`1 ${Type} `));
  expect(rolesOf(previous.Resources)).not.toEqual(rolesOf(now));
  expect(stateful.length).toBeGreaterThan(4);
  expect(stateful.filter(([id, { Type }]) => now[id]?.Type !== Type)).toEqual([]);
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
      lines.filter((line) => line.startsWith(`${account} AWS::IAM::Role `) && / checkvalve-.*-access-/.test(line));
    expect(accessRoles(seen.before)).toEqual([]);
    expect(accessRoles(seen.after)).toHaveLength(2);
  }
  expect(seen.standing).toEqual({ [SOURCE]: 'CURRENT SUCCEEDED', [OTHER_SOURCE]: 'CURRENT SUCCEEDED' });
  expect(seen.lost).toEqual([]);
  expect(seen.copies).toHaveLength(2);
  expect(seen.copies.filter((copy) => !copy.endsWith(' available'))).toEqual([]);
}, 180_000);
