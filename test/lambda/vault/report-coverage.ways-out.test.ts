// Longer than most: one table of all that a source can do about the status of a late database, and what ends it.
import type { AccountSeen, Behind, CoverageFacts } from '../../../lambda/vault/report-coverage/facts';
import { messageOf } from '../../../lambda/vault/report-coverage/message';
import { plan } from '../../../lambda/vault/report-coverage/plan';
import type { CoverageEvidence } from '../../../src/contract/coverage';
import type { Decision } from '../../../src/contract/decisions';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { holdTag, VERDICTS, type VerdictCode } from '../../../src/contract/verdicts';
import { breachedAlarms } from '../../../src/rehearsal/checks/breached-alarms';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW, openAccount } from '../../support/coverage-world';
import { SOURCE } from '../../support/pipeline';

const HOUR = 3_600_000;
const orders = aDatabase('orders');
const cluster = aDatabase('ledger', { kind: 'cluster' });
const manyTags = new Map([
  ['environment', 'production'],
  ...Array.from({ length: 48 }, (_, at) => [`t${at}`, ''] as const),
]);
const held = (code: VerdictCode) =>
  inSource(orders, {
    [RECOVERY_POINT_TAGS.exportKey]: 'key',
    [TAGS.held]: holdTag({ code, count: 1, at: NOW }),
  });
const decided = (kind: Decision['kind'], subject: string, at = NOW): Decision => ({
  ...{ kind, subject, by: 'arn:aws:iam::333300002222:role/operator', at: at.toISOString() },
});
const LATE = 'a copy is older than its RPO';
const NEVER = 'a database has never been copied';

type Change = Partial<CoverageFacts>;
/** What the report says after each of several looks, hours apart, and which alarms ring at the last. */
function history(
  ...looks: readonly { readonly at: Date; readonly accounts: readonly AccountSeen[]; readonly more?: Change }[]
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
    rung: breachedAlarms([{ step: 'report-coverage', values: measures }]),
  };
}

const open = (behind: Partial<Behind>, change: Partial<AccountSeen> = {}) => [openAccount(behind, change)];
const old = [aCopy(orders, 90)];

describe('a late database stays late, and its alarm goes on', () => {
  const missingTag = { ...orders, tags: new Map<string, string>() };
  test.each<[string, Partial<Behind>]>([
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
    ...Object.keys(VERDICTS).map((code): [string, Partial<Behind>] => [
      `a mark checkvalve:held of ${code}`,
      { databases: [orders], snapshots: [held(code as VerdictCode)] },
    ]),
  ])('%s', (_, behind) => {
    const { rung, statuses } = history(
      { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own: old } },
      { at: NOW, accounts: open(behind), more: { own: old } },
      { at: new Date(NOW.getTime() + 24 * HOUR), accounts: open(behind), more: { own: old } },
    );
    expect(statuses[0]).toEqual(['late']);
    expect([LATE, NEVER].filter((one) => rung.includes(one))).not.toEqual([]);
  });

  test('AWS Backup is opted out of', () => {
    const own = [aCopy(cluster, 90)];
    const { rung, statuses } = history(
      { at: hoursAgo(1), accounts: open({ databases: [cluster] }), more: { own } },
      { at: NOW, accounts: open({ databases: [cluster], optedOut: ['Aurora'] }), more: { own } },
    );
    expect(statuses).toEqual([['late'], ['late: not-opted-in']]);
    expect(rung).toContain(LATE);
  });

  test('its account throttles every look, or shuts the vault out', () => {
    for (const seen of [
      { access: 'unknown', because: 'Throttling' },
      { access: 'denied', because: 'AccessDenied' },
    ] as const) {
      const { rung, statuses } = history(
        { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own: old } },
        { at: NOW, accounts: open({}, { seen }), more: { own: old } },
      );
      expect(statuses[1]).toEqual(['unknown']);
      expect(rung).toContain(LATE);
    }
  });

  test('a tag that asks for a longer RPO is heeded once a copy has come', () => {
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
  const look = (hours: number, database = orders, change: Partial<AccountSeen> = {}) => ({
    at: new Date(NOW.getTime() + hours * HOUR),
    accounts: open({ databases: [database] }, change),
  });
  const bare = { ...orders, tags: new Map<string, string>() };

  test('when its tag goes, and when it comes back', () => {
    const { statuses, rung } = history(look(0), look(1, bare), look(2), look(30, bare));
    expect(statuses).toEqual([['never'], ['never'], ['never'], ['never']]);
    expect(rung).toContain(NEVER);
  });

  test('when its account is accepted anew', () => {
    expect(history(look(0), look(1, orders, { since: NOW })).statuses).toEqual([['never'], ['never']]);
  });

  test('when it is made anew under its name each day', () => {
    const made = (hours: number) =>
      look(hours, { ...orders, resourceId: `db-${hours}`, createdAt: new Date(NOW.getTime() + (hours - 1) * HOUR) });
    expect(history(made(0), made(20), made(40), made(60)).statuses).toEqual([['new'], ['new'], ['never'], ['never']]);
  });

  test('but a database that nobody expected counts from the day of its tag, and says untagged without alarm before', () => {
    const { statuses, rung } = history(look(0, bare), look(1, bare));
    expect(statuses).toEqual([['missing-tag'], ['missing-tag']]);
    expect(rung).toEqual([]);
    expect(history(look(0, bare), look(1)).statuses[1]).toEqual(['new']);
  });

  test('what RDS itself says for good rings once: it was never a way out', () => {
    const custom = aDatabase('orders', { engine: 'custom-oracle-ee' });
    const { statuses, rung } = history(look(0, custom), look(1, custom));
    expect(statuses).toEqual([['unsupported: rds-custom'], ['unsupported: rds-custom']]);
    expect(rung).toEqual([]);
  });
});

test('a mark that the source wrote is told as its word', () => {
  const { evidence } = history({
    at: NOW,
    accounts: open({ databases: [orders], snapshots: [held('unshareable')] }),
    more: { own: [aCopy(orders, 90)] },
  });
  expect(evidence.databases[0]).toMatchObject({ status: 'late', code: 'unshareable', codeFrom: 'source' });
  expect(evidence.databases[0]?.reason).toMatch(/^the source says: /);
});

test('a tag that was removed is told at once, while the newest copy is still fresh', () => {
  const own = [aCopy(orders, 3)];
  const { statuses, evidence } = history(
    { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own } },
    { at: NOW, accounts: open({ databases: [{ ...orders, tags: new Map() }] }), more: { own } },
  );
  expect(statuses).toEqual([['protected'], ['protected']]);
  expect(messageOf(evidence)?.text).toMatch(
    /- orders in 222200001111, newest copy .*: the tag environment=production was removed/,
  );
});

describe('the decision “excluded”', () => {
  const bare = { ...orders, tags: new Map<string, string>() };
  const excluded = (at = NOW) => ({ decisions: [decided('excluded', orders.arn, at)], own: old });
  test('ends it', () => {
    const { statuses, rung, evidence } = history(
      { at: hoursAgo(1), accounts: open({ databases: [orders] }), more: { own: old } },
      { at: NOW, accounts: open({ databases: [bare] }), more: excluded() },
    );
    expect(statuses[1]).toEqual(['excluded']);
    expect(rung).toEqual([]);
    expect(messageOf(evidence)).toBeUndefined();
  });

  test('ends with the tag coming back, and says nothing of a database that was made later', () => {
    const { statuses } = history(
      { at: hoursAgo(90), accounts: open({ databases: [bare] }), more: excluded(hoursAgo(91)) },
      { at: hoursAgo(80), accounts: open({ databases: [orders] }), more: excluded(hoursAgo(91)) },
      { at: NOW, accounts: open({ databases: [orders] }), more: excluded(hoursAgo(91)) },
    );
    expect(statuses.at(-1)).toEqual(['late']);
    const anew = { ...orders, resourceId: 'db-anew', createdAt: hoursAgo(30) };
    expect(
      history({ at: NOW, accounts: open({ databases: [anew] }), more: { decisions: excluded(hoursAgo(40)).decisions } })
        .statuses,
    ).toEqual([['never']]);
  });
});

describe('an account that left', () => {
  const left = (change: Partial<AccountSeen> = {}) =>
    open({}, { state: 'left', since: hoursAgo(80), seen: { access: 'not-requested' }, ...change });
  const before = { at: hoursAgo(90), accounts: open({ databases: [orders, aDatabase('never')] }), more: { own: old } };

  test('is expected to be copied until an operator confirms that it left', () => {
    const { statuses, rung, evidence } = history(before, { at: NOW, accounts: left(), more: { own: old } });
    expect(statuses[1]).toEqual(['never', 'late']);
    expect(rung).toEqual(expect.arrayContaining([LATE, NEVER]));
    expect(messageOf(evidence)?.text).toContain(`checkvalve accept --left ${SOURCE}`);
    const confirmed = history(before, {
      at: NOW,
      accounts: left(),
      more: { own: old, decisions: [decided('left', SOURCE)] },
    });
    expect(confirmed.statuses[1]).toEqual(['account-left']);
    expect(confirmed.rung).toEqual([]);
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

  test('is told of a day before, and so is one that waits', () => {
    const leaving = open({ databases: [] }, { exitSeen: hoursAgo(3).toISOString() });
    expect(messageOf(history({ at: NOW, accounts: leaving }).evidence)?.text).toContain(`${SOURCE}: seen to leave`);
    const waiting = open({ databases: [] }, { state: 'waiting' });
    const { evidence } = history({ at: hoursAgo(4), accounts: waiting }, { at: NOW, accounts: waiting });
    expect(messageOf(evidence)?.text).toContain(`${SOURCE}: waits since`);
  });
});
