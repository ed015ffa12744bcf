import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { FollowFacts } from '../../../../lambda/vault/follow-sources/facts';
import { plan } from '../../../../lambda/vault/follow-sources/plan';
import { DAY, HOUR } from '../../../../src/contract/durations';
import { accountId } from '../../../../src/contract/ids';
import { enrolled, HERE, SOURCE } from '../../../support/pipeline';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms).toISOString();
const listed = (cell: string | undefined, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  ...enrolled(SOURCE),
  ...(cell && { cell }),
  ...more,
});
const held = (more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  ...enrolled(SOURCE),
  since: ago(90 * DAY),
  ...more,
});
const follow = (facts: Partial<FollowFacts>) =>
  plan({ registry: [], accepted: [], maxNewAccountsPerDay: 50, cell: 'north', region: HERE, now: NOW, ...facts });
const confirmed = (at: string) => [{ kind: 'left', subject: SOURCE, by: 'operator', at }] as const;
const entries = (facts: Partial<FollowFacts>) =>
  follow(facts).actions.flatMap((one) => (one.do === 'subscribe' ? [] : [one.entry]));

test.each<[what: string, own: string | undefined, cell: string | undefined, accepted: boolean]>([
  ['of this cell', 'north', 'north', true],
  ['of another cell', 'north', 'south', false],
  ['without a cell, of a vault with a name', 'north', undefined, false],
  ['without a cell, of the only vault', undefined, undefined, true],
  ['of the only cell', undefined, 'main', true],
  ['of another cell than the only one', undefined, 'south', false],
])('a new account %s: %s %s is accepted: %p', (_, cell, of, accepted) => {
  const { actions, waiting } = follow({ cell, registry: [listed(of)] });
  expect([actions.some((one) => one.do === 'accept'), actions.length > 0, waiting]).toEqual([accepted, accepted, []]);
});

test('an account that the vault follows stays when its entry has no cell yet', () =>
  expect(entries({ registry: [listed(undefined)], accepted: [held()] })).toEqual([]));

describe('an account that moves to another cell', () => {
  test('is followed for one more day, and has then left with the reason; its copies stay in the vault', () => {
    const registry = [listed('south')];
    expect(entries({ registry, accepted: [held()] })).toEqual([held({ leavingSince: NOW.toISOString() })]);
    const waiting = held({ leavingSince: ago(DAY - 1) });
    expect(entries({ registry, accepted: [waiting] })).toEqual([]);
    const [left] = entries({ registry, accepted: [held({ leavingSince: ago(DAY) })] });
    expect(left).toMatchObject({ state: 'left', reason: 'moved to the cell south', cell: 'south' });
    expect(entries({ registry, accepted: [left as RegistryEntry] })).toEqual([]);
  });

  test.each<[what: string, at: string | undefined, alarm: boolean]>([
    ['confirmed by an operator of the vault', ago(HOUR), false],
    ['confirmed a week before', ago(7 * DAY), false],
    ['confirmed longer ago: it was another exit', ago(7 * DAY + 1), true],
    ['that no operator of the vault confirmed', undefined, true],
  ])('%s: it raises the alarms of an exit: %#', (_, at, alarm) => {
    const decisions = at ? confirmed(at) : [];
    const registry = [listed('south')];
    const account = alarm ? [SOURCE] : [];
    expect(follow({ registry, accepted: [held()], decisions }).leaving).toEqual(account);
    const due = follow({ registry, accepted: [held({ leavingSince: ago(DAY) })], decisions });
    expect([due.leaving, due.unconfirmed]).toEqual([account, account]);
  });

  test('does not wait for other exits when it is confirmed, and an unconfirmed one does', () => {
    const leavingSince = ago(DAY);
    const others = [1, 2].map((at) => held({ account: accountId(`22220000444${at}`), leavingSince }));
    const all = [...others, held({ leavingSince })];
    const registry = all.map(({ account }) => listed('south', { account }));
    const decisions = confirmed(ago(HOUR));
    expect(follow({ registry, accepted: all, decisions }).staying).toEqual([others[1]?.account]);
    expect(follow({ registry, accepted: all }).staying).toHaveLength(2);
  });

  test('and back again is accepted again', () => {
    const left = held({ state: 'left', since: ago(5 * DAY), cell: 'south', reason: 'moved to the cell south' });
    expect(entries({ registry: [listed('north')], accepted: [left] })).toEqual([
      expect.objectContaining({ state: 'enrolled', lastExit: ago(5 * DAY), since: NOW.toISOString() }),
    ]);
    expect(entries({ registry: [listed('north')], accepted: [left] })[0]).not.toHaveProperty('cell');
  });
});
