import { spawnSync } from 'node:child_process';
import { testSample } from '../../support/sample';

// Starting the command takes seconds on a busy machine.
jest.setTimeout(180_000);

const NOWHERE = {
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
};
/** Whatever AWS setting the machine of this test has is none of its business. */
const CLEAN = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));

const checkvalve = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  spawnSync('node', ['src/cli/checkvalve.js', ...args], { encoding: 'utf8', env: { ...CLEAN, ...NOWHERE, ...env } });

const COMMANDS = [
  ['accept', '222200001111'],
  ['backup', 'orders'],
  ['doctor'],
  ['plan'],
  ['prune', '--dry-run'],
  ['status'],
  ['teardown'],
];

testSample(
  'commands without credentials',
  COMMANDS,
  3,
)('%s %s without credentials is a fact and a remedy, and exit code 1', (...args) => {
  const { status, stdout, stderr } = checkvalve(args.filter(Boolean), {});
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining('there are no AWS credentials'),
    expect.stringMatching(/^Give credentials of .*AWS_PROFILE/),
  ]);
});

testSample(
  'commands without a network',
  COMMANDS,
  3,
)('%s %s without a network is a fact and a remedy, and exit code 1', (...args) => {
  const env = {
    AWS_ACCESS_KEY_ID: 'nobody',
    AWS_SECRET_ACCESS_KEY: 'nothing',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_MAX_ATTEMPTS: '1',
  };
  const { status, stdout, stderr } = checkvalve(args.filter(Boolean), env);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining('AWS cannot be reached: connect ECONNREFUSED 127.0.0.1:9'),
    expect.stringMatching(/^Look at network/),
  ]);
});
