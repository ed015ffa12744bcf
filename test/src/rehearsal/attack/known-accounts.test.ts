import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import { plan } from '../../../../lambda/vault/follow-sources/plan';
import { accountId, region } from '../../../../src/contract/ids';
import {
  checkKnownAccounts,
  endedSince,
  followedOf,
  type KnownAccounts,
  maxEnded,
} from '../../../../src/rehearsal/attack/known-accounts';

const [HERE, ELSEWHERE] = [region('eu-central-1'), region('eu-west-1')];
const NOW = new Date('2026-11-25T12:00:00Z');
const entry = (at: number, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  account: accountId(`2222000${String(at).padStart(5, '0')}`),
  state: 'enrolled',
  regions: [HERE],
  since: '2026-10-01T00:00:00.000Z',
  reason: 'tag',
  ...more,
});
const known = (...entries: readonly RegistryEntry[]): KnownAccounts =>
  new Map(entries.map((one) => [one.account, one]));
const many = (count: number) => Array.from({ length: count }, (_, at) => entry(at));

test.each([1, 4, 5, 6, 20, 50, 59, 60, 80, 200])(
  'of %i accounts as many may end in a day as follow-sources ends',
  (count) => {
    // The vault has followed them for more than 28 days, and the registry ended them more than a day ago.
    const accepted = many(count).map((one) => ({ ...one, leavingSince: '2026-11-24T11:00:00.000Z' }));
    const registry = accepted.map((one) => ({ ...one, state: 'left' as const }));
    const { actions } = plan({ registry, accepted, maxNewAccountsPerDay: 50, region: HERE, now: NOW });
    const ended = actions.filter((action) => action.do === 'update' && action.entry.state === 'left');
    expect(ended).toHaveLength(Math.min(count, maxEnded(count)));
  },
);

const BEFORE = known(...many(3));
const bounds = { region: HERE, mayEnd: 1, mayAdd: 1 };

test.each<readonly [string, KnownAccounts, RegExp | undefined]>([
  ['nothing', BEFORE, undefined],
  ['one left', known(entry(0, { state: 'left' }), entry(1), entry(2)), undefined],
  [
    'one that is leaving is followed',
    known(entry(0, { state: 'leaving' }), entry(1, { state: 'leaving' }), entry(2)),
    undefined,
  ],
  [
    'two left',
    known(entry(0, { state: 'left' }), entry(1, { state: 'left' }), entry(2)),
    /^2 accounts ended, and 1 may: 222200000000, 222200000001$/,
  ],
  [
    'two lost the Region',
    known(entry(0, { regions: [ELSEWHERE] }), entry(1, { regions: [] }), entry(2)),
    /^2 accounts ended, and 1 may/,
  ],
  [
    'one is not known any more, and another came: as many as before',
    known(entry(1), entry(2), entry(3)),
    /^the vault no longer has 222200000000 in its table of sources$/,
  ],
  ['two came', known(...many(5)), /^2 accounts were accepted in a day, and 1 may/],
])('%s', (_, after, expected) => {
  const found = checkKnownAccounts(BEFORE, after, bounds);
  expect(found).toHaveLength(expected ? 1 : 0);
  if (expected) expect(found[0]).toMatch(expected);
});

test('the state and the Regions decide whether the vault follows an account', () => {
  const after = known(entry(0, { state: 'left' }), entry(1, { regions: [ELSEWHERE] }), entry(2, { state: 'leaving' }));
  expect(followedOf(after, HERE)).toEqual([entry(2).account]);
  expect(endedSince(BEFORE, after, HERE)).toEqual([entry(0).account, entry(1).account]);
});
