import * as fc from 'fast-check';
import { DEFAULT_LIMITS, nearlyFull } from '../../lambda/_kit/copies';
import { importOrder } from '../../lambda/vault/import-copies/import-order';
import { TAGS } from '../../src/contract/names';
import { VERDICTS, type VerdictCode } from '../../src/contract/verdicts';
import { database, exportKeyOf, IMPORT_KEY, OTHER, Pipeline, SOURCE, VAULT } from '../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const STOCK = database(SOURCE, 'db', 'stock');
const DAY = 24 * 60;
const told = (pipeline: Pipeline, verdict: VerdictCode) =>
  pipeline.logged.filter(({ event, fields }) => event === 'database.not-crossing' && fields?.verdict === verdict);
const held = (pipeline: Pipeline) => pipeline.rds.all(VAULT).length;

/** Runs all, every so many minutes. */
async function play(pipeline: Pipeline, minutes: number, every = 10): Promise<void> {
  for (let at = 0; at < minutes; at += every) await pipeline.round(every);
}

test('25: a key that RDS may not use is told once a day with its name and the missing right; the others go on', async () => {
  const pipeline = new Pipeline();
  if (ORDERS.key) pipeline.rds.disabledKeys.add(ORDERS.key);
  pipeline.backUp(ORDERS);
  pipeline.backUp({ ...STOCK, key: exportKeyOf(SOURCE) });
  await play(pipeline, 3 * DAY);
  expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([STOCK.arn]);
  expect(told(pipeline, 'key-not-accessible')).toHaveLength(3);
  const [alert] = told(pipeline, 'key-not-accessible');
  expect(alert?.fields).toMatchObject({ database: ORDERS.arn, key: ORDERS.key });
  expect(alert?.fields?.remedy).toContain('kms:CreateGrant');
  expect(pipeline.rds.calls.get('copy')).toBeLessThan(16);
});

test('26: while the export key is disabled RDS is asked for one database and not for each, one page a day, nothing made', async () => {
  const pipeline = new Pipeline();
  // Room for all: admission is another matter.
  pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 1, maxNewDatabasesPerAccountPerDay: 100 };
  pipeline.rds.disabledKeys.add(exportKeyOf(SOURCE));
  for (let at = 0; at < 30; at += 1) pipeline.backUp(database(SOURCE, at % 2 ? 'db' : 'cluster', `d${at}`));
  await play(pipeline, 2 * DAY);
  expect(pipeline.rds.calls.get('copy')).toBeLessThan(14);
  expect(told(pipeline, 'checkvalve-key-not-accessible')).toHaveLength(2);
  expect(pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual')).toEqual([]);
  pipeline.rds.disabledKeys.clear();
  await play(pipeline, 2 * DAY);
  expect(pipeline.vaultCopies()).toHaveLength(30);
});

test('26: while the import key is disabled a run asks RDS once; nothing that a source can write makes it stop asking', async () => {
  const pipeline = new Pipeline();
  pipeline.rds.disabledKeys.add(IMPORT_KEY);
  for (let at = 0; at < 10; at += 1) pipeline.backUp(database(SOURCE, 'db', `d${at}`));
  await play(pipeline, 60);
  const before = pipeline.rds.calls.get('copy') ?? 0;
  await pipeline.import();
  expect((pipeline.rds.calls.get('copy') ?? 0) - before).toBeLessThanOrEqual(1);
  expect(told(pipeline, 'checkvalve-key-not-accessible').length).toBeGreaterThan(0);
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

test('27: whatever a source writes on its export copy, the vault’s order has the import key, its own name and marks', () => {
  const pipeline = new Pipeline();
  const seen = { ...pipeline.backUp(ORDERS), kmsKeyArn: exportKeyOf(SOURCE) };
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...Object.values(TAGS))), fc.string()), (tags) => {
      const throughAccessRoles = new Map([[seen.arn, { ...seen, tags: new Map(Object.entries(tags)) }]]);
      const facts = { throughAccessRoles, copiesOf: new Map(), importKey: IMPORT_KEY, now: pipeline.rds.time };
      const { order } = importOrder({ ...seen, tags: new Map() }, facts);
      expect(order.key).toBe(IMPORT_KEY);
      expect(order.name).toMatch(/^checkvalve-222200001111-orders-[0-9a-f]{16}$/);
      expect(order.tags).toMatchObject({
        [TAGS.role]: 'vault',
        [TAGS.database]: ORDERS.arn,
        [TAGS.exportCopy]: seen.arn,
        [TAGS.importedAt]: pipeline.rds.time.toISOString(),
      });
      for (const mark of [TAGS.copiedAt, TAGS.failedAt, TAGS.legalHold, TAGS.held])
        expect(order.tags[mark]).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('31: a full quota is told once a day, nothing is deleted for it, and all arrives when it is lifted', async () => {
  const pipeline = new Pipeline();
  const full = { kind: 'full', because: 'Cannot create more than 100 manual snapshots' } as const;
  const databases = Array.from({ length: 6 }, (_, at) => database(SOURCE, 'db', `d${at}`));
  for (const of of databases) pipeline.backUp(of);
  for (const { arn } of databases.slice(2)) pipeline.rds.refusals.set(`${VAULT} ${arn}`, full);
  await play(pipeline, 2 * DAY);
  expect(held(pipeline)).toBe(2);
  for (const { arn } of databases.slice(2)) {
    expect(told(pipeline, 'quota-full').filter(({ fields }) => fields?.database === arn)).toHaveLength(2);
  }
  expect(pipeline.rds.calls.get('copy')).toBeLessThan(6 + 2 + 4 * 13);
  pipeline.rds.refusals.clear();
  await play(pipeline, DAY + 60);
  expect(pipeline.vaultCopies()).toHaveLength(6);
});

test('31: from eighty percent of the quota on somebody knows, instances and clusters each', () => {
  const pipeline = new Pipeline();
  const [db, cluster] = [pipeline.backUp(ORDERS), pipeline.backUp(database(SOURCE, 'cluster', 'ledger'))];
  const some = (one: typeof db, count: number) =>
    Array.from({ length: count }, () => ({ ...one, name: 'own', type: 'manual' }));
  const limits = { ...DEFAULT_LIMITS, manualSnapshotQuota: 10 };
  expect(nearlyFull([...some(db, 7), ...some(cluster, 7), db, db], limits)).toEqual([]);
  // RDS types AWS Backup's snapshots of clusters as manual.
  const backups = Array.from({ length: 20 }, () => ({ ...cluster, type: 'manual' }));
  expect(nearlyFull(backups, limits)).toEqual([]);
  expect(nearlyFull([...some(db, 7), ...some(cluster, 8)], limits)).toEqual([{ kind: 'cluster', held: 8, quota: 10 }]);
});

test.each([
  ['the source', SOURCE],
  ['the vault', VAULT],
])('32: while too many copies are in flight in %s all waits, without alarm until the deadline', async (_, where) => {
  const pipeline = new Pipeline();
  const wait = { kind: 'wait', because: 'Cannot have more than 20 in-progress snapshot copies' } as const;
  pipeline.rds.refusals.set(`${where} ${ORDERS.arn}`, wait);
  pipeline.backUp(ORDERS);
  await play(pipeline, DAY);
  expect(pipeline.logged.filter(({ event }) => event === 'database.not-crossing')).toEqual([]);
  pipeline.rds.refusals.clear();
  await play(pipeline, 60);
  expect(pipeline.vaultCopies()).toHaveLength(1);
});

test('32: what has waited for its turn beyond the deadline is told, once a day', async () => {
  const pipeline = new Pipeline({
    maxInstanceCopiesInFlight: 1,
    maxClusterCopiesInFlight: 1,
    manualSnapshotQuota: 100,
  });
  pipeline.backUp({ ...STOCK, copyMinutes: 4 * DAY });
  pipeline.rds.advance(1);
  pipeline.backUp(ORDERS);
  await play(pipeline, DAY - 60, 30);
  expect(told(pipeline, 'overdue')).toEqual([]);
  await play(pipeline, 2 * DAY, 30);
  expect(told(pipeline, 'overdue').map(({ fields }) => fields?.database)).toEqual([ORDERS.arn, ORDERS.arn]);
});

test('33: sixty databases end their backups together: never more than twenty and five in flight, all done, fair between accounts', async () => {
  const pipeline = new Pipeline();
  // Room for all: admission is another matter.
  pipeline.admission = { ...pipeline.admission, copiesPerDatabase: 1, maxNewDatabasesPerAccountPerDay: 100 };
  for (let at = 0; at < 48; at += 1) pipeline.backUp(database(SOURCE, 'db', `a${at}`));
  for (let at = 0; at < 6; at += 1) pipeline.backUp(database(OTHER, 'db', `b${at}`));
  for (let at = 0; at < 6; at += 1) pipeline.backUp(database(at % 2 ? SOURCE : OTHER, 'cluster', `c${at}`));
  const flying = (account: typeof VAULT, kind: string) =>
    pipeline.rds.all(account).filter((one) => one.kind === kind && one.status === 'creating').length;
  let smallDone = 0;
  for (let run = 1; run <= 40; run += 1) {
    await pipeline.round(12);
    for (const account of [SOURCE, OTHER, VAULT]) {
      expect(flying(account, 'instance')).toBeLessThanOrEqual(20);
      expect(flying(account, 'cluster')).toBeLessThanOrEqual(5);
    }
    const small = pipeline.vaultCopies().filter(({ database: of }) => /222200002222:db/.test(of)).length;
    if (small === 6 && !smallDone) smallDone = run;
  }
  expect(pipeline.vaultCopies()).toHaveLength(60);
  // The small account's six go in the first wave; its neighbor's 48 take three.
  expect(smallDone).toBeLessThanOrEqual(4);
});

test.each<[string, VerdictCode, Parameters<Pipeline['rds']['refusals']['set']>[1]]>([
  ['38: a missing option group', 'option-group-needed', { kind: 'options', because: 'requires [Timezone]' }],
  ['any other refusal', 'copy-refused', { kind: 'refused', because: 'a key that AWS owns' }],
])(
  '%s is a verdict with a remedy, once a day, asked ever more rarely, and crosses once it is mended',
  async (_, code, refusal) => {
    const pipeline = new Pipeline();
    pipeline.rds.refusals.set(`${VAULT} ${ORDERS.arn}`, refusal);
    pipeline.backUp(ORDERS);
    pipeline.backUp(STOCK);
    await play(pipeline, 2 * DAY);
    expect(pipeline.vaultCopies().map(({ database: of }) => of)).toEqual([STOCK.arn]);
    const alerts = told(pipeline, code);
    expect(alerts.map(({ fields }) => [fields?.database, fields?.remedy])).toEqual(
      Array(2).fill([ORDERS.arn, VERDICTS[code].remedy]),
    );
    expect(pipeline.rds.calls.get('copy')).toBeLessThan(4 + 13);
    pipeline.rds.refusals.clear();
    await play(pipeline, DAY);
    expect(pipeline.vaultCopies()).toHaveLength(2);
  },
);

test('39, 40: the database’s own tags cross to the vault through the access role; none of ours can be forged on the way', async () => {
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
