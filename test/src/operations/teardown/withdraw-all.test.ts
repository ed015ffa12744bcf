import fc from 'fast-check';
import type { StackInstance, Standing } from '../../../../lambda/_kit/ports/stack-instances';
import { accountId, region } from '../../../../src/contract/ids';
import { MAX_ACCOUNTS_PER_OPERATION } from '../../../../src/contract/stack-set-operations';
import { type Withdrawable, withdrawAll } from '../../../../src/operations/teardown/withdraw-all';
import { type Withdrawal, withdrawalsOf } from '../../../../src/operations/teardown/withdrawals';
import { holds } from '../../../support/holds';

const REGIONS = ['eu-central-1', 'eu-west-1'];
const account = (at: number) => accountId(String(222200000000 + at));
const instance = (at: number, standing: Standing = 'current', place = 'eu-central-1'): StackInstance => ({
  account: account(at),
  region: region(place),
  standing,
});

const anyInstances = fc.uniqueArray(
  fc.record({
    at: fc.nat(150),
    place: fc.constantFrom(...REGIONS),
    standing: fc.constantFrom<Standing>('current', 'outdated', 'failed', 'inoperable', 'suspended', 'running'),
  }),
  { selector: ({ at, place }) => `${at} ${place}`, maxLength: 300 },
);

test('withdrawals contain exactly the instances, each once, with 1 to 50 accounts each', () => {
  holds(
    fc.property(anyInstances, (made) => {
      const all = made.map(({ at, place, standing }) => instance(at, standing, place));
      const withdrawals = withdrawalsOf(all);
      for (const { accounts } of withdrawals) {
        expect(accounts.length).toBeGreaterThan(0);
        expect(accounts.length).toBeLessThanOrEqual(MAX_ACCOUNTS_PER_OPERATION);
      }
      const named = withdrawals.flatMap(({ accounts, regions, retain }) =>
        accounts.flatMap((one) => regions.map((at) => `${one} ${at} ${retain}`)),
      );
      const expected = all.map((one) => `${one.account} ${one.region} ${/inoperable|suspended/.test(one.standing)}`);
      expect(named.sort()).toEqual(expected.sort());
    }),
  );
});

/** A StackSet in memory: each operation ends at the second read of its state. */
class StackSetInMemory implements Withdrawable {
  readonly withdrawals: Withdrawal[] = [];
  private reads = 0;

  constructor(
    private held: StackInstance[],
    private readonly trouble: { conflicts?: string[]; stuck?: string; unreachable?: string } = {},
  ) {}

  async instances() {
    return { items: [...this.held], next: undefined };
  }

  async withdraw(accounts: Withdrawal['accounts'], regions: Withdrawal['regions'], retain: boolean): Promise<string> {
    if (this.reads > 0) throw new Error('the last operation was not waited for');
    const name = this.trouble.conflicts?.pop();
    if (name) throw Object.assign(new Error(name), { name });
    this.withdrawals.push({ accounts, regions, retain });
    this.reads = 2;
    this.held = this.held.flatMap((one) => {
      if (!accounts.includes(one.account) || !regions.includes(one.region)) return [one];
      if (one.account === this.trouble.stuck)
        return [{ ...one, standing: 'failed' as const, reason: 'a bucket is full' }];
      return one.account === this.trouble.unreachable && !retain ? [{ ...one, standing: 'inoperable' as const }] : [];
    });
    return `operation-${this.withdrawals.length}`;
  }

  async operationState() {
    this.reads -= 1;
    return { action: 'DELETE', ended: this.reads <= 0 };
  }
}

const all = Array.from({ length: 120 }, (_, at) => instance(at));

test('withdrawAll waits for each operation, and retries on a conflict', async () => {
  const conflicts = ['OperationInProgressException', 'StaleRequestException', 'InvalidOperationException'];
  const stackSet = new StackSetInMemory(all, { conflicts });
  const pauses: number[] = [];
  const { remaining, leftBehind } = await withdrawAll(stackSet, async (seconds) => void pauses.push(seconds));
  expect(remaining).toEqual([]);
  expect(leftBehind).toEqual([]);
  expect(stackSet.withdrawals.map(({ accounts }) => accounts.length)).toEqual([50, 50, 20]);
  expect(pauses).toHaveLength(3 + 3);
});

test('withdrawAll does not retry on another error', async () => {
  const stackSet = new StackSetInMemory(all, { conflicts: ['AccessDenied'] });
  await expect(withdrawAll(stackSet, async () => {})).rejects.toThrow('AccessDenied');
});

test('withdrawAll removes an account out of reach and keeps its stack, and returns a failed instance with its reason', async () => {
  const stackSet = new StackSetInMemory([instance(1), instance(2), instance(3)], {
    unreachable: account(2),
    stuck: account(3),
  });
  const { remaining, leftBehind } = await withdrawAll(stackSet, async () => {});
  expect(leftBehind.map((one) => one.account)).toEqual([account(2)]);
  expect(remaining).toEqual([{ ...instance(3), standing: 'failed', reason: 'a bucket is full' }]);
  expect(stackSet.withdrawals.filter(({ retain }) => retain).flatMap(({ accounts }) => accounts)).toEqual([account(2)]);
});

test('a missing StackSet has no instances', async () => {
  const missing = Object.assign(new Error('gone'), { name: 'StackSetNotFoundException' });
  const stackSet = new StackSetInMemory([]);
  stackSet.instances = () => Promise.reject(missing);
  expect(await withdrawAll(stackSet, async () => {})).toEqual({ remaining: [], leftBehind: [] });
});
