import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testSample } from '../../support/sample';

// Starting the command takes seconds on a busy machine, and there are many verbs.
jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'checkvalve-output-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CHECKVALVE = `"${process.execPath}" src/cli/checkvalve.js`;
const shell = (line: string) => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
};

const VERBS = [
  ...[
    'rehearse',
    'status',
    'doctor',
    'prune',
    'plan',
    'trust',
    'backup',
    'probe',
    'config',
    'accept',
    'evict',
    'move',
    'teardown',
  ],
];
const CASES = [
  '--help',
  'help plan',
  ...VERBS.map((verb) => `${verb} --help`),
  'config check',
  'plan --from docs/example-organization.json --json',
  'trust rules',
];

test('every command is among the cases', () => {
  const [, commands = ''] = shell(`${CHECKVALVE} --help`).stdout.split('Commands:');
  const listed = commands.split('Examples:')[0]?.matchAll(/^ {2}([a-z]+) /gm) ?? [];
  expect([...listed].map(([, verb]) => verb)).toEqual([...VERBS, 'help']);
});

testSample(
  'commands with a closed pipe',
  CASES,
  5,
)('checkvalve %s with a closed pipe ends silently with its own exit code', (verb) => {
  const ended = join(folder, 'ended');
  // The reader closes its end before the command starts to write.
  const result = shell(
    `{ sleep 0.1; ${CHECKVALVE} ${verb}; echo $? > "${ended}"; } | true; cat "${ended}"; rm "${ended}"`,
  );
  expect(result).toEqual({ status: 0, stdout: '0', stderr: '' });
});

test('a failing command fails with a closed pipe as well', () => {
  const { stdout, stderr } = shell(`{ ${CHECKVALVE} plan --from nowhere.json; echo "exit $?" >&2; } | true`);
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: expect.stringMatching(/nowhere\.json.*\n.*\nexit 1$/) });
});

// Linux has a device that is always full.
testSample(
  'commands onto a full disk',
  existsSync('/dev/full') ? CASES : [],
  5,
)('checkvalve %s on a full disk prints one line and ends with exit code 1', (verb) => {
  expect(shell(`${CHECKVALVE} ${verb} > /dev/full`)).toEqual({
    status: 1,
    stdout: '',
    stderr: 'Standard output cannot be written: the disk is full (ENOSPC). Free some space and run the command again.',
  });
});

test('a partly written file gives one line and exit code 1, although the first write succeeds', () => {
  const file = join(folder, 'part');
  const { status, stderr } = shell(`trap '' XFSZ; ulimit -f 8; ${CHECKVALVE} trust rules > "${file}"`);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^Standard output .* \(EFBIG\)\..*$/),
  });
  expect(statSync(file).size).toBeGreaterThan(0);
  expect(shell(`${CHECKVALVE} trust rules > "${file}" && ${CHECKVALVE} trust rules | cmp - "${file}"`).status).toBe(0);
});
