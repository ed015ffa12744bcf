// Longer than most: a table for each kind of standing.
import type { RegionRollout, RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { StackInstance, Standing } from '../../../../lambda/_kit/ports/stack-instances';
import { judgeRegion } from '../../../../lambda/management/watch-rollout/judge-region';
import type { RolloutFacts } from '../../../../lambda/management/watch-rollout/plan';
import { HERE, OTHER, SOURCE } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const AT = NOW.toISOString();
const LONG_AGO = '2026-01-01T12:00:00.000Z';
const IN_A_WEEK = '2026-03-08T12:00:00.000Z';
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const NOT_READY = 'AWSServiceRoleForCloudFormationStackSets does not exist';

interface Case {
  readonly standing: Standing;
  readonly instance?: Partial<StackInstance>;
  readonly before?: Partial<RegionRollout>;
  readonly entry?: Partial<RegistryEntry>;
  readonly facts?: Partial<RolloutFacts>;
}

/** What is decided about one instance that stood until now, unless the case says otherwise. */
function judged({ standing, instance, before, entry, facts }: Case) {
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
  return judgeRegion({ account: SOURCE, region: HERE, standing, ...instance }, registered, {
    seen: [],
    entries: new Map([[OTHER, registered]]),
    version: 'aaaa',
    repairing: true,
    rollingOut: false,
    now: NOW,
    ...facts,
  });
}

describe('an instance that is current', () => {
  test.each<[string, Case, object | undefined]>([
    ['nothing when that is known', { standing: 'current' }, undefined],
    [
      'that it stands, where the registry has nothing of this Region',
      { standing: 'current', entry: { rollout: {} } },
      { next: { state: 'current', at: AT, version: 'aaaa', failed: [], repairs: 0 } },
    ],
    [
      'that it no longer waits',
      { standing: 'current', before: { waiting: LONG_AGO, repairs: 2 } },
      { next: { state: 'current', at: AT, version: 'aaaa', failed: [], repairs: 0 } },
    ],
    [
      'drift, with an alert',
      { standing: 'current', instance: { drifted: true } },
      { next: { state: 'drifted', reason: 'its stack is not as the template says' }, alert: 'tooling-drifted' },
    ],
    ['nothing about one that an operation is at', { standing: 'running', before: { state: 'failed' } }, undefined],
  ])('%s', (_, one, expected) => {
    if (expected) expect(judged(one)).toMatchObject(expected);
    else expect(judged(one)).toBeUndefined();
  });
});

const passedOver = { state: 'suspended', waiting: ago(30) } as const;
describe('an instance that StackSets passed over as suspended', () => {
  test('is written down first', () =>
    expect(judged({ standing: 'suspended' })).toEqual({
      next: {
        state: 'suspended',
        at: AT,
        waiting: AT,
        reason: 'StackSets passed over the account as suspended',
        version: 'aaaa',
        failed: [],
        repairs: 0,
      },
    }));

  test.each<[string, Partial<RegionRollout>, Partial<RolloutFacts>, 'first' | 'repair' | undefined]>([
    ['it was failed, and waits since', { ...passedOver, state: 'failed' }, {}, 'first'],
    ['it waits since nobody knows when', { state: 'suspended' }, {}, 'first'],
    ['half an hour ago', passedOver, {}, 'repair'],
    ['29 minutes ago', { ...passedOver, waiting: ago(29) }, {}, undefined],
    ['half an hour ago, outside the hourly run', passedOver, { repairing: false }, undefined],
    ['repaired 23 and a half hours ago', { ...passedOver, repairs: 1, waiting: ago(23 * 60 + 30) }, {}, 'repair'],
    ['repaired 23 hours ago', { ...passedOver, repairs: 1, waiting: ago(23 * 60) }, {}, undefined],
    ['in quarantine', { ...passedOver, state: 'quarantined', until: IN_A_WEEK }, {}, undefined],
  ])('seen before, %s', (_, before, facts, expected) => {
    const verdict = judged({ standing: 'suspended', before, facts });
    if (expected === undefined) expect(verdict).toBeUndefined();
    else {
      expect(verdict?.remedy).toBe(expected === 'repair' ? 'repair' : undefined);
      expect(verdict?.next).toMatchObject({
        state: 'suspended',
        waiting: AT,
        repairs: (before.repairs ?? 0) + (expected === 'repair' ? 1 : 0),
        reason: 'StackSets passed over the account as suspended',
      });
    }
  });

  test('is left alone while its account leaves', () =>
    expect(judged({ standing: 'suspended', before: passedOver, entry: { state: 'leaving' } })).toBeUndefined());
});

describe('an inoperable instance', () => {
  test.each<[string, Partial<RegionRollout>, boolean, object | undefined]>([
    ['is dropped at once', { repairs: 2 }, false, { next: { repairs: 1 }, remedy: 'drop', alert: 'stack-left-behind' }],
    ['is not dropped again between the hours', { state: 'inoperable', repairs: 1 }, false, undefined],
    ['is dropped again after an hour', { state: 'inoperable', repairs: 2 }, true, { next: { repairs: 3 } }],
    ['is dropped three times', { state: 'inoperable', repairs: 3 }, true, undefined],
  ])('%s', (_, before, repairing, expected) => {
    const verdict = judged({ standing: 'inoperable', before, facts: { repairing } });
    if (expected) expect(verdict).toMatchObject({ remedy: 'drop', ...expected });
    else expect(verdict).toBeUndefined();
    expect(verdict?.alert).toBe(before.state === 'inoperable' ? undefined : 'stack-left-behind');
  });
});

describe('an instance that is not up to date', () => {
  test.each<[string, Case, object | undefined]>([
    ['pending, seen first', { standing: 'pending' }, { next: { waiting: AT }, remedy: undefined }],
    ['pending for 29 minutes', { standing: 'pending', before: { waiting: ago(29) } }, undefined],
    ['pending for half an hour', { standing: 'pending', before: { waiting: ago(30) } }, { remedy: 'repair' }],
    ['outdated', { standing: 'outdated' }, { next: { repairs: 1, waiting: AT }, remedy: 'repair' }],
    ['outdated, not on the hour', { standing: 'outdated', facts: { repairing: false } }, undefined],
    [
      'outdated and in quarantine',
      { standing: 'outdated', before: { state: 'quarantined', until: IN_A_WEEK } },
      undefined,
    ],
    [
      'outdated after a quarantine, with all its tries',
      { standing: 'outdated', before: { state: 'quarantined', until: AT, repairs: 3 } },
      { next: { repairs: 1 }, remedy: 'repair' },
    ],
    [
      'outdated, while an operation runs',
      { standing: 'outdated', before: { waiting: ago(23 * 60) }, facts: { rollingOut: true } },
      undefined,
    ],
    [
      'outdated for a day, while an operation runs',
      { standing: 'outdated', before: { waiting: ago(23 * 60 + 30) }, facts: { rollingOut: true } },
      { remedy: 'repair' },
    ],
    [
      'repaired three times in vain',
      { standing: 'outdated', before: { repairs: 3 } },
      { next: { state: 'quarantined', until: IN_A_WEEK, reason: 'no reason given' }, alert: 'account-quarantined' },
    ],
    [
      'repaired three times in vain, with a reason of earlier',
      { standing: 'outdated', before: { repairs: 3, reason: 'a quota is full' } },
      { next: { state: 'quarantined', reason: 'a quota is full' }, remedy: undefined },
    ],
    [
      'repaired three times in vain, where it never stood',
      { standing: 'outdated', before: { repairs: 3, version: undefined } },
      { next: { state: 'quarantined' }, remedy: 'drop' },
    ],
  ])('%s', (_, one, expected) => {
    if (expected) expect({ remedy: undefined, ...judged(one) }).toMatchObject(expected);
    else expect(judged(one)).toBeUndefined();
  });

  test.each<[string, Partial<StackInstance>, string | undefined]>([
    ['CloudFormation’s words', { reason: 'a quota is full', detail: 'OUTDATED, CANCELLED' }, 'a quota is full'],
    ['its status', { detail: 'OUTDATED, CANCELLED' }, 'CloudFormation has it as OUTDATED, CANCELLED'],
    ['nothing', {}, undefined],
  ])('is written down with %s as the reason, whether it waits or is repaired', (_, instance, reason) => {
    expect(judged({ standing: 'outdated', instance })?.next.reason).toBe(reason);
    expect(judged({ standing: 'pending', instance })?.next.reason).toBe(reason);
    const verdict = judged({ standing: 'outdated', instance, before: { repairs: 3, reason: 'of earlier' } });
    expect(verdict?.next.reason).toBe(reason ?? 'of earlier');
  });
});

describe('an instance that failed', () => {
  const failed = (one: Omit<Case, 'standing'>) => judged({ standing: 'failed', ...one });
  const five = ['1', '2', '3', '4', '5'];

  test.each<[string, Omit<Case, 'standing'>, object | undefined]>([
    [
      'the first time, by an operation that ended: an alert, and no repair yet',
      { instance: { operation: 'op' }, facts: { repairing: false } },
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
      'known, without an operation: the same failure, which is not told again',
      { instance: { reason: 'a role exists' }, before: { state: 'failed', failed: ['op'] } },
      {
        next: { state: 'failed', at: LONG_AGO, version: 'aaaa', failed: ['op'], repairs: 1, reason: 'a role exists' },
        remedy: 'repair',
      },
    ],
    [
      'known, between the hours: nothing',
      { instance: { operation: 'op' }, before: { state: 'failed', failed: ['op'] }, facts: { repairing: false } },
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
      'known, with all repairs spent, between the hours: nothing',
      {
        instance: { operation: 'op' },
        before: { state: 'failed', failed: ['op'], repairs: 3 },
        facts: { repairing: false },
      },
      undefined,
    ],
    [
      'a new failure after a quarantine: quarantined again',
      { instance: { operation: 'op-3' }, before: { state: 'quarantined', failed: ['op', 'op-2'], until: AT } },
      { next: { failed: ['op', 'op-2', 'op-3'], until: IN_A_WEEK }, alert: 'account-quarantined' },
    ],
    [
      'known, in a Region that is switched off: dropped',
      { instance: { operation: 'op', reason: 'Region eu-central-1 is disabled' }, before: { failed: ['op'] } },
      { next: { state: 'region not enabled', at: AT, until: IN_A_WEEK }, remedy: 'drop', alert: 'region-not-enabled' },
    ],
  ])('%s', (_, one, expected) => {
    const verdict = failed(one);
    if (!expected) expect(verdict).toBeUndefined();
    else if ('next' in expected && 'repairs' in Object(expected.next)) expect(verdict).toEqual(expected);
    else expect(verdict).toMatchObject(expected);
  });

  test('keeps the last five operations that failed', () =>
    expect(failed({ instance: { operation: '6' }, before: { failed: five } })?.next.failed).toEqual([
      '2',
      '3',
      '4',
      '5',
      '6',
    ]));

  test.each<[string, string, number, 'waits' | 'told']>([
    ['an account of an hour', NOT_READY, 60, 'waits'],
    ['an account of almost a day', NOT_READY, 24 * 60 - 1, 'waits'],
    ['an account of a day', NOT_READY, 24 * 60, 'told'],
    ['an account of an hour', 'its roles are not yet ready', 60, 'waits'],
    ['an account of an hour', 'its roles are not ready', 60, 'waits'],
    ['an account of an hour', 'a role exists', 60, 'told'],
  ])('%s, where %j (%d minutes): %s', (_, reason, minutes, expected) => {
    const verdict = failed({
      instance: { operation: 'op-2', reason },
      before: { version: undefined, state: 'failed', failed: ['op'], repairs: 3 },
      entry: { since: ago(minutes) },
    });
    expect(verdict?.alert).toBe(expected === 'waits' ? undefined : 'account-quarantined');
    expect(verdict?.remedy).toBe(expected === 'waits' ? 'repair' : 'drop');
  });

  test('waits for an account that is not ready without a word, and five times at the most', () => {
    const entry = { since: ago(60) };
    const at = (operation: string, count: number) =>
      failed({ instance: { operation, reason: NOT_READY }, before: { failed: five.slice(0, count) }, entry });
    expect(at('new', 0)).toMatchObject({ next: { state: 'failed', repairs: 1 } });
    expect(at('new', 0)).not.toHaveProperty('alert');
    expect(at('new', 3)?.alert).toBeUndefined();
    expect(at('new', 4)).toMatchObject({ alert: 'account-quarantined' });
  });
});
