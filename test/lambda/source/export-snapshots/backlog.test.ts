import { DEFAULT_LIMITS } from '../../../../lambda/_kit/copies';
import { plan } from '../../../../lambda/source/export-snapshots/plan';
import { TAGS } from '../../../../src/contract/names';
import { DATABASE_TAG, database, exportKeyOf, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const FACTS = {
  exportKey: exportKeyOf(SOURCE),
  vaultAccount: VAULT,
  databaseTag: DATABASE_TAG,
  limits: DEFAULT_LIMITS,
  reported: new Set<string>(),
  memory: new Map(),
};

/** A snapshot of each day; those of some days are in the vault, and export copies of others wait for it. */
function exported(days: number, { taken, waiting = [] }: { taken: readonly number[]; waiting?: readonly number[] }) {
  const pipeline = new Pipeline();
  for (let day = 0; day < days; day += 1) {
    const { arn } = pipeline.backUp(ORDERS);
    if (taken.includes(day)) pipeline.rds.change(arn, { tags: new Map([[TAGS.importedAt, 'a']]) });
    pipeline.rds.advance(1440);
  }
  const sources = pipeline.rds.all(SOURCE);
  const copies = waiting.flatMap((day) => {
    const source = sources[day];
    if (!source) return [];
    const tags = { [TAGS.role]: 'export', [TAGS.snapshot]: source.arn, [TAGS.sharedAt]: 'a' };
    const sourceTime = { [TAGS.sourceTime]: source.takenAt?.toISOString() ?? '' };
    const copy = { name: `checkvalve-orders-${day}`, arn: source.arn.replace('awsbackup:', 'checkvalve-') as never };
    return [{ ...source, ...copy, type: 'manual', tags: new Map(Object.entries({ ...tags, ...sourceTime })) }];
  });
  const { actions, passed } = plan({ ...FACTS, snapshots: [...sources, ...copies], now: pipeline.rds.time });
  const dayOf = (arn: string) => sources.findIndex((one) => one.arn === arn);
  return {
    copied: actions.flatMap((action) => (action.do === 'copy' ? [dayOf(action.snapshot.arn)] : [])),
    waits: passed.map(({ snapshot, because }) => `${dayOf(snapshot.arn)}: ${because}`),
  };
}

test.each<[what: string, days: number, facts: Parameters<typeof exported>[1], copied: readonly number[]]>([
  ['the vault has none: the oldest', 5, { taken: [] }, [0]],
  ['the vault has one of two days ago: the oldest', 4, { taken: [2] }, [3]],
  ['the vault has one of three days ago: the newest', 5, { taken: [1] }, [4]],
  ['the vault has the newest: the oldest of the others', 4, { taken: [3] }, [0]],
  ['the same, and one of the others waits for the vault: none', 4, { taken: [3], waiting: [0] }, []],
  ['one older than what the vault has waits, and a newer one is there', 5, { taken: [3], waiting: [0] }, [4]],
])('of a backlog is exported first: %s', (_, days, facts, copied) => {
  expect(exported(days, facts).copied).toEqual(copied);
});

test('what waits since an older copy waits for the vault alerts no operator', () => {
  const { waits } = exported(4, { taken: [3], waiting: [0] });
  const because = 'older-copy-waiting-for-vault';
  expect(waits.slice(-2)).toEqual([`1: ${because}`, `2: ${because}`]);
});
