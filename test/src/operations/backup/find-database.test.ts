import { databaseArn } from '../../../../src/contract/ids';
import {
  type FoundDatabase,
  findDatabase,
  requireSupported,
  unsupportedCode,
} from '../../../../src/operations/backup/find-database';

const database = (name: string, more: Partial<FoundDatabase> & { region?: string } = {}): FoundDatabase => {
  const { region = 'eu-central-1', kind = 'instance', ...rest } = more;
  const type = kind === 'cluster' ? 'cluster' : 'db';
  const engine = kind === 'cluster' ? 'aurora-postgresql' : 'postgres';
  const arn = databaseArn(`arn:aws:rds:${region}:222200001111:${type}:${name}`);
  return { arn, kind, engine, encrypted: true, tagKeys: [], ...rest };
};
const ORDERS = database('orders');
const LEDGER = database('ledger', { kind: 'cluster' });
const MEMBER = database('ledger-1', { engine: 'aurora-postgresql', memberOf: 'ledger' });
const ABROAD = database('orders', { region: 'eu-west-1' });
const STOCK = database('stock', { region: 'eu-west-1' });
const ALL = [ORDERS, LEDGER, MEMBER, STOCK];

test.each([
  ['orders', ORDERS],
  ['ORDERS', ORDERS],
  ['ledger', LEDGER],
  ['stock', STOCK],
  [ORDERS.arn, ORDERS],
  [LEDGER.arn, LEDGER],
])('findDatabase finds %s', (text, found) => expect(findDatabase(text, ALL)).toBe(found));

test('a name in two Regions needs an ARN', () => {
  expect(() => findDatabase('orders', [...ALL, ABROAD])).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(ABROAD.arn) }),
  );
  expect(findDatabase(ABROAD.arn, [...ALL, ABROAD])).toBe(ABROAD);
});

test.each([
  ['ordrs', 'Did you mean orders?'],
  ['oders', 'Did you mean orders?'],
  ['arn:aws:rds:eu-central-1:222200001111:db:order', 'Did you mean orders?'],
  ['stcok', 'Did you mean stock?'],
  ['something-else', 'Give the name or ARN of a database, and use credentials of its account.'],
])('findDatabase does not find %s: %s', (text, remedy) => {
  const refused = expect.objectContaining({ code: 'DATABASE_NOT_FOUND', remedy });
  expect(() => findDatabase(text, ALL)).toThrow(refused);
});

test('an instance of a cluster is backed up with its cluster', () => {
  expect(() => findDatabase('ledger-1', ALL)).toThrow(
    expect.objectContaining({ code: 'DATABASE_NOT_FOUND', remedy: 'Back up ledger.' }),
  );
});

const keys = (count: number) => Array.from({ length: count }, (_, at) => `team:${at}`);

test.each([
  ['an instance', ORDERS, undefined],
  ['an unencrypted instance', { ...ORDERS, encrypted: false }, undefined],
  ['an Aurora cluster', LEDGER, undefined],
  ['an unencrypted cluster', { ...LEDGER, encrypted: false }, 'unencrypted-cluster'],
  ['a Multi-AZ DB cluster', { ...LEDGER, engine: 'postgres' }, 'multi-az-cluster'],
  ['RDS Custom', { ...ORDERS, engine: 'custom-oracle-ee' }, 'rds-custom'],
  ['48 tags', { ...ORDERS, tagKeys: keys(48) }, undefined],
  ['49 tags', { ...ORDERS, tagKeys: keys(49) }, 'too-many-tags'],
  ['48 tags and one of AWS', { ...ORDERS, tagKeys: [...keys(48), 'aws:cloudformation:stack-id'] }, undefined],
])('the verdict on %s: %#', (_, of, verdict) => {
  expect(unsupportedCode(of)).toBe(verdict);
  if (!verdict) return expect(() => requireSupported(of)).not.toThrow();
  const refused = { code: 'UNSUPPORTED', message: expect.stringContaining(verdict), remedy: expect.any(String) };
  expect(() => requireSupported(of)).toThrow(expect.objectContaining(refused));
});
