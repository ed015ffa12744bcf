import * as fc from 'fast-check';
import { snapshotArn } from '../../../src/contract/ids';
import { attemptOf, exportCopyName, optionGroupName, vaultCopyName } from '../../../src/contract/names';
import { holds } from '../../support/holds';

const arn = (account: string, name: string, type = 'snapshot') =>
  snapshotArn(`arn:aws:rds:eu-central-1:${account}:${type}:${name}`);
const JOB = 'awsbackup:job-5f0c1d2e-77aa-4b31-9d10-3c2b1a0f9e8d';
/** The name of a snapshot as RDS allows it, with the smaller of its two limits. */
const LEGAL = /^[A-Za-z](-?[A-Za-z0-9])*$/;

const anyName = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom('', '-', '--', 'ä', 'a'.repeat(63), 'a-'.repeat(31)),
);
const anyAccount = fc.integer({ min: 0, max: 999_999_999_999 }).map((id) => String(id).padStart(12, '0'));
const anyJob = fc.uuid().map((uuid) => `awsbackup:job-${uuid}`);

test('any name of a database becomes a valid name of at most 63 characters', () => {
  holds(
    fc.property(anyName, anyAccount, anyJob, fc.integer({ min: 1, max: 99 }), (database, account, job, attempt) => {
      for (const make of [exportCopyName, vaultCopyName]) {
        const name = make(database, arn(account, job), attempt);
        expect(name).toMatch(LEGAL);
        expect(name.length).toBeLessThanOrEqual(63);
        expect(attemptOf(name)).toBe(attempt);
        expect(make(database, arn(account, job), attempt)).toBe(name);
      }
    }),
  );
});

test('different snapshots get different names, and so do attempts', () => {
  const snapshots = fc.uniqueArray(
    fc.record({ account: anyAccount, job: anyJob, type: fc.constantFrom('snapshot', 'cluster-snapshot') }),
    { minLength: 2, maxLength: 20, selector: ({ account, job, type }) => `${account} ${type} ${job}` },
  );
  holds(
    fc.property(snapshots, anyName, (all, database) => {
      for (const make of [exportCopyName, vaultCopyName]) {
        const made = all.flatMap(({ account, job, type }) =>
          [1, 2].map((attempt) => make(database, arn(account, job, type), attempt)),
        );
        expect(new Set(made).size).toBe(made.length);
      }
    }),
  );
});

// Also one job in two accounts, two Regions, or as two kinds: the name depends on the whole ARN.
test.each([
  ['arn:aws:rds:eu-central-1:222200002222:snapshot:awsbackup:job-1'],
  ['arn:aws:rds:eu-west-1:222200001111:snapshot:awsbackup:job-1'],
  ['arn:aws:rds:eu-central-1:222200001111:cluster-snapshot:awsbackup:job-1'],
  ['arn:aws:rds:eu-central-1:222200001111:snapshot:awsbackup:job-10'],
])('%s has a name of its own', (text) => {
  const other = snapshotArn('arn:aws:rds:eu-central-1:222200001111:snapshot:awsbackup:job-1');
  for (const make of [exportCopyName, vaultCopyName]) {
    expect(make('orders', snapshotArn(text))).not.toBe(make('orders', other));
  }
});

test('a cluster whose name has 60 characters keeps a readable part of it', () => {
  const name = exportCopyName(
    'payments-ledger-primary-eu-central-production-team-blue-0001',
    arn('222200001111', JOB, 'cluster-snapshot'),
  );
  expect(name).toMatch(LEGAL);
  expect(name).toContain('payments-ledger');
  expect(name.length).toBeLessThanOrEqual(63);
});

test('the name is deterministic: another run, or a newer version, finds the copies of this one', () => {
  const snapshot = arn('222200001111', JOB);
  expect(exportCopyName('orders', snapshot)).toBe('checkvalve-orders-a2a1f41c04e003b5');
  expect(vaultCopyName('orders', snapshot)).toBe('checkvalve-222200001111-orders-a2a1f41c04e003b5');
  expect(vaultCopyName('orders', snapshot, 2)).toBe('checkvalve-222200001111-orders-a2a1f41c04e003b5-2');
});

test('databases of one name in two accounts have different names in the vault', () => {
  expect(vaultCopyName('orders', arn('222200001111', JOB))).not.toBe(vaultCopyName('orders', arn('222200002222', JOB)));
});

const SIXTY = 'payments-ledger-primary-eu-central-production-team-blue-0001';

// Case 4.
test('copies of a cluster of sixty characters have valid, deterministic names of at most 63, one for each snapshot', () => {
  const of = (job: string) =>
    snapshotArn(`arn:aws:rds:eu-central-1:222200001111:cluster-snapshot:awsbackup:job-${job}`);
  const names = ['1', '2'].flatMap((job) => [exportCopyName(SIXTY, of(job)), vaultCopyName(SIXTY, of(job))]);
  for (const name of names) expect(name).toMatch(/^(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*$/);
  expect(new Set(names).size).toBe(4);
  expect(exportCopyName(SIXTY, of('1'))).toBe(names[0]);
});

// Case 38.
test.each([
  ['oracle-ee', '19.0.0.0.ru-2026-01.rur-2026-01.r1', 'checkvalve-oracle-ee-19'],
  ['oracle-se2-cdb', '21.0.0.0.ru-2026-01.rur-2026-01.r1', 'checkvalve-oracle-se2-cdb-21'],
  ['oracle-ee', undefined, undefined],
  ['sqlserver-ee', '15.00.4073.23.v1', undefined],
  ['postgres', '16.4', undefined],
])('the option group of the vault for %s %s is %s', (engine, version, name) => {
  expect(optionGroupName(engine, version)).toBe(name);
});
