import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { importOrder } from '../../../../lambda/vault/import-copies/import-order';
import { TAGS } from '../../../../src/contract/names';
import { copyOf, exportCopy, hoursAgo, NOW, type SharedFacts } from '../../../support/import-world';
import { IMPORT_KEY, SOURCE } from '../../../support/pipeline';

const BACKUP = `arn:aws:rds:eu-central-1:${SOURCE}:snapshot:awsbackup:job-1`;

/** The order for an export copy. `shared`: what RDS says otherwise to the vault than to the account; none: not shown. */
function order(
  facts: SharedFacts = {},
  shared: Partial<Snapshot> = {},
  isShown = true,
  failed: readonly number[] = [],
) {
  const copy = exportCopy(facts);
  const snapshot = { ...copy, type: 'shared', tags: new Map(), ...shared };
  return importOrder(snapshot, {
    throughAccessRoles: new Map(isShown ? [[copy.arn as string, copy]] : []),
    copiesOf: new Map([[copy.arn as string, failed.map((attempt) => copyOf(copy, { status: 'failed' }, {}, attempt))]]),
    importKey: IMPORT_KEY,
    now: NOW,
  });
}

test('the order: from the export copy, under the import key, with the tags of the vault and of the database', () => {
  const tags = { [TAGS.plan]: 'daily', [TAGS.snapshot]: BACKUP, [TAGS.legalHold]: 'x', team: 'blue' };
  const made = order({ tags, change: { resourceId: 'db-ORDERS', engine: 'oracle-ee', engineVersion: '19.0.0' } });
  expect(made.exportCopy).toEqual(exportCopy({ tags, change: made.exportCopy }));
  expect(made.dropped).toEqual([]);
  expect(made.order).toEqual({
    source: exportCopy().arn,
    kind: 'instance',
    name: copyOf(exportCopy()).name,
    key: IMPORT_KEY,
    optionGroup: 'checkvalve-oracle-ee-19',
    tags: {
      [TAGS.role]: 'vault',
      [TAGS.database]: exportCopy().database,
      [TAGS.exportCopy]: exportCopy().arn,
      [TAGS.importStartedAt]: NOW.toISOString(),
      [TAGS.sourceTime]: hoursAgo(3).toISOString(),
      [TAGS.plan]: 'daily',
      [TAGS.snapshot]: BACKUP,
      [TAGS.resourceId]: 'db-ORDERS',
      team: 'blue',
    },
  });
});

test('what the source did not say is no tag; without a view of the account, RDS’s word alone is left', () => {
  const bare = {
    [TAGS.role]: 'vault',
    [TAGS.database]: exportCopy().database,
    [TAGS.exportCopy]: exportCopy().arn,
    [TAGS.importStartedAt]: NOW.toISOString(),
    [TAGS.sourceTime]: hoursAgo(3).toISOString(),
  };
  expect(order().order.tags).toStrictEqual(bare);
  const unseen = order({ tags: { team: 'blue', [TAGS.plan]: 'daily' } }, {}, false);
  expect(unseen.order.tags).toEqual(bare);
  expect(unseen.exportCopy).toMatchObject({ arn: exportCopy().arn, type: 'shared' });
});

test.each([
  [[], ''],
  [[1], '-2'],
  [[1, 2], '-3'],
  [[2, 1], '-3'],
])('after the failed attempts %j the name ends in %j', (failed, end) => {
  expect(order({}, {}, true, failed).order.name).toBe(`${copyOf(exportCopy()).name}${end}`);
});

const said = (at: Date) => ({ [TAGS.sourceTime]: at.toISOString() });
const secondsAfter = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000);

test.each<[what: string, made: ReturnType<typeof order>, time: Date | undefined, disputed: string | undefined]>([
  ['an instance: RDS’s time', order(), hoursAgo(3), undefined],
  [
    'the earlier of what RDS says to the vault and to the account',
    order({}, { takenAt: hoursAgo(5) }),
    hoursAgo(5),
    undefined,
  ],
  [
    'the same the other way around',
    order({ change: { takenAt: hoursAgo(5) } }, { takenAt: hoursAgo(3) }),
    hoursAgo(5),
    undefined,
  ],
  ['an earlier time of the source', order({ tags: said(hoursAgo(9)) }), hoursAgo(9), undefined],
  ['a later time of the source', order({ tags: said(hoursAgo(1)) }), hoursAgo(3), 'source-time'],
  ['a minute later: the clocks differ', order({ tags: said(secondsAfter(hoursAgo(3), 60)) }), hoursAgo(3), undefined],
  ['more than a minute later', order({ tags: said(secondsAfter(hoursAgo(3), 61)) }), hoursAgo(3), 'source-time'],
  ['a time of the source that cannot be read', order({ tags: { [TAGS.sourceTime]: 'x' } }), hoursAgo(3), undefined],
  [
    'RDS says none: the source’s',
    order({ change: { takenAt: undefined }, tags: said(hoursAgo(4)) }),
    hoursAgo(4),
    undefined,
  ],
  ['RDS says it to the account alone', order({}, { takenAt: undefined }), hoursAgo(3), undefined],
  ['neither says one', order({ change: { takenAt: undefined } }), undefined, undefined],
  ['a cluster of which the source says nothing', order({ kind: 'cluster' }), undefined, undefined],
  ['a cluster: the source’s time', order({ kind: 'cluster', tags: said(hoursAgo(4)) }), hoursAgo(4), undefined],
  ['a cluster: never after RDS’s', order({ kind: 'cluster', tags: said(hoursAgo(1)) }), hoursAgo(3), 'source-time'],
])('when the data was taken: %s', (_, made, time, disputed) => {
  expect(made.order.tags[TAGS.sourceTime]).toBe(time?.toISOString());
  expect(made.order.tags[TAGS.disputed]).toBe(disputed);
});

test.each<[what: string, tags: SharedFacts['tags'], snapshot: string | undefined, disputed: string | undefined]>([
  ['a snapshot of its account', { [TAGS.snapshot]: BACKUP }, BACKUP, undefined],
  ['of another account', { [TAGS.snapshot]: BACKUP.replace(SOURCE, '222200002222') }, undefined, 'snapshot'],
  ['no snapshot', { [TAGS.snapshot]: exportCopy().database }, undefined, 'snapshot'],
  ['no ARN', { [TAGS.snapshot]: 'job-1' }, undefined, 'snapshot'],
  ['the id that RDS says', { [TAGS.resourceId]: 'db-A' }, undefined, undefined],
  ['another id', { [TAGS.resourceId]: 'db-B' }, undefined, 'resource-id'],
  [
    'all of it otherwise than RDS',
    { [TAGS.resourceId]: 'db-B', [TAGS.snapshot]: 'x', ...said(NOW) },
    undefined,
    'resource-id source-time snapshot',
  ],
])('the source names %s', (_, tags, snapshot, disputed) => {
  const { order: made } = order({ tags, change: { resourceId: 'db-A' } });
  expect(made.tags[TAGS.snapshot]).toBe(snapshot);
  expect(made.tags[TAGS.disputed]).toBe(disputed);
  expect(made.tags[TAGS.resourceId]).toBe('db-A');
});

test.each<
  [
    what: string,
    seen: string | undefined,
    shown: string | undefined,
    id: string | undefined,
    disputed: string | undefined,
  ]
>([
  ['to the vault', 'db-A', undefined, 'db-A', 'resource-id'],
  ['to the account', undefined, 'db-A', 'db-A', 'resource-id'],
  ['to both, otherwise', 'db-A', 'db-B', 'db-A', 'resource-id'],
  ['to neither', undefined, undefined, undefined, undefined],
])('the id of the database that RDS says %s counts, and not the source’s', (_, seen, shown, id, disputed) => {
  const facts = { tags: { [TAGS.resourceId]: 'db-X' }, ...(shown !== undefined && { change: { resourceId: shown } }) };
  const { tags } = order(facts, { resourceId: seen }).order;
  expect([tags[TAGS.resourceId], tags[TAGS.disputed]]).toEqual([id, disputed]);
});
