import { config } from '../../src/checkvalve.config';
import type { Alter, Template } from '../../src/rehearsal/deploy';
import { type RehearsalOptions, rehearse } from '../../src/rehearsal/rehearse';
import type { RehearsalResult } from '../../src/rehearsal/result';
import type { SdkCall } from '../../src/rehearsal/sdk-call';
import { MANAGEMENT, OTHER_SOURCE, REGION, SOURCE, UNTAGGED, VAULT } from './emulator-world';

const WHOLE_MS = 60_000;
const SUSPENDED = '222200008888';
const ARN = /^arn:aws:rds:eu-central-1:(\d{12}):(cluster-)?snapshot:checkvalve-/;
let lines: string[];

const play = (more: Partial<RehearsalOptions> = {}): Promise<RehearsalResult> => {
  lines = [];
  return rehearse({ config, now: '2026-11-25T00:00:00Z', progress: (line) => lines.push(line), ...more });
};

/** Changes every resource of a type, in whichever template it is; says so when there is none. */
const altering =
  (type: string, change: (properties: Record<string, unknown>) => void): Alter =>
  (templates: Readonly<Record<string, Template>>) => {
    const found = Object.values(templates).flatMap(({ Resources }) => Object.values(Resources));
    const changed = found.filter((resource) => resource.Type === type);
    if (changed.length === 0) throw new Error(`no ${type} in ${Object.keys(templates)}`);
    for (const { Properties = {} } of changed) change(Properties);
  };

const withCode = (name: string, code: string): Alter =>
  altering('AWS::Lambda::Function', (properties) => {
    if (properties.FunctionName === name) properties.Code = { ZipFile: code };
  });

describe('the whole rehearsal', () => {
  let result: RehearsalResult;
  const heard: SdkCall[] = [];
  beforeAll(async () => {
    const authorize: RehearsalOptions['authorize'] = async (call) => {
      heard.push(call);
      return { allowed: true };
    };
    result = await play({ authorize });
  }, WHOLE_MS);

  test('is well, beat by beat, in the order of the flow', () => {
    expect(result.failure).toBeUndefined();
    expect(result.ok).toBe(true);
    expect(result.beats.map(({ step, account, outcome }) => `${step} ${account} ${outcome}`)).toEqual([
      `make-organization ${MANAGEMENT} ok`,
      `deploy ${VAULT} ok`,
      `deploy ${MANAGEMENT} ok`,
      `enroll-accounts ${MANAGEMENT} ok`,
      `follow-sources ${VAULT} ok`,
      `back-up ${SOURCE} ok`,
      `back-up ${OTHER_SOURCE} ok`,
      `export-snapshots ${SOURCE} ok`,
      `export-snapshots ${OTHER_SOURCE} ok`,
      `import-copies ${VAULT} ok`,
      `judge ${VAULT} ok`,
      `retire-copies ${SOURCE} ok`,
      `retire-copies ${OTHER_SOURCE} ok`,
    ]);
  });

  test('counts every call that a handler made, and asked about each', () => {
    const counted = result.beats.reduce((sum, { calls }) => sum + calls, 0);
    expect(counted).toBe(heard.length);
    const handlers = result.beats.filter(({ calls }) => calls > 0).map(({ step }) => step);
    expect([...new Set(handlers)]).toEqual([
      'enroll-accounts',
      'follow-sources',
      'export-snapshots',
      'import-copies',
      'retire-copies',
    ]);
    expect(result.refusals).toBe(0);
  });

  test('ends with one copy of each database in the vault, under one key of the vault', () => {
    expect(result.vaultCopies).toHaveLength(2);
    for (const { arn, sourceArn, kmsKeyArn, status } of result.vaultCopies) {
      expect(ARN.exec(arn)?.[1]).toBe(VAULT);
      expect([SOURCE, OTHER_SOURCE]).toContain(ARN.exec(sourceArn)?.[1]);
      expect(kmsKeyArn).toMatch(new RegExp(`^arn:aws:kms:${REGION}:${VAULT}:key/`));
      expect(status).toBe('available');
    }
    expect(new Set(result.vaultCopies.map(({ sourceArn }) => ARN.exec(sourceArn)?.[1])).size).toBe(2);
    expect(new Set(result.vaultCopies.map(({ kmsKeyArn }) => kmsKeyArn)).size).toBe(1);
  });

  test('leaves the untagged and the suspended account alone', () => {
    expect([...result.untouched].sort()).toEqual([SUSPENDED, UNTAGGED]);
    const called = new Set(heard.map(({ account }) => account));
    expect([...called].sort()).toEqual([SOURCE, OTHER_SOURCE, VAULT, MANAGEMENT].sort());
  });

  test('tells of its progress, and is JSON', () => {
    expect(lines[0]).toContain('make-organization');
    expect(lines.filter((line) => line.includes('ok,'))).toHaveLength(result.beats.length);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
});

describe('a rehearsal fails, and says why,', () => {
  test(
    'when the plan does not tag its recovery points',
    async () => {
      const alter = altering('AWS::Backup::BackupPlan', (properties) => {
        const { BackupPlanRule } = properties.BackupPlan as { BackupPlanRule: Record<string, unknown>[] };
        for (const rule of BackupPlanRule) delete rule.RecoveryPointTags;
      });
      const { ok, failure, beats, vaultCopies } = await play({ alter });
      expect(ok).toBe(false);
      expect(failure?.step).toBe('back-up');
      expect(failure?.cause).toContain('lacks the tag encryption_key, so it cannot cross');
      expect(beats.at(-1)).toMatchObject({ step: 'back-up', outcome: 'failed' });
      expect(vaultCopies).toEqual([]);
      expect(lines.at(-1)).toContain('back-up failed');
    },
    WHOLE_MS,
  );

  test(
    'when a handler throws',
    async () => {
      const code = 'exports.handler = async () => { throw new RangeError("the registry is shut"); };';
      const { ok, failure, beats } = await play({ alter: withCode('checkvalve-follow-sources', code) });
      expect(ok).toBe(false);
      expect(failure).toEqual({
        step: 'follow-sources',
        cause: `checkvalve-follow-sources in account ${VAULT} failed: RangeError: the registry is shut`,
      });
      expect(beats.at(-1)).toMatchObject({ step: 'follow-sources', account: VAULT, outcome: 'failed' });
    },
    WHOLE_MS,
  );

  test(
    'when a handler does nothing at all',
    async () => {
      const { failure } = await play({
        alter: withCode('checkvalve-enroll-accounts', 'exports.handler = async () => {};'),
      });
      expect(failure?.step).toBe('enroll-accounts');
      expect(failure?.cause).toContain('stack instances are current for none');
    },
    WHOLE_MS,
  );

  test(
    'when a template holds what was not created',
    async () => {
      const alter: Alter = ({ Management }) => {
        if (Management) Management.Resources.Odd = { Type: 'AWS::Unheard::Of', Properties: {} };
      };
      const { failure } = await play({ alter });
      expect(failure?.step).toBe('deploy');
      expect(failure?.cause).toContain(`Management could not be deployed in ${MANAGEMENT}`);
      expect(failure?.cause).toContain('AWS::Unheard::Of');
    },
    WHOLE_MS,
  );

  test(
    'when a role lacks a permission that its handler needs',
    async () => {
      const authorize: RehearsalOptions['authorize'] = async ({ action }) =>
        /^ModifyDB/.test(action)
          ? { allowed: false, message: `not authorized to perform: ${action}` }
          : { allowed: true };
      const { failure, refusals } = await play({ authorize });
      expect(failure?.step).toBe('export-snapshots');
      expect(failure?.cause).toContain('not authorized to perform: ModifyDBSnapshotAttribute');
      expect(refusals).toBeGreaterThan(0);
    },
    WHOLE_MS,
  );
});

test(
  'a doorbell that never rings costs time, not a copy',
  async () => {
    const authorizeDelivery = async () => ({ allowed: false, message: 'the inbox takes nothing' }) as const;
    const { ok, failure, vaultCopies, refusals } = await play({ authorizeDelivery });
    expect(failure).toBeUndefined();
    expect(ok).toBe(true);
    expect(vaultCopies).toHaveLength(2);
    expect(refusals).toBe(2);
  },
  WHOLE_MS,
);
