import type { Snapshot, SnapshotSearch, Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { HOUR } from '../../../src/contract/durations';
import { TAGS } from '../../../src/contract/names';
import type { DatabaseSpec, Scenario } from '../../../src/simulation/scenario';
import { play } from '../../../src/simulation/simulate';
import type { Tampering } from '../../../src/simulation/step-runner';
import { VAULT_RETENTION } from '../../../src/simulation/vault-retention';
import { thinned } from './thinned';

const BEGIN = Date.parse('2026-01-01T00:00:00Z');

/** Without faults; a copy takes some minutes. */
function calm(): Scenario {
  const scenario = thinned(3, 10, 8);
  const quick = (spec: DatabaseSpec) => ({ ...spec, database: { ...spec.database, copyMinutes: 5 } });
  return { ...scenario, faults: [], databases: scenario.databases.map(quick) };
}

/** import-copies never lists the export copies of data of some hours, counted from the beginning. */
const hiding = (isHidden: (hour: number) => boolean): Tampering => {
  const hourOf = (at: Date | undefined) => ((at?.getTime() ?? 0) - BEGIN) / HOUR;
  const isShown = ({ name, takenAt, createdAt, tags }: Snapshot): boolean =>
    tags.get(TAGS.role) === 'vault' || !name.startsWith('checkvalve-') || !isHidden(hourOf(takenAt ?? createdAt));
  const hide = (port: Snapshots & Partial<SnapshotSearch>): Snapshots & SnapshotSearch => ({
    own: () => port.own(),
    manual: () => port.manual(),
    copy: (order) => port.copy(order),
    share: (snapshot, account) => port.share(snapshot, account),
    tag: (arn, tags) => port.tag(arn, tags),
    remove: (snapshot) => port.remove(snapshot),
    shared: async () => (await port.shared()).filter(isShown),
    find: async (kind, names) => ((await port.find?.(kind, names)) ?? []).filter(isShown),
    withBackups: async (kind) => ((await port.withBackups?.(kind)) ?? []).filter(isShown),
    ofKind: async (kind) => ((await port.ofKind?.(kind)) ?? []).filter(isShown),
  });
  return { snapshots: (port, step) => (step === 'import-copies' ? hide(port) : port) };
};

// Daily backups begin between 01:00 and 03:30; on the first day monthly ones follow, between 05:00 and 07:30.
test.each([
  ['the vault has no newer data', 'one day', (hour: number) => hour >= 48, 48 + 24],
  [
    'the vault has newer data',
    'one day and the daily retention',
    (hour: number) => hour < 4,
    24 + VAULT_RETENTION.dailyDays * 24,
  ],
])('a snapshot that is not copied while %s is lost after %s', async (condition, _, isHidden, earliest) => {
  const { violations } = await play(calm(), { tampering: hiding(isHidden), stopAt: 'nothing-lost' });
  const [lost] = violations;
  expect([...new Set(violations.map(({ invariant }) => invariant))]).toEqual(['nothing-lost']);
  const isHistory = condition === 'the vault has newer data';
  for (const { what } of violations) expect(what.includes('which is history')).toBe(isHistory);
  const hour = (Date.parse(lost?.at ?? '') - BEGIN) / HOUR - earliest;
  expect(hour).toBeGreaterThan(1);
  expect(hour).toBeLessThan(5);
});
