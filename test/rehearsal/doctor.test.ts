import { spawnSync } from 'node:child_process';
import { CloudFormationClient, DeleteStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { OrganizationsClient, RegisterDelegatedAdministratorCommand } from '@aws-sdk/client-organizations';
import { config } from '../../src/checkvalve.config';
import { region } from '../../src/contract/ids';
import { checkFacts } from '../../src/operations/doctor/check';
import type { Examination } from '../../src/operations/doctor/examine';
import { LandingZone } from '../../src/rehearsal/host/landing-zone';
import { examineEmulated } from '../../src/rehearsal/phases/examine-rehearsal';
import { EXAMPLE } from '../../src/rehearsal/world';
import { emulatorOfWorker } from '../support/worker';
import { FAULTS } from './doctor-faults';

const HERE = region('eu-central-1');

let zone: LandingZone;
beforeAll(async () => {
  // The command goes by the machine's clock.
  zone = await LandingZone.start(config, undefined, { emulator: await emulatorOfWorker() });
  await zone.deploy();
  await zone.emulator.moveTo(new Date());
  await zone.fire('enroll-accounts');
  await zone.pass(900);
  for (const step of ['follow-sources', 'report-coverage']) await zone.fire(step);
}, 240_000);
afterAll(() => zone.stop());

const management = () => zone.emulator.client(zone.world.management, 'us-east-1');
const checks = async () => (await examineEmulated(zone.stage, config)).findings;

test('the doctor finds nothing in a landing zone without faults', async () => {
  expect(await checks()).toEqual([]);
});

test('a check without permission is unknown, and the others run', async () => {
  await zone.emulator.plantFaults([{ action: 'ListRoles', code: 'AccessDenied', status: 403, message: 'not you' }]);
  expect(await checks()).toEqual([
    expect.objectContaining({ severity: 'unknown', check: 'ambient-roles', what: expect.stringContaining('not you') }),
  ]);
});

test('a vault in another account than configured is found from both accounts', async () => {
  const inside = { ...config, vault: { ...config.vault, placement: 'inside' as const } };
  const { findings } = await examineEmulated(zone.stage, inside);
  expect(findings.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
    'critical placement',
    'critical placement',
  ]);
  expect(checkFacts({}, inside, new Date())).toEqual([]);
});

test('inside the organization, administrators of root access and of Identity Center are found', async () => {
  const organizations = new OrganizationsClient(management());
  for (const ServicePrincipal of ['iam.amazonaws.com', 'account.amazonaws.com', 'sso.amazonaws.com']) {
    await organizations.send(
      new RegisterDelegatedAdministratorCommand({ AccountId: EXAMPLE.missingTag, ServicePrincipal }),
    );
  }
  const inside = { ...config, vault: { ...config.vault, placement: 'inside' as const } };
  const { findings } = await examineEmulated(zone.stage, inside);
  expect(findings.filter(({ check }) => check === 'delegated-administrators').map(({ what }) => what)).toEqual([
    expect.stringContaining(`${EXAMPLE.missingTag} can start root sessions`),
    expect.stringContaining(`${EXAMPLE.missingTag} can change the email address of the root user`),
    expect.stringContaining(`${EXAMPLE.missingTag} can assign users`),
  ]);
  expect(await checks()).toEqual([]);
});

/** The command, as an operator of an account would run it. */
const doctor = (account: string, ...more: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/checkvalve.js', 'doctor', ...more], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: zone.emulator.endpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'emulated',
    },
  });
  return { status, stdout, stderr };
};

test('without findings the command exits with 0; its JSON names the account that it ran in', () => {
  const { world } = zone;
  expect(doctor(world.vault)).toEqual({
    ...{ status: 0, stdout: '' },
    stderr: `Checking the vault account ${world.vault}.\n`,
  });
  const { status, stdout } = doctor(world.management, '--json');
  const accounts = [{ kind: 'management', account: world.management }];
  expect({ status, ...JSON.parse(stdout) }).toEqual({ status: 0, accounts, findings: [] });
}, 180_000);

test('the command exits with 1 when there is a finding, and refuses credentials of other accounts', async () => {
  await zone.emulator.plantFaults([{ action: 'ListRoles', code: 'AccessDenied', status: 403, message: 'not you' }]);
  const { status, stdout } = doctor(zone.world.vault, '--json');
  const { findings } = JSON.parse(stdout) as Examination;
  expect({ status, checks: findings.map(({ severity, check }) => `${severity} ${check}`) }).toEqual({
    ...{ status: 1, checks: ['unknown ambient-roles'] },
  });
  const stranger = doctor(EXAMPLE.missingTag, '--json');
  expect(stranger).toMatchObject({ status: 1, stdout: '' });
  expect(stranger.stderr).toContain('neither the management account nor the vault');
}, 180_000);

test('each of several faults is found, and nothing else', async () => {
  const expected: string[] = [];
  for (const [, finding, plant, hidden] of FAULTS) {
    await plant(zone);
    if (hidden) expected.splice(expected.indexOf(hidden), 1);
    expected.push(finding);
    const found = (await checks()).map(({ severity, check }) => `${severity} ${check}`);
    expect([...found].sort()).toEqual([...expected].sort());
  }
}, 240_000);

test('an enrolled account without the tooling is found', async () => {
  const cloudFormation = new CloudFormationClient(management());
  const DeploymentTargets = { OrganizationalUnitIds: [config.organization.rootId], Accounts: ['222200001111'] };
  await cloudFormation.send(
    new DeleteStackInstancesCommand({
      ...{
        StackSetName: 'source-tooling',
        DeploymentTargets: { ...DeploymentTargets, AccountFilterType: 'INTERSECTION' },
      },
      ...{ Regions: [HERE], RetainStacks: true },
    }),
  );
  await zone.emulator.advance(900);
  expect(await checks()).toContainEqual(
    expect.objectContaining({ severity: 'critical', check: 'stack-instances', where: `222200001111, ${HERE}` }),
  );
});
