import fc from 'fast-check';
import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import { maxExitsPerDay, plan } from '../../../../lambda/vault/follow-sources/plan';
import { accountId } from '../../../../src/contract/ids';
import { holds } from '../../../support/holds';
import { enrolled, HERE } from '../../../support/pipeline';

const HOUR = 3_600_000;
const BEGIN = Date.parse('2026-03-01T12:00:00Z');
/** Hours between two runs of the step. */
const RUN_EVERY = 6;
/** An account that is added at the first run has been followed for less than four weeks at the last one. */
const MAX_RUNS = (27 * 24) / RUN_EVERY;
const account = (at: number) => accountId(`2222${String(10_000_000 + at)}`);

/** What management writes before a run: accounts that it adds, and the first and the last of those that it ends or brings back. */
interface Writes {
  readonly added: number;
  readonly state: 'enrolled' | 'left';
  readonly from: number;
  readonly to: number;
}

const writes: fc.Arbitrary<Writes> = fc.record({
  added: fc.integer({ min: 0, max: 12 }),
  state: fc.constantFrom('enrolled' as const, 'left' as const),
  from: fc.nat({ max: 40 }),
  to: fc.nat({ max: 120 }),
});

/** Plays a registry that management writes, and returns when each exit was. */
function exitsOf(old: number, history: readonly Writes[]): readonly number[] {
  const registry = Array.from({ length: old }, (_, at): RegistryEntry => enrolled(account(at)));
  const held = new Map(registry.map((entry) => [entry.account, entry]));
  const exits: number[] = [];
  for (const [run, { added, state, from, to }] of history.entries()) {
    const now = new Date(BEGIN + run * RUN_EVERY * HOUR);
    for (let at = 0; at < added; at += 1) registry.push(enrolled(account(registry.length)));
    for (const [at, entry] of registry.entries()) if (at >= from && at < to) registry[at] = { ...entry, state };
    const facts = { registry, accepted: [...held.values()], maxNewAccountsPerDay: 50, region: HERE, now };
    for (const action of plan(facts).actions) {
      if (action.do === 'subscribe') continue;
      const isExit = action.entry.state === 'left' && held.get(action.entry.account)?.state !== 'left';
      if (isExit) exits.push(now.getTime());
      held.set(action.entry.account, action.entry);
    }
  }
  return exits;
}

const maxPerDay = (exits: readonly number[]): number =>
  Math.max(0, ...exits.map((at) => exits.filter((other) => other <= at && at - other < 24 * HOUR).length));

test('whatever management adds, ends and brings back within four weeks, no more accounts leave in a day than without it', () => {
  let reached = 0;
  holds(
    fc.property(fc.integer({ min: 0, max: 70 }), fc.array(writes, { maxLength: MAX_RUNS }), (old, history) => {
      const most = maxPerDay(exitsOf(old, history));
      if (most > 1) reached += 1;
      expect(most).toBeLessThanOrEqual(maxExitsPerDay(old));
    }),
    { numRuns: 200 },
  );
  // Else the property would hold of histories in which nothing ends.
  expect(reached).toBeGreaterThan(0);
});

test.each([
  [6, 3],
  [20, 5],
])('of %i accounts %i end in a day, also after management has added forty', (old, max) => {
  const end: Writes = { added: 0, state: 'left', from: 0, to: 120 };
  const flood: Writes = { ...end, added: 40, to: 0 };
  const exits = exitsOf(old, [flood, ...Array.from({ length: 30 }, () => end)]);
  expect(maxPerDay(exits)).toBe(max);
});
