import * as fc from 'fast-check';
import { DEFAULT_LIMITS, nearlyFull } from '../../lambda/_kit/copies';
import { importOrder } from '../../lambda/vault/import-copies/import-order';
import { MINUTES_PER_DAY } from '../../src/contract/durations';
import { TAGS } from '../../src/contract/names';
import { VERDICTS, type VerdictCode } from '../../src/contract/verdicts';
import { holds } from '../support/holds';
import { database, exportKeyOf, IMPORT_KEY, OTHER, Pipeline, SOURCE, VAULT } from '../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const STOCK = database(SOURCE, 'db', 'stock');
const alertsOf = (pipeline: Pipeline, verdict: VerdictCode) =>
  pipeline.fieldsOf('database.not-copied').filter((fields) => fields?.verdict === verdict);
const held = (pipeline: Pipeline) => pipeline.rds.all(VAULT).length;

/** Runs all steps in rounds of `every` minutes. */
async function play(pipeline: Pipeline, minutes: number, every = 10): Promise<void> {
  await pipeline.rounds(Math.ceil(minutes / every), every);
}

// Case 25.
test('a key that RDS may not use has one alert a day with its ARN and the missing permission; others are copied', async () => {
  const pipeline = new Pipeline();
  if (ORDERS.key) pipeline.rds.disabledKeys.add(ORDERS.key);
  pipeline.backUp(ORDERS);
  pipeline.backUp({ ...STOCK, key: exportKeyOf(SOURCE) });
  await play(pipeline, 3 * MINUTES_PER_DAY);
  expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([STOCK.arn]);
  expect(alertsOf(pipeline, 'key-not-accessible')).toHaveLength(3);
  const [alert] = alertsOf(pipeline, 'key-not-accessible');
  expect(alert).toMatchObject({ database: ORDERS.arn, key: ORDERS.key });
  expect(alert?.remedy).toContain('kms:CreateGrant');
  expect(pipeline.rds.calls.get('copy')).toBeLessThan(16);
});

// Case 26.
test('while the export key is disabled, only one database is tried, with one alert a day and no copy', async () => {
  const pipeline = new Pipeline();
  // Admission must not hold any of them up.
  pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 1, maxNewDatabasesPerAccountPerDay: 100 };
  pipeline.rds.disabledKeys.add(exportKeyOf(SOURCE));
  for (let at = 0; at < 30; at += 1) pipeline.backUp(database(SOURCE, at % 2 ? 'db' : 'cluster', `d${at}`));
  await play(pipeline, 2 * MINUTES_PER_DAY);
  expect(pipeline.rds.calls.get('copy')).toBeLessThan(14);
  expect(alertsOf(pipeline, 'checkvalve-key-not-accessible')).toHaveLength(2);
  expect(pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual')).toEqual([]);
  pipeline.rds.disabledKeys.clear();
  await play(pipeline, 2 * MINUTES_PER_DAY);
  expect(pipeline.vaultCopies()).toHaveLength(30);
});

// Case 26.
test('while the import key is disabled, a run makes one try; no tag of a source stops the tries', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.disabledKeys.add(IMPORT_KEY);
  for (let at = 0; at < 10; at += 1) pipeline.backUp(database(SOURCE, 'db', `d${at}`));
  await play(pipeline, 60);
  const before = pipeline.rds.calls.get('copy') ?? 0;
  await pipeline.import();
  expect((pipeline.rds.calls.get('copy') ?? 0) - before).toBeLessThanOrEqual(1);
  expect(alertsOf(pipeline, 'checkvalve-key-not-accessible').length).toBeGreaterThan(0);
  expect(pipeline.rds.all(VAULT)).toEqual([]);
  pipeline.backUp(database(OTHER, 'db', 'orders'));
  pipeline.rds.disabledKeys.clear();
  for (const { arn } of pipeline.rds.all(SOURCE)) {
    await pipeline.rds
      .as(SOURCE)
      .tag(arn, { [TAGS.held]: 'checkvalve-key-not-accessible 9999 2099-01-01T00:00:00.000Z' });
  }
  await play(pipeline, 120);
  expect(pipeline.vaultCopies().map(({ database: of }) => of)).toContain(database(OTHER, 'db', 'orders').arn);
});

// Case 27.
test('for all tags of an export copy, the vault’s order has the import key, and the vault’s name and tags', () => {
  const pipeline = new Pipeline();
  const exportCopy = { ...pipeline.backUp(ORDERS), kmsKeyArn: exportKeyOf(SOURCE) };
  holds(
    fc.property(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...Object.values(TAGS))), fc.string()), (tags) => {
      const throughAccessRoles = new Map([[exportCopy.arn, { ...exportCopy, tags: new Map(Object.entries(tags)) }]]);
      const facts = { throughAccessRoles, copiesOf: new Map(), importKey: IMPORT_KEY, now: pipeline.rds.time };
      const { order } = importOrder({ ...exportCopy, tags: new Map() }, facts);
      expect(order.key).toBe(IMPORT_KEY);
      expect(order.name).toMatch(/^checkvalve-222200001111-orders-[0-9a-f]{16}$/);
      expect(order.tags).toMatchObject({
        [TAGS.role]: 'vault',
        [TAGS.database]: ORDERS.arn,
        [TAGS.exportCopy]: exportCopy.arn,
        [TAGS.importStartedAt]: pipeline.rds.time.toISOString(),
      });
      for (const mark of [TAGS.importedAt, TAGS.failedAt, TAGS.legalHold, TAGS.held])
        expect(order.tags[mark]).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

// Case 31.
test('a full quota has one alert a day, nothing is deleted because of it, and all is copied once it is raised', async () => {
  const pipeline = new Pipeline();
  const full = { kind: 'full', because: 'Cannot create more than 100 manual snapshots' } as const;
  const databases = Array.from({ length: 6 }, (_, at) => database(SOURCE, 'db', `d${at}`));
  for (const of of databases) pipeline.backUp(of);
  for (const { arn } of databases.slice(2)) pipeline.rds.refusals.set(`${VAULT} ${arn}`, full);
  await play(pipeline, 2 * MINUTES_PER_DAY);
  expect(held(pipeline)).toBe(2);
  for (const { arn } of databases.slice(2)) {
    expect(alertsOf(pipeline, 'quota-full').filter((fields) => fields?.database === arn)).toHaveLength(2);
  }
  expect(pipeline.rds.calls.get('copy')).toBeLessThan(6 + 2 + 4 * 13);
  pipeline.rds.refusals.clear();
  await play(pipeline, MINUTES_PER_DAY + 60);
  expect(pipeline.vaultCopies()).toHaveLength(6);
});

// Case 31.
test('from 80 % of the quota on it is reported as nearly full, for instances and clusters each', () => {
  const pipeline = new Pipeline();
  const [db, cluster] = [pipeline.backUp(ORDERS), pipeline.backUp(database(SOURCE, 'cluster', 'ledger'))];
  const some = (one: typeof db, count: number) =>
    Array.from({ length: count }, () => ({ ...one, name: 'own', type: 'manual' }));
  const limits = { ...DEFAULT_LIMITS, manualSnapshotQuota: 10 };
  expect(nearlyFull([...some(db, 7), ...some(cluster, 7), db, db], limits)).toEqual([]);
  // RDS gives AWS Backup's cluster snapshots the type manual.
  const backups = Array.from({ length: 20 }, () => ({ ...cluster, type: 'manual' }));
  expect(nearlyFull(backups, limits)).toEqual([]);
  expect(nearlyFull([...some(db, 7), ...some(cluster, 8)], limits)).toEqual([{ kind: 'cluster', held: 8, quota: 10 }]);
});

// Case 32.
test.each([
  ['the source', SOURCE],
  ['the vault', VAULT],
])('while too many copies are in flight in %s, copies wait without an alert until the deadline', async (_, where) => {
  const pipeline = new Pipeline();
  const wait = { kind: 'wait', because: 'Cannot have more than 20 in-progress snapshot copies' } as const;
  pipeline.rds.refusals.set(`${where} ${ORDERS.arn}`, wait);
  pipeline.backUp(ORDERS);
  await play(pipeline, MINUTES_PER_DAY);
  expect(pipeline.verdicts).toEqual([]);
  pipeline.rds.refusals.clear();
  await play(pipeline, 60);
  expect(pipeline.vaultCopies()).toHaveLength(1);
});

// Case 32.
test('a snapshot that waits beyond the deadline has one alert a day', async () => {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 1,
    maxClusterCopiesInFlight: 1,
    manualSnapshotQuota: 100,
  });
  pipeline.backUp({ ...STOCK, copyMinutes: 4 * MINUTES_PER_DAY });
  pipeline.rds.advance(1);
  pipeline.backUp(ORDERS);
  await play(pipeline, MINUTES_PER_DAY - 60, 30);
  expect(alertsOf(pipeline, 'overdue')).toEqual([]);
  await play(pipeline, 2 * MINUTES_PER_DAY, 30);
  expect(alertsOf(pipeline, 'overdue').map((fields) => fields?.database)).toEqual([ORDERS.arn, ORDERS.arn]);
});

// Case 33.
test('of 60 simultaneous backups, at most 20 instances and 5 clusters are in flight, all are copied, and accounts share the slots fairly', async () => {
  const pipeline = new Pipeline();
  // Admission must not hold any of them up.
  pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 1, maxNewDatabasesPerAccountPerDay: 100 };
  for (let at = 0; at < 48; at += 1) pipeline.backUp(database(SOURCE, 'db', `a${at}`));
  for (let at = 0; at < 6; at += 1) pipeline.backUp(database(OTHER, 'db', `b${at}`));
  for (let at = 0; at < 6; at += 1) pipeline.backUp(database(at % 2 ? SOURCE : OTHER, 'cluster', `c${at}`));
  const inProgress = (account: typeof VAULT, kind: string) =>
    pipeline.rds.all(account).filter((one) => one.kind === kind && one.status === 'creating').length;
  let smallDone = 0;
  for (let run = 1; run <= 40; run += 1) {
    await pipeline.round(12);
    for (const account of [SOURCE, OTHER, VAULT]) {
      expect(inProgress(account, 'instance')).toBeLessThanOrEqual(20);
      expect(inProgress(account, 'cluster')).toBeLessThanOrEqual(5);
    }
    const small = pipeline.vaultCopies().filter(({ database: of }) => /222200002222:db/.test(of)).length;
    if (small === 6 && !smallDone) smallDone = run;
  }
  expect(pipeline.vaultCopies()).toHaveLength(60);
  // The six of the small account are copied in the first wave; the 48 of the other account need three.
  expect(smallDone).toBeLessThanOrEqual(4);
});

test.each<[string, VerdictCode, Parameters<Pipeline['rds']['refusals']['set']>[1]]>([
  // Case 38.
  ['a missing option group', 'option-group-needed', { kind: 'options', because: 'requires [Timezone]' }],
  ['any other refusal', 'copy-refused', { kind: 'refused', because: 'a key that AWS owns' }],
])(
  '%s has an alert with a remedy once a day, is tried with growing delays, and is copied once the cause is removed',
  async (_, code, refusal) => {
    const pipeline = new Pipeline();
    pipeline.rds.refusals.set(`${VAULT} ${ORDERS.arn}`, refusal);
    pipeline.backUp(ORDERS);
    pipeline.backUp(STOCK);
    await play(pipeline, 2 * MINUTES_PER_DAY);
    expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([STOCK.arn]);
    const alerts = alertsOf(pipeline, code);
    expect(alerts.map((fields) => [fields?.database, fields?.remedy])).toEqual(
      Array(2).fill([ORDERS.arn, VERDICTS[code].remedy]),
    );
    expect(pipeline.rds.calls.get('copy')).toBeLessThan(4 + 13);
    pipeline.rds.refusals.clear();
    await play(pipeline, MINUTES_PER_DAY);
    expect(pipeline.vaultCopies()).toHaveLength(2);
  },
);

// Case 39.
// Case 40.
test('the tags of the database are copied to the vault through the access role, and no Checkvalve tag can be forged', async () => {
  const pipeline = new Pipeline();
  const tags = { team: 'shop', 'aws:cloudformation:stack-name': 'orders', [TAGS.legalHold]: 'yes' };
  pipeline.backUp(ORDERS, tags);
  await play(pipeline, 60);
  const [copy] = pipeline.vaultCopies();
  expect(copy?.tags.get('team')).toBe('shop');
  expect(copy?.tags.get('origin:aws:cloudformation:stack-name')).toBe('orders');
  expect([...(copy?.tags.keys() ?? [])].filter((key) => key.startsWith('aws:'))).toEqual([]);
  expect(copy?.tags.has(TAGS.legalHold)).toBe(false);
  expect(copy?.tags.has('encryption_key')).toBe(false);
  expect(await pipeline.rds.as(VAULT).shared()).toMatchObject([{ tags: new Map() }]);
});
