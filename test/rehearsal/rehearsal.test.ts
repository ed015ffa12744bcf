import type { SdkCall } from '../../src/rehearsal/host/sdk-call';
import type { RehearsalOptions } from '../../src/rehearsal/rehearsal-options';
import type { RehearsalResult } from '../../src/rehearsal/result';
import { MANAGEMENT, MISSING_TAG, OTHER_SOURCE, REGION, SOURCE, VAULT } from '../src/emulator/emulator-world';
import { play, WHOLE_MS } from './playing';

const SUSPENDED = '222200008888';
const NEWCOMER = '222200003333';
const ARN = /^arn:aws:rds:eu-central-1:(\d{12}):(cluster-)?snapshot:checkvalve-/;
const lines: string[] = [];

describe('the whole rehearsal', () => {
  let result: RehearsalResult;
  const authorized: SdkCall[] = [];
  beforeAll(async () => {
    const authorize: RehearsalOptions['authorize'] = async (call) => {
      authorized.push(call);
      return { allowed: true };
    };
    result = await play({ authorize }, lines);
  }, WHOLE_MS);

  test('succeeds, phase by phase, in the order of the flow', () => {
    expect(result.failure).toBeUndefined();
    expect(result.ok).toBe(true);
    expect(result.phases.map(({ step, account, outcome }) => `${step} ${account} ${outcome}`)).toEqual([
      `make-organization ${MANAGEMENT} ok`,
      `deploy ${VAULT} ok`,
      `deploy ${MANAGEMENT} ok`,
      `enroll-accounts ${MANAGEMENT} ok`,
      `enroll-accounts ${SOURCE} ok`,
      `enroll-accounts ${OTHER_SOURCE} ok`,
      `watch-rollout ${MANAGEMENT} ok`,
      `follow-sources ${VAULT} ok`,
      `run-backup-plans ${SOURCE} ok`,
      `run-backup-plans ${OTHER_SOURCE} ok`,
      `export-snapshots ${SOURCE} ok`,
      `export-snapshots ${OTHER_SOURCE} ok`,
      `import-copies ${VAULT} ok`,
      `check-all ${VAULT} ok`,
      `retire-copies ${SOURCE} ok`,
      `retire-copies ${OTHER_SOURCE} ok`,
      `pass-years ${SOURCE} ok`,
      `pass-years ${OTHER_SOURCE} ok`,
      `pass-years ${VAULT} ok`,
      `prune-copies ${VAULT} ok`,
      `report-coverage ${VAULT} ok`,
      `lose-protection ${MANAGEMENT} ok`,
      `lose-protection ${NEWCOMER} ok`,
      `lose-protection ${VAULT} ok`,
      `lose-protection ${SOURCE} ok`,
      `lose-protection ${OTHER_SOURCE} ok`,
    ]);
  });

  test('counts every call of a handler, and authorizes each', () => {
    const counted = result.phases.reduce((sum, { calls }) => sum + calls, 0);
    expect(counted).toBe(authorized.length);
    const handlers = result.phases.filter(({ calls }) => calls > 0).map(({ step }) => step);
    expect([...new Set(handlers)]).toEqual([
      'enroll-accounts',
      'watch-rollout',
      'follow-sources',
      'export-snapshots',
      'import-copies',
      'retire-copies',
      'pass-years',
      'prune-copies',
      'report-coverage',
      'lose-protection',
    ]);
    expect(result.refusals).toBe(0);
  });

  test('ends with one copy of each database in the vault, under one key of the vault', () => {
    expect(result.vaultCopies).toHaveLength(3);
    for (const { arn, sourceArn, kmsKeyArn, status } of result.vaultCopies) {
      expect(ARN.exec(arn)?.[1]).toBe(VAULT);
      expect([SOURCE, OTHER_SOURCE, NEWCOMER]).toContain(ARN.exec(sourceArn)?.[1]);
      expect(kmsKeyArn).toMatch(new RegExp(`^arn:aws:kms:${REGION}:${VAULT}:key/`));
      expect(status).toBe('available');
    }
    expect(new Set(result.vaultCopies.map(({ sourceArn }) => ARN.exec(sourceArn)?.[1])).size).toBe(3);
    expect(new Set(result.vaultCopies.map(({ kmsKeyArn }) => kmsKeyArn)).size).toBe(1);
  });

  test('ends with a coverage report: unprotected databases, the worst first, and one last copy', () => {
    const [report, ...more] = result.coverage;
    expect(more).toEqual([]);
    expect(report?.databases.map(({ account, status }) => `${account} ${status}`)).toEqual([
      `${NEWCOMER} unknown`,
      `${SOURCE} never`,
      `${SOURCE} late`,
      `${SOURCE} unsupported`,
      `${OTHER_SOURCE} source-deleted`,
    ]);
    expect(report?.accounts.map(({ account, access }) => `${account} ${access}`)).toEqual([
      `${SOURCE} granted`,
      `${OTHER_SOURCE} granted`,
      `${NEWCOMER} denied`,
    ]);
  });

  test('changes nothing in the account without the tag and in the suspended one', () => {
    expect([...result.untouched].sort()).toEqual([SUSPENDED, MISSING_TAG]);
    const called = new Set(authorized.map(({ account }) => account));
    expect([...called].sort()).toEqual([SOURCE, OTHER_SOURCE, NEWCOMER, VAULT, MANAGEMENT].sort());
  });

  test('reports its progress, and its result is JSON', () => {
    expect(lines[0]).toContain('make-organization');
    expect(lines.filter((line) => line.includes('ok,'))).toHaveLength(result.phases.length);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });
});
