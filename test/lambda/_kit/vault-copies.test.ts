import type { Snapshot } from '../../../lambda/_kit/ports/snapshots';
import {
  dataTime,
  historyOf,
  importTime,
  isVaultCopy,
  nameMatchesTags,
  originOf,
} from '../../../lambda/_kit/vault-copies';
import { snapshotArn } from '../../../src/contract/ids';
import { TAGS, vaultCopyName } from '../../../src/contract/names';
import { NOW, ORDERS, vaultCopy } from '../../support/vault-copies';

const EXPORT_COPY = snapshotArn('arn:aws:rds:eu-central-1:222200005555:snapshot:checkvalve-orders-1');

test.each([
  ['says what its tags say', vaultCopy(NOW), true],
  ['says another name', vaultCopy(NOW, { name: 'checkvalve-decoy-0011223344556677' }), false],
  ['says another kind', vaultCopy(NOW, { tags: { [TAGS.database]: ORDERS.replace(':db:', ':cluster:') } }), false],
  [
    'is of an export copy of another account',
    vaultCopy(NOW, { name: vaultCopyName('orders', EXPORT_COPY, 1), tags: { [TAGS.exportCopy]: EXPORT_COPY } }),
    false,
  ],
  ['has a tag of its export copy that is no ARN', vaultCopy(NOW, { tags: { [TAGS.exportCopy]: 'orders' } }), false],
  ['has a tag of its database that is no ARN', vaultCopy(NOW, { tags: { [TAGS.database]: 'orders' } }), false],
  ['has no tag of its export copy', vaultCopy(NOW, { tags: { [TAGS.exportCopy]: undefined } }), false],
  ['has no tag of its database', vaultCopy(NOW, { tags: { [TAGS.database]: undefined } }), false],
])('a vault copy that %s: true to its name is %#', (_, copy, expected) => {
  expect(nameMatchesTags(copy)).toBe(expected);
});

const HOUR = 3_600_000;
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);
/** A copy that was imported so many hours ago, with the word of its source. */
const said = (imported: number, word: string | undefined, change: Partial<Snapshot> = {}): Snapshot => ({
  ...vaultCopy(ago(imported), { tags: { [TAGS.sourceTime]: word } }),
  takenAt: undefined,
  ...change,
});

test.each<[what: string, copy: Snapshot, hours: number]>([
  ['what the source says', said(5, ago(30).toISOString()), 30],
  ['a week before the import, where the source says less', said(5, ago(9999).toISOString()), 5 + 7 * 24],
  ['an hour after the import, where the source says more', said(5, ago(1).toISOString()), 4],
  ['a week before the import, where the source says nothing', said(5, undefined), 5 + 7 * 24],
  ['the same, where it says what no one can read', said(5, 'soon'), 5 + 7 * 24],
  ['what RDS says, where the source says more', said(5, ago(5).toISOString(), { takenAt: ago(6) }), 6],
  ['what the source says, where RDS says more', said(5, ago(7).toISOString(), { takenAt: ago(6) }), 7],
])('the data of a copy is as old as %s', (_, copy, hours) => {
  expect(dataTime(copy)).toEqual(ago(hours));
});

test.each<[what: string, change: Partial<Snapshot>, at: Date]>([
  ['the vault says', {}, ago(5)],
  ['RDS says, where the vault says nothing', { tags: new Map(), createdAt: ago(4) }, ago(4)],
  ['the beginning of time, where no one says', { tags: new Map(), createdAt: undefined }, new Date(0)],
])('a copy was imported when %s', (_, change, at) => expect(importTime(said(5, undefined, change))).toEqual(at));

test.each<[what: string, copies: readonly (readonly [imported: number, data: number])[], older: readonly number[]]>([
  [
    'in order',
    [
      [9, 30],
      [5, 10],
    ],
    [],
  ],
  [
    'a newer one first',
    [
      [9, 10],
      [5, 30],
    ],
    [30],
  ],
  [
    'listed in another order',
    [
      [5, 30],
      [9, 10],
    ],
    [30],
  ],
  [
    'two of one day',
    [
      [9, 10],
      [5, 20],
    ],
    [],
  ],
  [
    'one between two',
    [
      [9, 30],
      [8, 10],
      [7, 25],
      [6, 6.5],
    ],
    [25],
  ],
])('copies are older than what the vault had, when they came: %s', (_, copies, expected) => {
  const all = copies.map(([imported, data]) => said(imported, ago(data).toISOString()));
  const { newest, older } = historyOf(all);
  expect([...older].map(dataTime)).toEqual(expected.map(ago));
  expect(newest.get(ORDERS)).toBe(Math.max(...copies.map(([, data]) => ago(data).getTime())));
});

test('a failed copy does not count, and databases are distinct', () => {
  const failed = said(9, ago(1).toISOString(), { status: 'failed' });
  const other = said(8, ago(1).toISOString(), { tags: new Map([[TAGS.database, `${ORDERS}-2`]]), createdAt: ago(8) });
  const { newest, older } = historyOf([failed, other, said(5, ago(30).toISOString())]);
  expect(older.size).toBe(0);
  expect(newest.get(ORDERS)).toBe(ago(30).getTime());
});

test.each([
  ['of the vault', vaultCopy(NOW), true],
  ['with another role', vaultCopy(NOW, { tags: { [TAGS.role]: 'export' } }), false],
  ['with a name that merely begins like ours', vaultCopy(NOW, { name: 'checkvalved-orders' }), false],
])('a copy %s is the vault’s own: %#', (_, copy, expected) => expect(isVaultCopy(copy)).toBe(expected));

test('a copy is of the account of its database, or of none', () => {
  expect(originOf(vaultCopy(NOW))).toBe('222200001111');
  expect(originOf(vaultCopy(NOW, { tags: { [TAGS.database]: undefined } }))).toBe('');
  expect(originOf(vaultCopy(NOW, { tags: { [TAGS.database]: 'orders' } }))).toBe('');
});
