import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkvalve } from '../../support/run-command';

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

test('trust explain prints the decision as JSON and nothing else', () => {
  const { status, stdout, stderr } = checkvalve(['trust', 'explain', '--case', '-'], { input: JSON.stringify(access) });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ decision: 'ImplicitlyDenied', because: expect.any(Array) });
  expect(status).toBe(0);
});

test.each([
  ['no JSON', '{'],
  ['a case without its fields', '{}'],
  [
    'an unsupported operator',
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
  const { status, stdout, stderr } = checkvalve(['trust', 'explain', '--case', '-'], { input });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.trim().length).toBeGreaterThan(20);
});

test('the error for a missing file names the file', () => {
  const { status, stderr } = checkvalve(['trust', 'explain', '--case', 'nowhere.json']);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^nowhere\.json cannot be read: there is no such file or folder \(ENOENT\)\nGive a case as a JSON file/,
  );
});

test('the error for a missing configuration is two lines', () => {
  const { status, stderr } = checkvalve(['--config', '/nowhere/checkvalve.config.ts', 'config', 'check']);
  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    '/nowhere/checkvalve.config.ts cannot be read: there is no such file or folder (ENOENT)',
    'Give a .ts file that exports `config`, or a .json file.',
  ]);
});

test.each(['null', 'missing'])('each field of a case that is %s has its own remedy', (how) => {
  const fields = Object.keys(access).filter((name) => name !== 'principalAccount');
  const input = how === 'null' ? Object.fromEntries(fields.map((name) => [name, null])) : {};
  const { status, stderr } = checkvalve(['trust', 'explain', '--case', '-'], { input: JSON.stringify(input) });
  expect(status).toBe(1);
  for (const [field, remedy] of [
    ['principal', 'give the ARN of a user, role'],
    ['action', 'give one action, service:Action'],
    ['resource', 'give one ARN, or *'],
    ['resourceAccount', 'give 12 digits'],
    ['context', 'give { key: value or [values] }, {} for none'],
    ['identityPolicies', 'give a list of policies, [] for none'],
  ])
    expect(stderr).toContain(`  ${field}: ${how}: ${remedy}`);
});

test.each([
  [['accept', '222200001111', '12', 'orders'], '"12", "orders" is not a valid subject'],
  [['accept'], 'The command has no subject'],
  [
    ['accept', '--left', 'arn:aws:rds:eu-central-1:222200001111:db:orders'],
    'Give account ids of exactly twelve digits with --left',
  ],
  [['accept', '--clock', '--rehearsal'], '--rehearsal accepts account ids only'],
  [['evict', '222200001111', '12'], '"12": not an account id; --because is missing'],
])('accept and evict report every invalid argument at once: %j', (args, message) => {
  const { status, stdout, stderr } = checkvalve(args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(message);
});

test('--help lists the commands and examples with exit code 0', () => {
  const { status, stdout } = checkvalve(['--help']);
  expect(status).toBe(0);
  for (const word of ['rehearse', 'prune', 'trust', 'config', 'Examples:']) expect(stdout).toContain(word);
  expect(checkvalve(['trust', 'explain', '--help']).stdout).toContain('"identityPolicies"');
});

test('an unknown command ends with exit code 1', () => {
  expect(checkvalve(['frobnicate'])).toMatchObject({ status: 1, stdout: '' });
});

describe('checkvalve trust', () => {
  const KEYS = ['ok', 'resources', 'actions', 'principals', 'evaluated', 'allows', 'expected'];
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'checkvalve-cli-'));
    expect(checkvalve(['trust', '--save', folder])).toMatchObject({ status: 0, stderr: '' });
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('saves every template under the name of its stack', () => {
    expect(readdirSync(folder).sort()).toEqual(
      expect.arrayContaining(['Management.json', 'Tooling.json', 'Vault-eu-central-1.json', 'source-tooling.json']),
    );
  });

  test('proves the configuration as one JSON document', () => {
    const { status, stdout, stderr } = checkvalve(['trust', '--json']);
    const proof = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(proof).slice(0, KEYS.length)).toEqual(KEYS);
    expect(proof).toMatchObject({
      ok: true,
      allows: [],
      expected: [
        { action: 'sqs:SendMessage', promise: 'T1' },
        { action: 'kms:Decrypt', promise: 'T4' },
        { action: 'kms:GenerateDataKey', promise: 'T4' },
      ],
    });
    for (const figure of ['resources', 'actions', 'principals', 'evaluated']) expect(proof[figure]).toBeGreaterThan(40);
    expect([status, stderr]).toEqual([0, '']);
  }, 180_000);

  test('names the promise and the statement that a changed template breaks', () => {
    const file = join(folder, 'Vault-eu-central-1.json');
    const template = JSON.parse(readFileSync(file, 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: { KeyPolicy: { Statement: unknown[] } } }>;
    };
    const [, key] = Object.entries(template.Resources).find(([id]) => id.startsWith('ImportKey')) ?? [];
    key?.Properties.KeyPolicy.Statement.push({
      Sid: 'ForTheSource',
      Effect: 'Allow',
      Principal: { AWS: '222200001111' },
      Action: 'kms:Decrypt',
      Resource: '*',
    });
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, JSON.stringify(template));
    const { status, stdout } = checkvalve(['trust', '--template', `Vault-eu-central-1=${broken}`]);
    expect(status).toBe(1);
    expect(stdout).toContain('T4 is broken: The import key is usable by the vault alone');
    expect(stdout).toMatch(/may kms:Decrypt\n {2}on kms:eu-central-1:333300002222:key\//);
    expect(stdout).toMatch(/statement ForTheSource \(Vault-eu-central-1\/ImportKey/);
    expect(stdout).toContain('Not proven: ');
  }, 180_000);

  test.each([
    ['Vault-eu-north-1=x.json', 'names no template of this configuration'],
    ['Management=nowhere.json', 'nowhere.json cannot be read: there is no such file'],
    ['Management=package.json', 'package.json cannot be read: it has no Resources'],
  ])(
    '--template %s is an error with its reason',
    (given, message) => {
      const { status, stdout, stderr } = checkvalve(['trust', '--template', given]);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toContain(message);
    },
    180_000,
  );
});
