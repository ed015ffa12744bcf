// Longer than most: one table of all that a source can do about the status of a late database, and what ends it.

import type { AccountContents, CoverageFacts, ObservedAccount } from '../../../../lambda/vault/report-coverage/facts';
import { messageOf } from '../../../../lambda/vault/report-coverage/message';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import type { CoverageEvidence } from '../../../../src/contract/coverage';
import type { Decision } from '../../../../src/contract/decisions';
import { HOUR } from '../../../../src/contract/durations';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { formatHold, VERDICTS, type VerdictCode } from '../../../../src/contract/verdicts';
import { breachedAlarms } from '../../../../src/rehearsal/checks/breached-alarms';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW, openAccount } from '../../../support/coverage-world';
import { SOURCE } from '../../../support/pipeline';

const orders = aDatabase('orders');
const cluster = aDatabase('ledger', { kind: 'cluster' });
const manyTags = new Map([
  ['environment', 'production'],
  ...Array.from({ length: 48 }, (_, at) => [`t${at}`, ''] as const),
]);
const held = (code: VerdictCode) =>
  inSource(orders, {
    [RECOVERY_POINT_TAGS.exportKey]: 'key',
    [TAGS.held]: formatHold({ code, count: 1, at: NOW }),
  });
const decided = (kind: Decision['kind'], subject: string, at = NOW): Decision => ({
  ...{ kind, subject, by: 'arn:aws:iam::333300002222:role/operator', at: at.toISOString() },
});
const LATE = 'rpo-exceeded';
const NEVER = 'database-never-copied';

type Change = Partial<CoverageFacts>;
/** What the report says after each of several runs, hours apart, and which alarms the last one raises. */
function history(
  ...looks: readonly { readonly at: Date; readonly accounts: readonly ObservedAccount[]; readonly more?: Change }[]
) {
  let before: CoverageEvidence | undefined;
  let measures: Readonly<Record<string, number>> = {};
  const statuses: string[][] = [];
  for (const { at, accounts, more } of looks) {
    const found = plan({ ...factsOf(accounts, more?.own ?? [], before, at), ...more });
    before = found.evidence;
    measures = found.measures;
    statuses.push(before.databases.map(({ status, code }) => (code ? `${status}: ${code}` : status)));
  }
  return {
    statuses,
    measures,
    evidence: before as CoverageEvidence,
    raised: breachedAlarms([{ step: 'report-coverage', values: measures }]),
  };
}

const open = (contents: Partial<AccountContents>, change: Partial<ObservedAccount> = {}) => [
  openAccount(contents, change),
];
const old = [aCopy(orders, 90)];

describe('a late database stays late, and its alarm goes on', () => {
  const missingTag = { ...orders, tags: new Map<string, string>() };
  test.each<[string, Partial<AccountContents>]>([
    ['nothing is done', { databases: [orders] }],
    ['its tag is removed', { databases: [missingTag] }],
    ['another value in its tag', { databases: [{ ...orders, tags: new Map([['environment', 'test']]) }] }],
    [
      'no recovery point has the tag encryption_key',
      { databases: [orders], snapshots: [inSource(orders, { plan: 'own' })] },
    ],
    ['49 tags', { databases: [{ ...orders, tags: manyTags }] }],
    [
      'it is renamed, and its tag removed',
      { databases: [{ ...aDatabase('other', { tags: new Map() }), resourceId: orders.resourceId }] },
    ],
    [
      'another database has its name, without the tag',
      { databases: [{ ...missingTag, resourceId: 'db-decoy', createdAt: hoursAgo(1) }] },
    ],
    [
      'another database has its name, with the tag',
      { databases: [{ ...orders, resourceId: 'db-decoy', createdAt: hoursAgo(1) }] },
    ],
    ...Object.keys(VERDICTS).map((code): [string, Partial<AccountContents>] => [
      `a mark checkvalve:held of ${code}`,
      { databases: [orders], snapshots: [held(code as VerdictCode)] },
    ]),
  ])('%s', (_, contents) => {
    const { raised, statuses } = history(
      { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own: old } },
      { at: NOW, accounts: open(contents), more: { own: old } },
      { at: new Date(NOW.getTime() + 24 * HOUR), accounts: open(contents), more: { own: old } },
    );
    expect(statuses[0]).toEqual(['late']);
    expect([LATE, NEVER].filter((one) => raised.includes(one))).not.toEqual([]);
  });

  test('AWS Backup is opted out of', () => {
    const own = [aCopy(cluster, 90)];
    const { raised, statuses } = history(
      { at: hoursAgo(1), accounts: open({ databases: [cluster] }), more: { own } },
      { at: NOW, accounts: open({ databases: [cluster], optedOut: ['Aurora'] }), more: { own } },
    );
    expect(statuses).toEqual([['late'], ['late: not-opted-in']]);
    expect(raised).toContain(LATE);
  });

  test('its account throttles every look, or shuts the vault out', () => {
    for (const observed of [
      { access: 'unknown', because: 'Throttling' },
      { access: 'denied', because: 'AccessDenied' },
    ] as const) {
      const { raised, statuses } = history(
        { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own: old } },
        { at: NOW, accounts: open({}, { observed }), more: { own: old } },
      );
      expect(statuses[1]).toEqual(['unknown']);
      expect(raised).toContain(LATE);
    }
  });

  test('a tag for a longer RPO counts once a copy has come', () => {
    const rules = {
      ...factsOf([]).rules,
      rpo: { hours: 26, byTag: [{ key: 'tier', value: 'cold', hours: 200 }] },
    };
    const cold = { ...orders, tags: new Map([...orders.tags, ['tier', 'cold']]) };
    const { statuses } = history(
      { at: hoursAgo(2), accounts: open({ databases: [orders] }), more: { own: old, rules } },
      { at: hoursAgo(1), accounts: open({ databases: [cold] }), more: { own: old, rules } },
      { at: NOW, accounts: open({ databases: [cold] }), more: { own: old, rules } },
      { at: NOW, accounts: open({ databases: [cold] }), more: { own: [aCopy(orders, 20)], rules } },
    );
    expect(statuses).toEqual([['late'], ['late'], ['late'], ['protected']]);
  });
});

describe('a database that has never been copied stays so', () => {
  const look = (hours: number, database = orders, change: Partial<ObservedAccount> = {}) => ({
    at: new Date(NOW.getTime() + hours * HOUR),
    accounts: open({ databases: [database] }, change),
  });
  const bare = { ...orders, tags: new Map<string, string>() };

  test('when its tag goes, and when it comes back', () => {
    const { statuses, raised } = history(look(0), look(1, bare), look(2), look(30, bare));
    expect(statuses).toEqual([['never'], ['never'], ['never'], ['never']]);
    expect(raised).toContain(NEVER);
  });

  test('when its account is accepted again', () => {
    expect(history(look(0), look(1, orders, { since: NOW })).statuses).toEqual([['never'], ['never']]);
  });

  test('when it is created again under its name each day', () => {
    const made = (hours: number) =>
      look(hours, { ...orders, resourceId: `db-${hours}`, createdAt: new Date(NOW.getTime() + (hours - 1) * HOUR) });
    expect(history(made(0), made(20), made(40), made(60)).statuses).toEqual([['new'], ['new'], ['never'], ['never']]);
  });

  test('but a database without expected copies counts from the day of its tag, and is missing-tag without an alarm before', () => {
    const { statuses, raised } = history(look(0, bare), look(1, bare));
    expect(statuses).toEqual([['missing-tag'], ['missing-tag']]);
    expect(raised).toEqual([]);
    expect(history(look(0, bare), look(1)).statuses[1]).toEqual(['new']);
  });

  test('a verdict of RDS that lasts raises an alarm once: it was never a way out', () => {
    const custom = aDatabase('orders', { engine: 'custom-oracle-ee' });
    const { statuses, raised } = history(look(0, custom), look(1, custom));
    expect(statuses).toEqual([['unsupported: rds-custom'], ['unsupported: rds-custom']]);
    expect(raised).toEqual([]);
  });
});

test('a verdict that the source wrote is reported as the source’s', () => {
  const { evidence } = history({
    at: NOW,
    accounts: open({ databases: [orders], snapshots: [held('unshareable')] }),
    more: { own: [aCopy(orders, 90)] },
  });
  expect(evidence.databases[0]).toMatchObject({ status: 'late', code: 'unshareable', codeFrom: 'source' });
  expect(evidence.databases[0]?.reason).toMatch(/^the source says: /);
});

test('a removed tag is in the next message, while the newest copy is still within the RPO', () => {
  const own = [aCopy(orders, 3)];
  const { statuses, evidence } = history(
    { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own } },
    { at: NOW, accounts: open({ databases: [{ ...orders, tags: new Map() }] }), more: { own } },
  );
  expect(statuses).toEqual([['protected'], ['protected']]);
  expect(messageOf(evidence)?.text).toMatch(
    /- orders in 222200001111, eu-central-1: Newest copy .* The tag environment=production was removed/,
  );
});

describe('the decision “excluded”', () => {
  const bare = { ...orders, tags: new Map<string, string>() };
  const excluded = (at = NOW) => ({ decisions: [decided('excluded', orders.arn, at)], own: old });
  test('ends it', () => {
    const { statuses, raised, evidence } = history(
      { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own: old } },
      { at: NOW, accounts: open({ databases: [bare] }), more: excluded() },
    );
    expect(statuses[1]).toEqual(['excluded']);
    expect(raised).toEqual([]);
    expect(messageOf(evidence)).toBeUndefined();
  });

  test('ends with the tag coming back, and says nothing of a database that was made later', () => {
    const { statuses } = history(
      { at: hoursAgo(90), accounts: open({ databases: [bare] }), more: excluded(hoursAgo(91)) },
      { at: hoursAgo(80), accounts: open({ databases: [orders] }), more: excluded(hoursAgo(91)) },
      { at: NOW, accounts: open({ databases: [orders] }), more: excluded(hoursAgo(91)) },
    );
    expect(statuses.at(-1)).toEqual(['late']);
    const recreated = { ...orders, resourceId: 'db-again', createdAt: hoursAgo(30) };
    expect(
      history({
        at: NOW,
        accounts: open({ databases: [recreated] }),
        more: { decisions: excluded(hoursAgo(40)).decisions },
      }).statuses,
    ).toEqual([['never']]);
  });
});

describe('an account that left', () => {
  const left = (change: Partial<ObservedAccount> = {}) =>
    open({}, { state: 'left', since: hoursAgo(80), observed: { access: 'not-requested' }, ...change });
  const before = { at: hoursAgo(90), accounts: open({ databases: [orders, aDatabase('never')] }), more: { own: old } };

  test('is expected to be copied until an operator confirms that it left', () => {
    const { statuses, raised, evidence } = history(before, { at: NOW, accounts: left(), more: { own: old } });
    expect(statuses[1]).toEqual(['never', 'late']);
    expect(raised).toEqual(expect.arrayContaining([LATE, NEVER]));
    expect(messageOf(evidence)?.text).toContain(`checkvalve accept --left ${SOURCE}`);
    const confirmed = history(before, {
      at: NOW,
      accounts: left(),
      more: { own: old, decisions: [decided('left', SOURCE)] },
    });
    expect(confirmed.statuses[1]).toEqual(['account-left']);
    expect(confirmed.raised).toEqual([]);
  });

  test('a confirmation from before it left says nothing', () => {
    const decisions = [decided('left', SOURCE, hoursAgo(200))];
    expect(history(before, { at: NOW, accounts: left(), more: { own: old, decisions } }).statuses[1]).toContain('late');
  });

  test('a database that was gone before its account left is not expected', () => {
    const { statuses } = history(
      { at: hoursAgo(90), accounts: open({}), more: { own: old } },
      { at: NOW, accounts: left(), more: { own: old } },
    );
    expect(statuses).toEqual([['source-deleted'], ['source-deleted']]);
  });

  test('an account that is evicted shows as such', () => {
    const decisions = [decided('evicted', SOURCE)];
    const { statuses, evidence } = history(before, {
      at: NOW,
      accounts: left({ state: 'evicted' }),
      more: { own: old, decisions },
    });
    expect(statuses[1]).toEqual(['account-left']);
    expect(evidence.databases[0]?.reason).toContain('evicted');
    expect(evidence.accounts[0]?.state).toBe('evicted');
  });

  test('is in the message a day before, and so is one that waits', () => {
    const leaving = open({ databases: [] }, { leavingSince: hoursAgo(3).toISOString() });
    expect(messageOf(history({ at: NOW, accounts: leaving }).evidence)?.text).toContain(
      `${SOURCE}, eu-central-1: Leaving since`,
    );
    const waiting = open({ databases: [] }, { state: 'waiting' });
    const { evidence } = history({ at: hoursAgo(4), accounts: waiting }, { at: NOW, accounts: waiting });
    expect(messageOf(evidence)?.text).toContain(`${SOURCE}, eu-central-1: Waiting since`);
  });
});
