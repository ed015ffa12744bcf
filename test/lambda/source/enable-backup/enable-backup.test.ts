import * as fc from 'fast-check';
import type { BackupSettings } from '../../../../lambda/_kit/ports/backup-settings';
import {
  answerCloudFormation,
  type CustomResourceAnswer,
  isCustomResourceEvent,
} from '../../../../lambda/_kit/runtime/custom-resource';
import { answerTo, enableBackup } from '../../../../lambda/source/enable-backup/enable-backup';
import { plan } from '../../../../lambda/source/enable-backup/plan';
import { DATABASE_SERVICES } from '../../../../src/contract/database-services';
import { holds } from '../../../support/holds';

/** The settings of AWS Backup in one account and Region. */
class FakeBackupSettings implements BackupSettings {
  readonly vaults = new Set<string>();
  constructor(
    public preferences: ReadonlyMap<string, boolean>,
    private readonly refuses: readonly (keyof BackupSettings)[] = [],
  ) {}
  private check(call: keyof BackupSettings) {
    if (this.refuses.includes(call)) throw Object.assign(new Error(`no ${call}`), { name: 'AccessDeniedException' });
  }
  async optIn() {
    this.check('optIn');
    return this.preferences;
  }
  async setOptIn(preferences: ReadonlyMap<string, boolean>) {
    this.check('setOptIn');
    // AWS refuses a service that the Region does not offer, and may switch on one that the request leaves out.
    for (const name of preferences.keys()) if (!this.preferences.has(name)) throw new Error(`unknown service ${name}`);
    this.preferences = new Map([...this.preferences].map(([name]) => [name, preferences.get(name) ?? true]));
  }
  async makeVault(name: string) {
    this.check('makeVault');
    this.vaults.add(name);
  }
}

const found = (entries: Record<string, boolean>) => new Map(Object.entries(entries));
const ALL_ON = { RDS: true, Aurora: true, DocumentDB: true, Neptune: true };

test.each([
  ['all is on', ALL_ON, 'set', [], 'RDS on, Aurora on, DocumentDB on, Neptune on'],
  [
    'one is off',
    { ...ALL_ON, Aurora: false },
    'set',
    ['Aurora'],
    'RDS on, Aurora switched-on, DocumentDB on, Neptune on',
  ],
  ['one is off', { ...ALL_ON, Aurora: false }, 'report', [], 'RDS on, Aurora off, DocumentDB on, Neptune on'],
  [
    'all are off',
    { RDS: false, Aurora: false, DocumentDB: false, Neptune: false, EBS: false },
    'set',
    DATABASE_SERVICES,
    'RDS switched-on, Aurora switched-on, DocumentDB switched-on, Neptune switched-on',
  ],
  [
    'a Region has no Neptune',
    { RDS: true, Aurora: true, DocumentDB: false },
    'set',
    ['DocumentDB'],
    'RDS on, Aurora on, DocumentDB switched-on, Neptune not-offered',
  ],
  [
    'a Region has none of them',
    { EBS: false, S3: true },
    'set',
    [],
    'RDS not-offered, Aurora not-offered, DocumentDB not-offered, Neptune not-offered',
  ],
  [
    'only others are off',
    { ...ALL_ON, S3: false, EFS: false },
    'set',
    [],
    'RDS on, Aurora on, DocumentDB on, Neptune on',
  ],
] as const)('when %s (%j) in mode %s, the plan switches on %j', (_, optIn, mode, services, summary) => {
  const { actions, states, failure } = plan({ mode, optIn: found(optIn) });
  expect(actions.flatMap((action) => (action.do === 'opt-in' ? action.services : []))).toEqual(services);
  expect([...states].map(([service, state]) => `${service} ${state}`).join(', ')).toBe(summary);
  expect(failure).toBeUndefined();
});

test('for every answer of AWS, the plan changes only database services that are off, and repeats all others', () => {
  const service = fc.oneof(
    fc.constantFrom(...DATABASE_SERVICES, 'EBS', 'S3', 'Storage Gateway', 'VirtualMachine'),
    fc.string(),
  );
  const optIn = fc.array(fc.tuple(service, fc.boolean())).map((pairs) => new Map(pairs));
  holds(
    fc.property(optIn, fc.constantFrom('report' as const, 'set' as const), (before, mode) => {
      const [action, ...more] = plan({ mode, optIn: before }).actions;
      expect(more).toEqual([]);
      if (mode === 'report') expect(action).toBeUndefined();
      if (action?.do !== 'opt-in') return;
      expect([...action.preferences.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [name, is] of action.preferences) {
        const isDatabase = (DATABASE_SERVICES as readonly string[]).includes(name);
        expect(is).toBe(isDatabase ? true : before.get(name));
      }
      expect(plan({ mode, optIn: action.preferences }).actions).toEqual([]);
    }),
  );
});

const logged: { event: string; fields?: Readonly<Record<string, unknown>> }[] = [];
const log = (event: string, fields?: Readonly<Record<string, unknown>>) => void logged.push({ event, fields });
beforeEach(() => {
  logged.length = 0;
});

test('a second run changes nothing, and other services keep their setting', async () => {
  const backup = new FakeBackupSettings(found({ RDS: true, Aurora: false, S3: false, EBS: true }));
  const attributes = await enableBackup(backup, { mode: 'set' }, log);
  expect(attributes).toEqual({
    OptIn: 'RDS on, Aurora switched-on, DocumentDB not-offered, Neptune not-offered',
    Off: 'none',
  });
  expect(backup.preferences).toEqual(found({ RDS: true, Aurora: true, S3: false, EBS: true }));
  expect((await enableBackup(backup, { mode: 'set' }, log)).OptIn).toContain('Aurora on');
});

test('mode report logs once, with a remedy, what is off', async () => {
  const backup = new FakeBackupSettings(found({ ...ALL_ON, Neptune: false }));
  expect(await enableBackup(backup, { mode: 'report' }, log)).toMatchObject({ Off: 'Neptune' });
  const missing = logged.filter(({ event }) => event === 'opt-in.missing');
  expect(missing).toHaveLength(1);
  expect(missing[0]?.fields).toMatchObject({
    services: ['Neptune'],
    lasts: 'unsupported',
    remedy: expect.any(String),
  });
});

test.each([
  ['report', ['optIn'], 'SUCCESS'],
  ['report', ['setOptIn'], 'SUCCESS'],
  ['set', ['optIn'], 'FAILED'],
  ['set', ['setOptIn'], 'FAILED'],
  ['report', ['makeVault'], 'FAILED'],
  ['report', ['optIn', 'setOptIn'], 'SUCCESS'],
] as const)('in mode %s, when %j is refused, the answer to CloudFormation is %s', async (mode, refused, status) => {
  const backup = new FakeBackupSettings(found({ ...ALL_ON, Aurora: false }), refused);
  const run = () => enableBackup(backup, { mode, copiesVault: 'checkvalve-copies' }, log);
  for (const RequestType of ['Create', 'Update'] as const) {
    const answer = await answerTo({ RequestType }, run);
    expect(answer.status).toBe(status);
    if (answer.status === 'FAILED') expect(answer.reason).toContain(`no ${refused[0]}`);
  }
  expect(await answerTo({ RequestType: 'Delete' }, run)).toEqual({ status: 'SUCCESS', data: {} });
});

test('a refused opt-in does not stop the creation of the backup vault', async () => {
  const backup = new FakeBackupSettings(found({ ...ALL_ON, Aurora: false }), ['setOptIn']);
  const run = enableBackup(backup, { mode: 'set', copiesVault: 'checkvalve-copies' }, log);
  await expect(run).rejects.toMatchObject({ code: 'STEP_FAILED' });
  expect([...backup.vaults]).toEqual(['checkvalve-copies']);
});

test('a deletion of the custom resource reads nothing and changes nothing', async () => {
  const never = () => Promise.reject(new Error('asked'));
  expect(await answerTo({ RequestType: 'Delete' }, never)).toEqual({ status: 'SUCCESS', data: {} });
});

const EVENT = {
  RequestType: 'Create' as const,
  ResponseURL: 'https://example.com/answer',
  StackId: 'arn:aws:cloudformation:eu-central-1:222200001111:stack/x/1',
  RequestId: 'r-1',
  LogicalResourceId: 'EnableBackupResource',
};

test.each<[string, CustomResourceAnswer, object]>([
  ['success', { status: 'SUCCESS', data: { Off: 'none' } }, { Status: 'SUCCESS', Data: { Off: 'none' } }],
  ['failure', { status: 'FAILED', reason: 'x'.repeat(9_000) }, { Status: 'FAILED', Reason: 'x'.repeat(800) }],
])(
  'the answer of a %s has the fields that CloudFormation expects, and less than its 4,096 bytes',
  async (_, answer, fields) => {
    const bodies: string[] = [];
    await answerCloudFormation(EVENT, answer, async (url, body) => {
      expect(url).toBe(EVENT.ResponseURL);
      bodies.push(body);
      return 200;
    });
    const { StackId, RequestId, LogicalResourceId } = EVENT;
    expect(bodies).toHaveLength(1);
    expect(Buffer.byteLength(bodies[0] ?? '')).toBeLessThan(4_096);
    expect(JSON.parse(bodies[0] ?? '')).toEqual({
      ...fields,
      StackId,
      RequestId,
      LogicalResourceId,
      PhysicalResourceId: LogicalResourceId,
    });
  },
);

test('an answer that CloudFormation does not accept is sent again; after three tries the run fails, and Lambda retries it', async () => {
  let tries = 0;
  const answer = { status: 'SUCCESS', data: {} } as const;
  await answerCloudFormation(EVENT, answer, async () => {
    tries += 1;
    if (tries === 1) throw new Error('connection reset');
    return tries === 2 ? 503 : 200;
  });
  expect(tries).toBe(3);
  const never = answerCloudFormation(EVENT, answer, async () => 403);
  await expect(never).rejects.toMatchObject({ code: 'AWS_CALL_FAILED', message: expect.stringContaining('HTTP 403') });
});

test.each([
  [EVENT, true],
  [{ source: 'aws.events', 'detail-type': 'Scheduled Event' }, false],
  [{}, false],
  [null, false],
  ['Create', false],
])('whether %j is an event of a custom resource: %s', (event, expected) =>
  expect(isCustomResourceEvent(event)).toBe(expected),
);
