import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { importOrder } from '../../../../lambda/vault/import-copies/import-order';
import { plan as planCoverage } from '../../../../lambda/vault/report-coverage/plan';
import { databaseArn, type Kind, snapshotArn } from '../../../../src/contract/ids';
import { TAGS } from '../../../../src/contract/names';
import { breachedAlarms } from '../../../../src/rehearsal/checks/breached-alarms';
import { aCopy, aDatabase, factsOf, hoursAgo, NOW, openAccount } from '../../../support/coverage-world';
import { HERE, IMPORT_KEY, OTHER, SOURCE } from '../../../support/pipeline';

const BACKUP = `arn:aws:rds:${HERE}:${SOURCE}:snapshot:awsbackup:job-1`;

/** An export copy of the database `decoy` as RDS describes it, with the tags that the source wrote. */
function shared(kind: Kind, change: Partial<Snapshot> = {}): Snapshot {
  const word = kind === 'cluster' ? ['cluster-snapshot', 'cluster'] : ['snapshot', 'db'];
  return {
    arn: snapshotArn(`arn:aws:rds:${HERE}:${SOURCE}:${word[0]}:checkvalve-decoy-0123456789abcdef`),
    kind,
    name: 'checkvalve-decoy-0123456789abcdef',
    status: 'available',
    type: 'shared',
    database: databaseArn(`arn:aws:rds:${HERE}:${SOURCE}:${word[1]}:decoy`),
    resourceId: 'db-DECOY',
    engine: 'postgres',
    encrypted: true,
    createdAt: hoursAgo(2),
    takenAt: hoursAgo(kind === 'cluster' ? 2 : 400),
    sizeGiB: 20,
    tags: new Map(),
    ...change,
  };
}

function orderOf(
  kind: Kind,
  tags: Readonly<Record<string, string>>,
  seen: Partial<Snapshot> = {},
  owned: Partial<Snapshot> = {},
) {
  const snapshot = shared(kind, seen);
  const exportCopy = { ...snapshot, type: 'manual', tags: new Map(Object.entries(tags)), ...owned };
  const facts = {
    throughAccessRoles: new Map([[snapshot.arn as string, exportCopy]]),
    copiesOf: new Map(),
    importKey: IMPORT_KEY,
    now: NOW,
  };
  const { order } = importOrder(snapshot, facts);
  return {
    id: order.tags[TAGS.resourceId],
    time: order.tags[TAGS.sourceTime],
    of: order.tags[TAGS.snapshot],
    disputed: order.tags['checkvalve:disputed'],
  };
}

const fresh = NOW.toISOString();

test.each<[string, Parameters<typeof orderOf>, ReturnType<typeof orderOf>]>([
  [
    'what RDS says stands, where the source says the same',
    [
      'instance',
      { [TAGS.resourceId]: 'db-DECOY', [TAGS.sourceTime]: hoursAgo(400).toISOString(), [TAGS.snapshot]: BACKUP },
    ],
    { id: 'db-DECOY', time: hoursAgo(400).toISOString(), of: BACKUP, disputed: undefined },
  ],
  [
    'the id of another database and a fresh time: filed under what RDS says, and disputed',
    ['instance', { [TAGS.resourceId]: 'db-ORDERS', [TAGS.sourceTime]: fresh }],
    { id: 'db-DECOY', time: hoursAgo(400).toISOString(), of: undefined, disputed: 'resource-id source-time' },
  ],
  [
    'no tags: RDS knows the id, and the time of an instance',
    ['instance', {}],
    { id: 'db-DECOY', time: hoursAgo(400).toISOString(), of: undefined, disputed: undefined },
  ],
  [
    'a cluster: its data is no later than the export copy; how much earlier the source alone says',
    ['cluster', { [TAGS.sourceTime]: hoursAgo(5).toISOString() }],
    { id: 'db-DECOY', time: hoursAgo(5).toISOString(), of: undefined, disputed: undefined },
  ],
  [
    'a cluster with a time after its export copy',
    ['cluster', { [TAGS.sourceTime]: fresh }],
    { id: 'db-DECOY', time: hoursAgo(2).toISOString(), of: undefined, disputed: 'source-time' },
  ],
  [
    'RDS leaves the id out for a guest: what RDS says through the access role stands',
    ['instance', { [TAGS.resourceId]: 'db-ORDERS' }, { resourceId: undefined }, { resourceId: 'db-DECOY' }],
    { id: 'db-DECOY', time: hoursAgo(400).toISOString(), of: undefined, disputed: 'resource-id' },
  ],
  [
    'RDS says it nowhere: the ARN counts, and the tag of the source does not',
    ['instance', { [TAGS.resourceId]: 'db-ORDERS' }, { resourceId: undefined }, { resourceId: undefined }],
    { id: undefined, time: hoursAgo(400).toISOString(), of: undefined, disputed: undefined },
  ],
  [
    'a snapshot of another account is none of this one',
    ['instance', { [TAGS.snapshot]: BACKUP.replace(SOURCE, OTHER) }],
    { id: 'db-DECOY', time: hoursAgo(400).toISOString(), of: undefined, disputed: 'snapshot' },
  ],
])('%s', (_, given, expected) => expect(orderOf(...given)).toEqual(expected));

test('a copy of a decoy does not make another database protected, and the dispute raises an alarm and is in the message', () => {
  const orders = aDatabase('orders', { resourceId: 'db-ORDERS' });
  const decoy = aDatabase('decoy', { resourceId: 'db-DECOY' });
  const snapshot = shared('instance', { takenAt: hoursAgo(3) });
  const tags = new Map([
    [TAGS.role, 'export'],
    [TAGS.resourceId, 'db-ORDERS'],
    [TAGS.sourceTime, hoursAgo(3).toISOString()],
  ] as const);
  const { order } = importOrder(snapshot, {
    throughAccessRoles: new Map([[snapshot.arn as string, { ...snapshot, tags }]]),
    copiesOf: new Map(),
    importKey: IMPORT_KEY,
    now: hoursAgo(1),
  });
  const copy = aCopy(decoy, 3, { name: order.name, tags: new Map(Object.entries(order.tags)) });
  const { evidence, measures } = planCoverage(factsOf([openAccount({ databases: [orders, decoy] })], [copy]));
  expect(evidence.databases.map(({ database, status }) => `${database.split(':').at(-1)} ${status}`)).toEqual([
    'orders never',
    'decoy protected',
  ]);
  expect(breachedAlarms([{ step: 'report-coverage', values: measures }])).toContain('copy-tags-disputed');
});
