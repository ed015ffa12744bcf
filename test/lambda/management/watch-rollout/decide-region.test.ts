// Longer than most: a table for each standing of an instance.
import type { RegionRollout, RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { StackInstance, Standing } from '../../../../lambda/_kit/ports/stack-instances';
import { decideRegion } from '../../../../lambda/management/watch-rollout/decide-region';
import type { RolloutFacts } from '../../../../lambda/management/watch-rollout/facts';
import { MINUTE } from '../../../../src/contract/durations';
import { HERE, OTHER, SOURCE } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = NOW.toISOString();
const LONG_AGO = '2026-01-01T12:00:00.000Z';
const IN_A_WEEK = '2026-03-08T12:00:00.000Z';
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE).toISOString();
const NOT_READY = 'AWSServiceRoleForCloudFormationStackSets does not exist';

interface Case {
  readonly standing: Standing;
  readonly instance?: Partial<StackInstance>;
  readonly before?: Partial<RegionRollout>;
  readonly entry?: Partial<RegistryEntry>;
  readonly facts?: Partial<RolloutFacts>;
}

/** The decision on one instance that was up to date until now, unless the case says otherwise. */
function decided({ standing, instance, before, entry, facts }: Case) {
  const known: RegionRollout = { state: 'current', at: LONG_AGO, version: 'aaaa', failed: [], repairs: 0, ...before };
  const registered: RegistryEntry = {
    account: SOURCE,
    state: 'enrolled',
    regions: [HERE],
    since: LONG_AGO,
    reason: 'tagged',
    rollout: { [HERE]: known },
    ...entry,
  };
  return decideRegion({ account: SOURCE, region: HERE, standing, ...instance }, registered, {
    instances: [],
    entries: new Map([[OTHER, registered]]),
    version: 'aaaa',
    mayRepair: true,
    isRollingOut: false,
    now: NOW,
    ...facts,
  });
}

describe('an instance that is current', () => {
  test.each<[string, Case, object | undefined]>([
    ['is not recorded again', { standing: 'current' }, undefined],
    [
      'is recorded where the registry has no state of this Region',
      { standing: 'current', entry: { rollout: {} } },
      { next: { state: 'current', at: AT, version: 'aaaa', failed: [], repairs: 0 } },
    ],
    [
      'is recorded as no longer waiting',
      { standing: 'current', before: { waiting: LONG_AGO, repairs: 2 } },
      { next: { state: 'current', at: AT, version: 'aaaa', failed: [], repairs: 0 } },
    ],
    [
      'is recorded as drifted, with an alert',
      { standing: 'current', instance: { drifted: true } },
      { next: { state: 'drifted', reason: 'its stack differs from the template' }, alert: 'tooling-drifted' },
    ],
    ['is not recorded while an operation works on it', { standing: 'running', before: { state: 'failed' } }, undefined],
  ])('%s', (_, one, expected) => {
    if (expected) expect(decided(one)).toMatchObject(expected);
    else expect(decided(one)).toBeUndefined();
  });
});

const skipped = { state: 'suspended', waiting: minutesAgo(30) } as const;
describe('an instance that StackSets skipped as suspended', () => {
  test('is recorded first', () =>
    expect(decided({ standing: 'suspended' })).toEqual({
      next: {
        state: 'suspended',
        at: AT,
        waiting: AT,
        reason: 'StackSets skipped the account as suspended',
        version: 'aaaa',
        failed: [],
        repairs: 0,
      },
    }));

  test.each<[string, Partial<RegionRollout>, Partial<RolloutFacts>, 'first' | 'repair' | undefined]>([
    ['as failed, and waiting', { ...skipped, state: 'failed' }, {}, 'first'],
    ['without a recorded time', { state: 'suspended' }, {}, 'first'],
    ['half an hour ago', skipped, {}, 'repair'],
    ['29 minutes ago', { ...skipped, waiting: minutesAgo(29) }, {}, undefined],
    ['half an hour ago, in a run that may not repair', skipped, { mayRepair: false }, undefined],
    ['repaired 23 and a half hours ago', { ...skipped, repairs: 1, waiting: minutesAgo(23 * 60 + 30) }, {}, 'repair'],
    ['repaired 23 hours ago', { ...skipped, repairs: 1, waiting: minutesAgo(23 * 60) }, {}, undefined],
    ['in quarantine', { ...skipped, state: 'quarantined', until: IN_A_WEEK }, {}, undefined],
  ])('observed before, %s', (_, before, facts, expected) => {
    const decision = decided({ standing: 'suspended', before, facts });
    if (expected === undefined) expect(decision).toBeUndefined();
    else {
      expect(decision?.remedy).toBe(expected === 'repair' ? 'repair' : undefined);
      expect(decision?.next).toMatchObject({
        state: 'suspended',
        waiting: AT,
        repairs: (before.repairs ?? 0) + (expected === 'repair' ? 1 : 0),
        reason: 'StackSets skipped the account as suspended',
      });
    }
  });

  test('is not repaired while its account is leaving', () =>
    expect(decided({ standing: 'suspended', before: skipped, entry: { state: 'leaving' } })).toBeUndefined());
});

describe('an inoperable instance', () => {
  test.each<[string, Partial<RegionRollout>, boolean, object | undefined]>([
    ['is dropped at once', { repairs: 2 }, false, { next: { repairs: 1 }, remedy: 'drop', alert: 'stack-left-behind' }],
    ['is not dropped again in a run that may not repair', { state: 'inoperable', repairs: 1 }, false, undefined],
    ['is dropped again in the hourly run', { state: 'inoperable', repairs: 2 }, true, { next: { repairs: 3 } }],
    ['is dropped three times at most', { state: 'inoperable', repairs: 3 }, true, undefined],
  ])('%s', (_, before, mayRepair, expected) => {
    const decision = decided({ standing: 'inoperable', before, facts: { mayRepair } });
    if (expected) expect(decision).toMatchObject({ remedy: 'drop', ...expected });
    else expect(decision).toBeUndefined();
    expect(decision?.alert).toBe(before.state === 'inoperable' ? undefined : 'stack-left-behind');
  });
});

describe('an instance that is not up to date', () => {
  test.each<[string, Case, object | undefined]>([
    ['pending, observed first', { standing: 'pending' }, { next: { waiting: AT }, remedy: undefined }],
    ['pending for 29 minutes', { standing: 'pending', before: { waiting: minutesAgo(29) } }, undefined],
    ['pending for half an hour', { standing: 'pending', before: { waiting: minutesAgo(30) } }, { remedy: 'repair' }],
    ['outdated', { standing: 'outdated' }, { next: { repairs: 1, waiting: AT }, remedy: 'repair' }],
    ['outdated, in a run that may not repair', { standing: 'outdated', facts: { mayRepair: false } }, undefined],
    [
      'outdated and in quarantine',
      { standing: 'outdated', before: { state: 'quarantined', until: IN_A_WEEK } },
      undefined,
    ],
    [
      'outdated after a quarantine: it may be repaired three times again',
      { standing: 'outdated', before: { state: 'quarantined', until: AT, repairs: 3 } },
      { next: { repairs: 1 }, remedy: 'repair' },
    ],
    [
      'outdated, while an operation runs',
      { standing: 'outdated', before: { waiting: minutesAgo(23 * 60) }, facts: { isRollingOut: true } },
      undefined,
    ],
    [
      'outdated for a day, while an operation runs',
      { standing: 'outdated', before: { waiting: minutesAgo(23 * 60 + 30) }, facts: { isRollingOut: true } },
      { remedy: 'repair' },
    ],
    [
      'repaired three times without success',
      { standing: 'outdated', before: { repairs: 3 } },
      { next: { state: 'quarantined', until: IN_A_WEEK, reason: 'no reason given' }, alert: 'account-quarantined' },
    ],
    [
      'repaired three times without success, with an earlier reason',
      { standing: 'outdated', before: { repairs: 3, reason: 'a quota is full' } },
      { next: { state: 'quarantined', reason: 'a quota is full' }, remedy: undefined },
    ],
    [
      'repaired three times without success, and never created',
      { standing: 'outdated', before: { repairs: 3, version: undefined } },
      { next: { state: 'quarantined' }, remedy: 'drop' },
    ],
  ])('%s', (_, one, expected) => {
    if (expected) expect({ remedy: undefined, ...decided(one) }).toMatchObject(expected);
    else expect(decided(one)).toBeUndefined();
  });

  test.each<[string, Partial<StackInstance>, string | undefined]>([
    ['CloudFormation’s reason', { reason: 'a quota is full', detail: 'OUTDATED, CANCELLED' }, 'a quota is full'],
    ['its status', { detail: 'OUTDATED, CANCELLED' }, 'CloudFormation reports OUTDATED, CANCELLED'],
    ['nothing', {}, undefined],
  ])('is recorded with %s as the reason, whether it waits or is repaired', (_, instance, reason) => {
    expect(decided({ standing: 'outdated', instance })?.next.reason).toBe(reason);
    expect(decided({ standing: 'pending', instance })?.next.reason).toBe(reason);
    const decision = decided({ standing: 'outdated', instance, before: { repairs: 3, reason: 'of earlier' } });
    expect(decision?.next.reason).toBe(reason ?? 'of earlier');
  });
});

describe('an instance that failed', () => {
  const failed = (one: Omit<Case, 'standing'>) => decided({ standing: 'failed', ...one });
  const five = ['1', '2', '3', '4', '5'];

  test.each<[string, Omit<Case, 'standing'>, object | undefined]>([
    [
      'the first time, by an operation that ended: an alert, and no repair yet',
      { instance: { operation: 'op' }, facts: { mayRepair: false } },
      {
        next: { state: 'failed', at: AT, version: 'aaaa', failed: ['op'], repairs: 0, reason: 'no reason given' },
        alert: 'rollout-failed',
      },
    ],
    [
      'the first time, without an operation',
      { instance: { reason: 'a role exists' } },
      {
        next: {
          state: 'failed',
          at: AT,
          version: 'aaaa',
          failed: ['unknown'],
          repairs: 1,
          reason: 'a role exists',
        },
        remedy: 'repair',
        alert: 'rollout-failed',
      },
    ],
    [
      'known, without an operation: the same failure, without a second alert',
      { instance: { reason: 'a role exists' }, before: { state: 'failed', failed: ['op'] } },
      {
        next: { state: 'failed', at: LONG_AGO, version: 'aaaa', failed: ['op'], repairs: 1, reason: 'a role exists' },
        remedy: 'repair',
      },
    ],
    [
      'known, in a run that may not repair: nothing',
      { instance: { operation: 'op' }, before: { state: 'failed', failed: ['op'] }, facts: { mayRepair: false } },
      undefined,
    ],
    [
      'known, and in quarantine: nothing',
      { instance: { operation: 'op' }, before: { state: 'quarantined', failed: ['op'], until: IN_A_WEEK } },
      undefined,
    ],
    [
      'known from before its quarantine ended: repaired, still as quarantined',
      { instance: { operation: 'op-2' }, before: { state: 'quarantined', failed: ['op', 'op-2'], until: AT } },
      {
        next: {
          state: 'quarantined',
          at: LONG_AGO,
          until: IN_A_WEEK,
          version: 'aaaa',
          failed: ['op', 'op-2'],
          repairs: 1,
          reason: 'no reason given',
        },
        remedy: 'repair',
      },
    ],
    [
      'known twice, and not yet in quarantine: quarantined',
      { instance: { operation: 'op-2' }, before: { state: 'failed', failed: ['op', 'op-2'] } },
      { alert: 'account-quarantined' },
    ],
    [
      'known, with all repairs spent: quarantined',
      { instance: { operation: 'op' }, before: { state: 'failed', failed: ['op'], repairs: 3 } },
      { next: { state: 'quarantined' }, alert: 'account-quarantined' },
    ],
    [
      'known, with all repairs spent, in a run that may not repair: nothing',
      {
        instance: { operation: 'op' },
        before: { state: 'failed', failed: ['op'], repairs: 3 },
        facts: { mayRepair: false },
      },
      undefined,
    ],
    [
      'a new failure after a quarantine: quarantined again',
      { instance: { operation: 'op-3' }, before: { state: 'quarantined', failed: ['op', 'op-2'], until: AT } },
      { next: { failed: ['op', 'op-2', 'op-3'], until: IN_A_WEEK }, alert: 'account-quarantined' },
    ],
    [
      'known, in a Region that is not enabled: dropped',
      { instance: { operation: 'op', reason: 'Region eu-central-1 is disabled' }, before: { failed: ['op'] } },
      { next: { state: 'region-not-enabled', at: AT, until: IN_A_WEEK }, remedy: 'drop', alert: 'region-not-enabled' },
    ],
  ])('%s', (_, one, expected) => {
    const decision = failed(one);
    if (!expected) expect(decision).toBeUndefined();
    else if ('next' in expected && 'repairs' in Object(expected.next)) expect(decision).toEqual(expected);
    else expect(decision).toMatchObject(expected);
  });

  test('keeps the last five operations that failed', () =>
    expect(failed({ instance: { operation: '6' }, before: { failed: five } })?.next.failed).toEqual([
      '2',
      '3',
      '4',
      '5',
      '6',
    ]));

  test.each<[string, string, number, 'waits' | 'alerted']>([
    ['an account of an hour', NOT_READY, 60, 'waits'],
    ['an account of almost a day', NOT_READY, 24 * 60 - 1, 'waits'],
    ['an account of a day', NOT_READY, 24 * 60, 'alerted'],
    ['an account of an hour', 'its roles are not yet ready', 60, 'waits'],
    ['an account of an hour', 'its roles are not ready', 60, 'waits'],
    ['an account of an hour', 'a role exists', 60, 'alerted'],
  ])('%s, where %j (%d minutes): %s', (_, reason, minutes, expected) => {
    const decision = failed({
      instance: { operation: 'op-2', reason },
      before: { version: undefined, state: 'failed', failed: ['op'], repairs: 3 },
      entry: { since: minutesAgo(minutes) },
    });
    expect(decision?.alert).toBe(expected === 'waits' ? undefined : 'account-quarantined');
    expect(decision?.remedy).toBe(expected === 'waits' ? 'repair' : 'drop');
  });

  test('an account that is not ready is repaired five times at most before an alert', () => {
    const entry = { since: minutesAgo(60) };
    const at = (operation: string, count: number) =>
      failed({ instance: { operation, reason: NOT_READY }, before: { failed: five.slice(0, count) }, entry });
    expect(at('new', 0)).toMatchObject({ next: { state: 'failed', repairs: 1 } });
    expect(at('new', 0)).not.toHaveProperty('alert');
    expect(at('new', 3)?.alert).toBeUndefined();
    expect(at('new', 4)).toMatchObject({ alert: 'account-quarantined' });
  });
});
