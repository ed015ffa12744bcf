import { readFileSync } from 'node:fs';
import { config } from '../../../src/checkvalve.config';
import { planReport } from '../../../src/cli/print-plan';
import { roomPlan } from '../../../src/config/room-plan';
import { accountId } from '../../../src/contract/ids';
import { readOrganizationFile } from '../../../src/operations/plan/organization-file';
import { previewEnrollment } from '../../../src/operations/plan/preview-enrollment';
import { HERE, SETTINGS } from '../../support/enrollment';
import { checkvalve } from '../../support/run-command';

const EXAMPLE = 'docs/example-organization.json';
// Starting the command takes seconds on a busy machine.
jest.setTimeout(120_000);

const plan = (args: readonly string[], input = '') => checkvalve(['plan', ...args], { input });

const preview = () => {
  const { at = new Date(0), accounts } = readOrganizationFile(JSON.parse(readFileSync(EXAMPLE, 'utf8')));
  return previewEnrollment(accounts, SETTINGS, at);
};

test('plan prints the example as text', () => {
  const room = roomPlan(config, new Map());
  expect(planReport(preview(), room)).toMatchSnapshot();
  const { status, stdout, stderr } = plan(['--from', EXAMPLE]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(`${planReport(preview(), room)}\n`);
});

test('plan --json prints accounts, instances and room only', () => {
  const { status, stdout, stderr } = plan(['--from', '-', '--json'], readFileSync(EXAMPLE, 'utf8'));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { accounts, instances } = preview();
  const room = roomPlan(config, new Map());
  expect(JSON.parse(stdout)).toEqual({ accounts, instances: instances.afterwards, room });
  for (const account of accounts) expect(Object.keys(account)).toEqual(['id', 'verdict', 'reason']);
});

test('plan prints the room of each account whose number of databases is in the file', () => {
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as { accounts: { id: string }[] };
  const counts = new Map([
    ['222200001111', { instances: 2, clusters: 0 }],
    ['222200002222', { instances: 0, clusters: 1 }],
    // It is not enrolled: nothing of it reserves room.
    ['222200003333', { instances: 50, clusters: 0 }],
  ]);
  const accounts = example.accounts.map((account) => ({ ...account, databases: counts.get(account.id) }));
  const { stdout } = plan(['--from', '-', '--json'], JSON.stringify({ ...example, accounts }));
  expect(JSON.parse(stdout).room).toEqual({
    copiesPerDatabase: 55,
    quota: 100,
    kinds: [
      { kind: 'instances', databases: 2, reserved: 110, withoutRoom: 1 },
      { kind: 'clusters', databases: 1, reserved: 55, withoutRoom: 0 },
    ],
    accounts: [
      { account: '222200001111', instances: 2, clusters: 0, reserved: 110 },
      { account: '222200002222', instances: 0, clusters: 1, reserved: 55 },
    ],
  });
  const printed = planReport(preview(), JSON.parse(stdout).room);
  expect(printed).toContain('Databases without room would never be copied');
  expect(printed).toMatch(/222200001111\s+│ 2\s+│ 0\s+│ 110/);
});

test('plan prints a mass exit with its remedy', () => {
  const printed = planReport({ ...preview(), massExit: { due: 6, enrolled: 50 } });
  expect(printed).toContain('Enrollment would stop: 6 of 50 enrolled accounts are due for withdrawal at once');
  expect(printed).toContain('enrollment.confirmedWithdrawals');
});

test('plan prints the commands of a departed account for each Region, or for an unknown one', () => {
  const [id, other] = [accountId('222200006666'), accountId('222200005555')];
  const departed = [
    { id, regions: [HERE, 'eu-west-1' as typeof HERE] },
    { id: other, regions: [] },
  ];
  const printed = planReport({ ...preview(), departed });
  for (const at of [HERE, 'eu-west-1', 'REGION']) {
    expect(printed).toContain(`aws cloudformation delete-stack --region ${at} --stack-name`);
  }
  expect(printed).toContain('222200005555: the Regions of its tooling are unknown');
});

test.each([
  ['no JSON', '{', /standard input cannot be read: line 1, column 2: the end of the document/],
  [
    'several faults, all of which are printed',
    '{"at":1,"accounts":[{"id":"1","state":"GONE","units":[]}]}',
    /The organization in standard input has 4 faults:\n- at: 1: /,
  ],
])('plan --from with %s ends with exit code 1 and a remedy', (_, input, message) => {
  const { status, stdout, stderr } = plan(['--from', '-', '--json'], input);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).toContain('docs/example-organization.json');
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('plan --help lists the permissions', () => {
  const { stdout, status } = plan(['--help']);
  expect(status).toBe(0);
  for (const word of ['--from', '--json', 'organizations:ListAccounts', 'Changes nothing', 'Examples:']) {
    expect(stdout).toContain(word);
  }
});
