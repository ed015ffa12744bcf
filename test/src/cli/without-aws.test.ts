import { checkvalve as run, WITHOUT_AWS } from '../../support/run-command';
import { testSample } from '../../support/sample';

// Starting the command takes seconds on a busy machine.
jest.setTimeout(180_000);

const NOWHERE = {
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const checkvalve = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  run(args, { env: { ...WITHOUT_AWS, ...NOWHERE, ...env } });

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
)('%s %s without credentials prints a fault and a remedy, and ends with exit code 1', (...args) => {
  const { status, stdout, stderr } = checkvalve(args.filter(Boolean), {});
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining('no AWS credentials were found'),
    expect.stringMatching(/^Use credentials of .*AWS_PROFILE/),
  ]);
});

testSample(
  'commands without a network',
  COMMANDS,
  3,
)('%s %s without a network prints a fault and a remedy, and ends with exit code 1', (...args) => {
  const env = {
    AWS_ACCESS_KEY_ID: 'unknown',
    AWS_SECRET_ACCESS_KEY: 'nothing',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_MAX_ATTEMPTS: '1',
  };
  const { status, stdout, stderr } = checkvalve(args.filter(Boolean), env);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringContaining('AWS cannot be reached: connect ECONNREFUSED 127.0.0.1:9'),
    expect.stringMatching(/^Check the network/),
  ]);
});
