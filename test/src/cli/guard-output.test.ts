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

test('every verb is among the cases', () => {
  const [, commands = ''] = shell(`${CHECKVALVE} --help`).stdout.split('Commands:');
  const listed = commands.split('Examples:')[0]?.matchAll(/^ {2}([a-z]+) /gm) ?? [];
  expect([...listed].map(([, verb]) => verb)).toEqual([...VERBS, 'help']);
});

testSample(
  'commands whose reader is gone',
  CASES,
  5,
)('checkvalve %s into a reader that is gone ends quietly, with its own exit code', (verb) => {
  const ended = join(folder, 'ended');
  // The reader closes its end before the verb begins to write.
  const said = shell(
    `{ sleep 0.1; ${CHECKVALVE} ${verb}; echo $? > "${ended}"; } | true; cat "${ended}"; rm "${ended}"`,
  );
  expect(said).toEqual({ status: 0, stdout: '0', stderr: '' });
});

test('what fails, fails as well when nobody reads', () => {
  const { stdout, stderr } = shell(`{ ${CHECKVALVE} plan --from nowhere.json; echo "exit $?" >&2; } | true`);
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: expect.stringMatching(/nowhere\.json.*\n.*\nexit 1$/) });
});

// A device that is always full: Linux has it.
testSample(
  'commands onto a full disk',
  existsSync('/dev/full') ? CASES : [],
  5,
)('checkvalve %s onto a full disk is one line and exit code 1', (verb) => {
  expect(shell(`${CHECKVALVE} ${verb} > /dev/full`)).toEqual({
    status: 1,
    stdout: '',
    stderr: 'Standard output cannot be written: the disk is full (ENOSPC). Make room there, and run the command again.',
  });
});

test('a file that takes only a part is one line and exit code 1, though the first write succeeds', () => {
  const file = join(folder, 'part');
  const { status, stderr } = shell(`trap '' XFSZ; ulimit -f 8; ${CHECKVALVE} trust rules > "${file}"`);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^Standard output .* \(EFBIG\)\..*$/),
  });
  expect(statSync(file).size).toBeGreaterThan(0);
  expect(shell(`${CHECKVALVE} trust rules > "${file}" && ${CHECKVALVE} trust rules | cmp - "${file}"`).status).toBe(0);
});
