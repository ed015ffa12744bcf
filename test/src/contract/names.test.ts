import * as fc from 'fast-check';
import { snapshotArn } from '../../../src/contract/ids';
import { attemptOf, exportCopyName, vaultCopyName } from '../../../src/contract/names';

const arn = (account: string, name: string, type = 'snapshot') =>
  snapshotArn(`arn:aws:rds:eu-central-1:${account}:${type}:${name}`);
const JOB = 'awsbackup:job-5f0c1d2e-77aa-4b31-9d10-3c2b1a0f9e8d';
/** What RDS takes as the name of a snapshot, and the shorter of its two limits. */
const LEGAL = /^[A-Za-z](-?[A-Za-z0-9])*$/;

const anyName = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom('', '-', '--', 'ä', 'a'.repeat(63), 'a-'.repeat(31)),
);
const anyAccount = fc.integer({ min: 0, max: 999_999_999_999 }).map((id) => String(id).padStart(12, '0'));
const anyJob = fc.uuid().map((uuid) => `awsbackup:job-${uuid}`);

test('any name of any database becomes a legal name, of 63 characters at the most', () => {
  fc.assert(
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
  const names = new Set<string>();
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(anyAccount, anyJob), { minLength: 2, maxLength: 20, selector: (pair) => pair.join() }),
      (pairs) => {
        const made = pairs.flatMap(([account, job]) =>
          [1, 2].map((attempt) => vaultCopyName('orders', arn(account, job), attempt)),
        );
        for (const name of made) names.add(name);
        expect(new Set(made).size).toBe(made.length);
      },
    ),
  );
  expect(names.size).toBeGreaterThan(100);
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

test('databases of one name in two accounts do not meet in the vault', () => {
  expect(vaultCopyName('orders', arn('222200001111', JOB))).not.toBe(vaultCopyName('orders', arn('222200002222', JOB)));
});
