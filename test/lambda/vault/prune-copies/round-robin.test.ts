import * as fc from 'fast-check';
import { roundRobin } from '../../../../lambda/_kit/round-robin';
import { holds } from '../../../support/holds';
import { planPruning } from '../../../support/plan-pruning';
import { daily, daysAgo, NOW, vaultCopy } from '../../../support/vault-copies';

test('an account waits for at most as many of each other account as go of its own', () => {
  const items = fc.array(fc.record({ account: fc.constantFrom('a', 'b', 'c', 'd'), id: fc.nat() }), { maxLength: 60 });
  holds(
    fc.property(items, fc.nat(70), (all, max) => {
      const taken = roundRobin(all, ({ account }) => account, max);
      expect(taken.size).toBe(Math.min(max, all.length));
      const count = (account: string) => [...taken].filter((one) => one.account === account).length;
      for (const left of all.filter((one) => !taken.has(one))) {
        for (const other of 'abcd') expect(count(other)).toBeLessThanOrEqual(count(left.account) + 1);
      }
    }),
  );
});

test('failed imports use up no deletion of good copies: 36 failed ones of one account, a cap of 30, and 10 good ones due', () => {
  const failed = Array.from({ length: 36 }, (_, at) =>
    vaultCopy(daysAgo(1), {
      backup: `f${at}`,
      status: 'failed',
      database: 'arn:aws:rds:eu-central-1:222200002222:db:x',
    }),
  );
  const good = Array.from({ length: 11 }, (_, at) => vaultCopy(daysAgo(40 + at)));
  const facts = { own: [...failed, ...good], shared: new Set<string>(), now: NOW };
  const retention = daily(35, { maxDeletionsPerRun: 30, maxFailedDeletionsPerRun: 20 });
  const { actions } = planPruning({ ...facts, retention });
  const counted = (because: string) => actions.filter((action) => action.because === because).length;
  expect([counted('past-term'), counted('failed-import')]).toEqual([10, 20]);
});

test('one account with many copies that are due cannot keep those of another from going', () => {
  const copies = (account: string, count: number, days: number) =>
    Array.from({ length: count }, (_, at) =>
      vaultCopy(daysAgo(days + at), { database: `arn:aws:rds:eu-central-1:${account}:db:orders` }),
    );
  const own = [...copies('222200001111', 200, 400), ...copies('222200002222', 6, 36)];
  const facts = { own, shared: new Set<string>(), now: NOW, retention: daily(35, { maxDeletionsPerRun: 10 }) };
  const ofOther = planPruning(facts).actions.filter(({ database }) => database.includes('222200002222'));
  expect(ofOther).toHaveLength(5);
});
