import { spawnSync } from 'node:child_process';

const checkvalve = (args: readonly string[], input = '') =>
  spawnSync('node', ['src/cli/checkvalve.js', ...args], { encoding: 'utf8', input });

const access = {
  principal: 'arn:aws:iam::222200001111:role/admin',
  principalAccount: '222200001111',
  action: 'rds:DeleteDBSnapshot',
  resource: 'arn:aws:rds:eu-central-1:333300002222:snapshot:checkvalve-222200001111-orders-0011223344556677',
  resourceAccount: '333300002222',
  context: {},
  identityPolicies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
  resourcePolicy: null,
};

test('an access is explained as JSON, and nothing else stands on standard output', () => {
  const { status, stdout, stderr } = checkvalve(['trust', 'explain', '--case', '-'], JSON.stringify(access));
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ decision: 'ImplicitlyDenied', because: expect.any(Array) });
  expect(status).toBe(0);
});

test.each([
  ['no JSON', '{'],
  ['a case without its fields', '{}'],
  [
    'an operator that nobody supports',
    JSON.stringify({
      ...access,
      identityPolicies: [
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { BinaryEquals: { k: 'QQ==' } } }],
        },
      ],
    }),
  ],
])('%s is an error with exit code 1 and no stack trace', (_, input) => {
  const { status, stdout, stderr } = checkvalve(['trust', 'explain', '--case', '-'], input);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.trim().length).toBeGreaterThan(20);
});

test('a file that is not there is an error that names it', () => {
  const { status, stderr } = checkvalve(['trust', 'explain', '--case', 'nowhere.json']);
  expect(status).toBe(1);
  expect(stderr).toContain('nowhere.json cannot be read');
});

test('help teaches: every command with an example, exit code 0', () => {
  const { status, stdout } = checkvalve(['--help']);
  expect(status).toBe(0);
  for (const word of ['rehearse', 'prune', 'trust', 'config', 'Examples:']) expect(stdout).toContain(word);
  expect(checkvalve(['trust', 'explain', '--help']).stdout).toContain('"identityPolicies"');
});

test('a command that does not exist is an error with exit code 1', () => {
  expect(checkvalve(['frobnicate'])).toMatchObject({ status: 1, stdout: '' });
});
