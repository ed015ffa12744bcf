import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { planReport } from '../../../src/cli/print-plan';
import { accountId } from '../../../src/contract/ids';
import { previewEnrolment } from '../../../src/enrolment/preview-enrolment';
import { readOrganizationFile } from '../../../src/inspect/organization-file';
import { HERE, SETTINGS } from '../../support/enrolment';

const EXAMPLE = 'docs/example-organization.json';
// Starting the command takes seconds on a busy machine.
jest.setTimeout(120_000);

const plan = (args: readonly string[], input = '') =>
  spawnSync('node', ['src/cli/checkvalve.js', 'plan', ...args], { encoding: 'utf8', input });

const preview = () => {
  const { at = new Date(0), accounts } = readOrganizationFile(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  return previewEnrolment(accounts, SETTINGS, at);
};

test('the example, as people read it', () => {
  expect(planReport(preview())).toMatchSnapshot();
  const { status, stdout, stderr } = plan(['--from', EXAMPLE]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(`${planReport(preview())}\n`);
});

test('as JSON it is exactly accounts and instances', () => {
  const { status, stdout, stderr } = plan(['--from', '-', '--json'], readFileSync(EXAMPLE, 'utf8'));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { accounts, instances } = preview();
  expect(JSON.parse(stdout)).toEqual({ accounts, instances: instances.afterwards });
  for (const account of accounts) expect(Object.keys(account)).toEqual(['id', 'verdict', 'reason']);
});

test('a mass exit is told with what a person can do', () => {
  const told = planReport({ ...preview(), massExit: { due: 6, enrolled: 50 } });
  expect(told).toContain('It would stop: 6 of 50 enrolled accounts would be withdrawn at once');
  expect(told).toContain('enrolment.acknowledgedExits');
});

test('a departed account has its commands for each Region, and for none that is known', () => {
  const [id, other] = [accountId('222200006666'), accountId('222200005555')];
  const departed = [
    { id, regions: [HERE, 'eu-west-1' as typeof HERE] },
    { id: other, regions: [] },
  ];
  const told = planReport({ ...preview(), departed });
  for (const at of [HERE, 'eu-west-1', 'REGION']) {
    expect(told).toContain(`aws cloudformation delete-stack --region ${at} --stack-name`);
  }
  expect(told).toContain('222200005555: nothing says where its tooling stands');
});

test.each([
  ['no JSON', '{', /standard input cannot be read: line 1, column 2: the document ends/],
  [
    'faults, all of them',
    '{"at":1,"accounts":[{"id":"1","state":"GONE","units":[]}]}',
    /The organization in standard input has 4 faults:\n- at: 1: /,
  ],
])('%s: exit code 1, and what helps', (_, input, told) => {
  const { status, stdout, stderr } = plan(['--from', '-', '--json'], input);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(told);
  expect(stderr).toContain('docs/example-organization.json');
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('its help says what it needs', () => {
  const { stdout, status } = plan(['--help']);
  expect(status).toBe(0);
  for (const word of ['--from', '--json', 'organizations:ListAccounts', 'Changes nothing', 'Examples:']) {
    expect(stdout).toContain(word);
  }
});
