import {
  OrganizationsClient,
  RemoveAccountFromOrganizationCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-organizations';
import { config } from '../../../../src/checkvalve.config';
import { accountId } from '../../../../src/contract/ids';
import { readOrganization } from '../../../../src/operations/plan/read-organization';
import { LandingZone } from '../../../../src/rehearsal/host/landing-zone';
import { buildWorld, EXAMPLE } from '../../../../src/rehearsal/world';
import { FakeEnrollment, FakeOrganization, FakeStackSet, numbered, SETTINGS } from '../../../support/enrollment';
import { checkvalve } from '../../../support/run-command';
import { emulatorOfWorker } from '../../../support/worker';

const MANAGEMENT = config.organization.managementAccount;
const { first, second, missingTag, suspended, newcomer } = EXAMPLE;
// Starting the emulator and the command takes seconds on a busy machine.
jest.setTimeout(240_000);

describe('over HTTP', () => {
  let zone: LandingZone;
  beforeAll(async () => {
    zone = await LandingZone.start(config, undefined, { emulator: await emulatorOfWorker() });
  });
  afterAll(() => zone.stop());

  /** Runs the command against the emulator. */
  const run = (args: readonly string[], account = MANAGEMENT) =>
    checkvalve(['plan', ...args], {
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: zone.emulator.endpoint,
        AWS_ACCESS_KEY_ID: account,
        AWS_SECRET_ACCESS_KEY: 'emulated',
      },
    });
  /** The verdict of each account, and the number of instances, after checking that only reads were called. */
  async function verdicts() {
    await zone.emulator.clearLog();
    const { status, stdout, stderr } = run(['--json']);
    expect({ status, stderr: stderr.replace(/^The management account is not deployed.*\n/gm, '') }).toEqual({
      status: 0,
      stderr: '',
    });
    const called = new Set((await zone.emulator.log()).map(({ operation }) => operation));
    expect([...called].filter((operation) => !/^(Get|List|Describe|Scan)/.test(operation))).toEqual([]);
    expect(called).toContain('ListAccounts');
    const { accounts, instances } = JSON.parse(stdout) as {
      accounts: { id: string; verdict: string }[];
      instances: number;
    };
    return { ...Object.fromEntries(accounts.map(({ id, verdict }) => [id, verdict])), instances };
  }

  test('plan only reads, from before the first deployment until an account departs', async () => {
    await buildWorld(zone.emulator, zone.world, config);
    const rest = { [MANAGEMENT]: 'skip', [missingTag]: 'skip', [suspended]: 'skip', [newcomer]: 'skip' };
    expect(await verdicts()).toEqual({ ...rest, [first]: 'enroll', [second]: 'enroll', instances: 2 });
    expect(run([]).stderr).toContain('The management account is not deployed');
    await zone.emulator.reset();
    await zone.deploy();
    await zone.fire('enroll-accounts');
    await zone.pass(900);
    expect(await verdicts()).toEqual({ ...rest, [first]: 'keep', [second]: 'keep', instances: 2 });
    const organizations = new OrganizationsClient(zone.emulator.client(MANAGEMENT, 'us-east-1'));
    const Tags = [{ Key: 'Environment', Value: 'production' }];
    await organizations.send(new TagResourceCommand({ ResourceId: missingTag, Tags }));
    await organizations.send(new UntagResourceCommand({ ResourceId: first, TagKeys: ['environment'] }));
    await organizations.send(new RemoveAccountFromOrganizationCommand({ AccountId: second }));
    expect(await verdicts()).toEqual({
      ...rest,
      [missingTag]: 'near-miss',
      [first]: 'leaving',
      [second]: 'leaving',
      instances: 2,
    });
    const printed = run([]).stdout;
    expect(printed).toContain(`${second}:\n  for stack in $(aws cloudformation describe-stacks --region eu-central-1`);
    expect(printed).toContain(`Check the tags of these accounts, which are nearly right: ${missingTag}`);
  });

  test('plan rejects credentials of another account', () => {
    const { status, stdout, stderr } = run([], first);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`The credentials belong to account ${first}, and the management account is ${MANAGEMENT}`);
  });
});

describe('from its parts', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const world = (members: number) => {
    const organization = new FakeOrganization();
    for (let at = 0; at < members; at += 1) organization.set(numbered(at));
    const [stackInstances, registry] = [new FakeStackSet(), new FakeEnrollment()];
    const lines: string[] = [];
    const turns = { count: 0 };
    const pace = {
      turn: async () => {
        turns.count += 1;
      },
    };
    const progress = (line: string) => void lines.push(line);
    const ports = { organization, stackInstances: () => stackInstances, registry, pace, progress };
    return { ...ports, stackInstances, lines, turns, read: () => readOrganization(ports, SETTINGS, now) };
  };

  test('readOrganization reads every page, and tags at their rate where they decide', async () => {
    const { organization, stackInstances, turns, lines, read } = world(205);
    organization.set(numbered(7), { state: 'SUSPENDED' });
    for (let at = 0; at < 150; at += 1) {
      const [account, region] = [numbered(at), SETTINGS.regions[0] as (typeof SETTINGS.regions)[0]];
      stackInstances.put({ account, region, standing: 'current' });
    }
    const observed = await read();
    expect(new Set(observed.map(({ account }) => account)).size).toBe(205);
    expect(observed.filter(({ instances }) => instances.length === 1)).toHaveLength(150);
    expect([turns.count, organization.calls.tags]).toEqual([204, 204]);
    expect(lines).toEqual(['100 of 205 accounts read', '200 of 205 accounts read']);
  });

  test('readOrganization describes an account that is not listed before it counts as departed', async () => {
    const { organization, registry, read } = world(1);
    const [gone, listedLate] = [accountId('222200005555'), accountId('222200006666')];
    const entry = { state: 'enrolled', regions: SETTINGS.regions, since: now.toISOString(), reason: 'tagged' } as const;
    for (const account of [gone, listedLate]) registry.held.set(account, { account, ...entry });
    organization.before = (call) => {
      if (call === 'member') organization.set(listedLate);
    };
    const observed = new Map((await read()).map(({ account, member }) => [account, member]));
    expect([observed.has(gone), observed.get(gone), observed.get(listedLate)?.state]).toEqual([
      true,
      undefined,
      'ACTIVE',
    ]);
  });

  test.each(['members', 'tags'] as const)('readOrganization throws when a listing of %s fails', async (what) => {
    const { organization, read } = world(50);
    organization.before = (call) => {
      if (call === what && organization.calls[what] > 2) throw new Error('throttled for too long');
    };
    await expect(read()).rejects.toThrow('throttled for too long');
  });

  test('a missing StackSet has no instances, and another error of its listing is thrown', async () => {
    const { stackInstances, lines, read } = world(1);
    stackInstances.before = () => {
      throw Object.assign(new Error('none'), { name: 'StackSetNotFoundException' });
    };
    expect(await read()).toHaveLength(1);
    expect(lines.join()).toContain('not deployed');
    stackInstances.before = () => {
      throw Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
    };
    await expect(read()).rejects.toThrow('denied');
  });
});
