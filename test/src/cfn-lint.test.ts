import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { config } from '../../src/checkvalve.config';
import { cleanEnvironment } from '../../src/setup/clean-environment';
import { ALL_OPTIONS } from '../support/all-options';
import { templatesOf } from '../support/synthesized';

/** A finding of cfn-lint at one place in a template. */
interface Match {
  readonly Filename: string;
  readonly Level: 'Error' | 'Warning' | 'Informational';
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** Accepted warnings, by rule and message, each with its reason. */
const ACCEPTED: ReadonlyArray<{ readonly rule: string; readonly says: RegExp; readonly because: string }> = [
  {
    rule: 'W3005',
    says: /^'\w+StepRole\w{8}' dependency already enforced by a 'GetAtt' at 'Resources\/\w+StepFunction\w{8}\/Properties\/Role'$/,
    because: 'the CDK lets a function wait for its role and for the policies of the role; only the second is needed',
  },
  {
    rule: 'W3005',
    says: /^'EnableBackupStepFunction\w{8}' dependency already enforced by a 'GetAtt' at 'Resources\/EnableBackup\w{8}\/Properties\/ServiceToken'$/,
    because: 'the custom resource waits for all that its function needs, and for the function by the way',
  },
];

const BROKEN = {
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { Frobnicate: true } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 43_201, KmsMasterKeyId: { Ref: 'Nowhere' } } },
    Rule: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 hours)' } },
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Grant' }] } } },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'checkvalve-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, template: string): string {
  const file = join(folder, `${name}.template.json`);
  writeFileSync(file, template);
  return file;
}

/** Runs cfn-lint on all files in one process, because it takes two seconds to start. The environment of the caller has no effect. */
function lint(files: readonly string[]): readonly Match[] {
  const regions = ['us-east-1', ...ALL_OPTIONS.regions];
  const { status, stdout, stderr } = spawnSync(
    resolve('.emulator/bin/python'),
    [
      '-c',
      'from cfnlint.runner import main; main()',
      '--format',
      'json',
      '--regions',
      ...regions,
      '--template',
      ...files,
    ],
    { encoding: 'utf8', env: cleanEnvironment(), cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  );
  // 0: nothing found; 2, 4 and 8 are added for errors, warnings and information.
  if (status === null || status > 15 || status % 2 === 1) throw new Error(`cfn-lint ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as readonly Match[];
}

const KINDS = ['vault', 'management', 'tooling', 'source'] as const;
const files = Object.entries({ example: config, 'all-options': ALL_OPTIONS }).flatMap(([name, of]) => {
  const templates = templatesOf(of);
  return KINDS.map((kind) => write(`${name}-${kind}`, templates[kind]));
});
const broken = write('broken', JSON.stringify(BROKEN));
const matches = lint([...files, broken]);
const ours = matches.filter(({ Filename }) => Filename !== broken);
const isAccepted = ({ Rule, Message }: Match) =>
  ACCEPTED.some(({ rule, says }) => rule === Rule.Id && says.test(Message));
const described = ({ Filename, Rule, Message }: Match) =>
  `${Filename.slice(folder.length + 1)}: ${Rule.Id}: ${Message}`;

test('the templates of every account have no error and no warning that is not accepted', () => {
  expect(files).toHaveLength(8);
  expect(ours.filter((match) => !isAccepted(match)).map(described)).toEqual([]);
});

test('every accepted warning is still given, and none is an error', () => {
  expect(ours.filter((match) => match.Level === 'Error')).toEqual([]);
  for (const { rule, says } of ACCEPTED) {
    expect(ours.map(({ Rule, Message }) => rule === Rule.Id && says.test(Message))).toContain(true);
  }
});

test('each fault of a broken template is found', () => {
  const found = matches.filter(({ Filename, Level }) => Filename === broken && Level === 'Error').map(described);
  for (const fault of ['Frobnicate', 'Nowhere', '43201', "'hours' is not one of", 'Grant']) {
    expect(found).toContainEqual(expect.stringContaining(fault));
  }
});

test('the set-up installs cfn-lint in a pinned version', () => {
  expect(readFileSync('src/emulator/requirements.txt', 'utf8')).toMatch(/^cfn-lint==\d+\.\d+\.\d+ \\$/m);
});
