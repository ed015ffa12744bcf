import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cleanEnvironment } from '../../../src/setup/clean-environment';

const PAGE = 'src/emulator/SUPPORTED.md';

function printed(): string {
  const options = { encoding: 'utf8', env: cleanEnvironment() } as const;
  const { status, stdout, stderr } = spawnSync('.emulator/bin/python', ['src/emulator/supported.py'], options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test('the page of supported calls is current: `npm run docs` writes it', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(printed());
});

test.each([
  ['an operation that moto lacks', /## rds\n\n- Added: DescribeAccountAttributes\n/],
  ['an operation that the emulator replaces', /- Replaced: AddTagsToResource, CopyDBClusterSnapshot,/],
  ['an operation whose effect the emulator changes', /## sns\n\n- Replaced: .*\bPublish\b/],
  ['an operation of moto', /## dynamodb\n\n- From moto: .*/],
  ['a method of moto that is not an operation', /- Changed in moto: .*`DBCluster\.save_automated_backup`/s],
  ['a call that moto does not see', /## accessanalyzer\n\n- Added: ListAnalyzers, ListArchiveRules\n/],
  ['a resource type', /- Of the emulator: .*AWS::CloudFormation::StackSet/s],
])('the page of supported calls lists %s', (_, line) => {
  expect(readFileSync(PAGE, 'utf8')).toMatch(line);
});
