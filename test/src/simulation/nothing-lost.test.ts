import type { Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { DAY } from '../../../src/contract/durations';
import type { DatabaseSpec, Scenario } from '../../../src/simulation/scenario';
import { play } from '../../../src/simulation/simulate';
import type { Tampering } from '../../../src/simulation/step-runner';
import { VAULT_RETENTION } from '../../../src/simulation/vault-retention';
import { thinned } from './thinned';

const BEGIN = Date.parse('2026-01-01T00:00:00Z');
const HIDDEN_FROM_DAY = 2;

/** Without faults; every copy takes about an hour. */
function calm(): Scenario {
  const scenario = thinned(3, 10, 8);
  const quick = (spec: DatabaseSpec) => ({ ...spec, database: { ...spec.database, copyMinutes: 60 } });
  return { ...scenario, faults: [], databases: scenario.databases.map(quick) };
}

/** import-copies never lists the export copies of data of some days, counted from 0. */
const hiding = (isHidden: (day: number) => boolean): Tampering => {
  const hide = (port: Snapshots): Snapshots => ({
    own: () => port.own(),
    manual: () => port.manual(),
    copy: (order) => port.copy(order),
    share: (snapshot, account) => port.share(snapshot, account),
    tag: (arn, tags) => port.tag(arn, tags),
    remove: (snapshot) => port.remove(snapshot),
    shared: async () => {
      const dayOf = (at: Date | undefined) => Math.floor(((at?.getTime() ?? 0) - BEGIN) / DAY);
      return (await port.shared()).filter(({ takenAt, createdAt }) => !isHidden(dayOf(takenAt ?? createdAt)));
    },
  });
  return { snapshots: (port, step) => (step === 'import-copies' ? hide(port) : port) };
};

test.each([
  ['the vault has no newer data', 'one day', (day: number) => day >= HIDDEN_FROM_DAY, 1, false],
  [
    'the vault has newer data',
    'one day and the daily retention',
    (day: number) => day === HIDDEN_FROM_DAY,
    1 + VAULT_RETENTION.dailyDays,
    true,
  ],
])('a snapshot that is not copied while %s is lost after %s', async (_, _after, isHidden, days, isHistory) => {
  const { violations } = await play(calm(), { tampering: hiding(isHidden), stopAt: 'nothing-lost' });
  const [lost, ...others] = violations;
  expect(others).toEqual([]);
  expect(lost?.invariant).toBe('nothing-lost');
  expect(lost?.what.includes('which is history')).toBe(isHistory);
  // Backups begin between 01:00 and 03:30, and two copies of an hour, at most four times as long, follow.
  const after = (Date.parse(lost?.at ?? '') - BEGIN) / DAY - HIDDEN_FROM_DAY - days;
  expect(after).toBeGreaterThan(2 / 24);
  expect(after).toBeLessThan(14 / 24);
});
