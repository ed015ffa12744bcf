import * as fc from 'fast-check';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { dataTime, originOf } from '../../../../lambda/_kit/vault-copies';
import { DAY, HOUR } from '../../../../src/contract/durations';
import { TAGS } from '../../../../src/contract/names';
import { MAX_FAILED_DELETIONS_PER_RUN, type Retention } from '../../../../src/contract/retention';
import { holds } from '../../../support/holds';
import { planPruning } from '../../../support/plan-pruning';
import { RETENTION, vaultCopy } from '../../../support/vault-copies';

const HISTORIES = 200;
const DATABASES = ['222200001111:db:orders', '222200001111:db:stock', '222200002222:db:ledger'].map(
  (name) => `arn:aws:rds:eu-central-1:${name}`,
);

type Step =
  | { readonly kind: 'import'; readonly of: number; readonly fails: boolean; readonly slow: boolean }
  | { readonly kind: 'days'; readonly of: number; readonly count: number }
  | { readonly kind: 'by-hand'; readonly of: number }
  | { readonly kind: 'hold' | 'lose-tag' | 'share-on'; readonly which: number }
  | { readonly kind: 'wait'; readonly hours: number }
  | { readonly kind: 'jump'; readonly hours: number }
  | { readonly kind: 'configure'; readonly retention: Retention }
  | { readonly kind: 'prune'; readonly killedAfter: number };

const retentions: fc.Arbitrary<Retention> = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia'),
  dailyDays: fc.integer({ min: 1, max: 40 }),
  weeklyWeeks: fc.constantFrom(0, 0, 3, 8),
  monthlyMonths: fc.constantFrom(0, 1, 3, 12),
  yearlyYears: fc.constantFrom(0, 0, 2),
  minCopiesPerDatabase: fc.integer({ min: 1, max: 4 }),
  maxDeletionsPerRun: fc.constantFrom(1, 5, 1000),
  maxDeletedPercentPerRun: fc.constantFrom(10, 50, 100),
});

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('import' as const),
      of: fc.nat(2),
      fails: fc.nat(5).map((at) => at === 0),
      slow: fc.nat(5).map((at) => at === 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('days' as const), of: fc.nat(2), count: fc.integer({ min: 5, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('by-hand' as const), of: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('hold' as const, 'lose-tag' as const, 'share-on' as const),
      which: fc.nat(50),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      hours: fc.constantFrom(1, 6, 24, 24, 49, 40 * 24, 200 * 24),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('jump' as const),
      hours: fc.constantFrom(-9000, -150, -24, -1, 0, 0, 1, 24, 150, 9000),
    }),
  },
  { weight: 1, arbitrary: retentions.map((retention) => ({ kind: 'configure' as const, retention })) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('prune' as const), killedAfter: fc.constantFrom(0, 1, 1000, 1000, 1000) }),
  },
);

const tallies = {
  runs: 0,
  'good copies deleted': 0,
  'failed imports deleted': 0,
  stops: 0,
  oddities: 0,
  distrusted: 0,
};

/** A vault with a true clock, and ours, which may be wrong. */
class History {
  own: Snapshot[] = [];
  readonly shared = new Set<string>();
  retention: Retention = RETENTION;
  /** The true time. */
  time = Date.parse('2026-01-01T00:00:00Z');
  /** By how much our clock is ahead of it. */
  ahead = 0;
  private made = 0;
  private lastRun: Date | undefined;

  do(step: Step): unknown {
    switch (step.kind) {
      case 'import':
        return this.import(DATABASES[step.of] ?? '', step.fails ? 'failed' : step.slow ? 'creating' : 'available');
      case 'days':
        for (let day = 0; day < step.count; day += 1) {
          this.import(DATABASES[step.of] ?? '', 'available');
          this.time += DAY;
        }
        return undefined;
      case 'by-hand':
        return this.add({ database: DATABASES[step.of], name: `final-${this.made}`, tags: { [TAGS.role]: undefined } });
      case 'hold':
        return this.change(step.which, (one) => ({ ...one, tags: new Map([...one.tags, [TAGS.legalHold, 'case 7']]) }));
      case 'lose-tag':
        return this.change(step.which, (one) => ({
          ...one,
          tags: new Map([...one.tags].filter(([key]) => key !== TAGS.importStartedAt)),
        }));
      case 'share-on':
        return this.change(step.which, (one) => {
          this.shared.add(one.tags.get(TAGS.exportCopy) ?? '');
          return one;
        });
      case 'wait':
        this.time += step.hours * HOUR;
        this.own = this.own.map((one) => (one.status === 'creating' ? { ...one, status: 'available' } : one));
        return undefined;
      case 'jump':
        this.ahead = step.hours * HOUR;
        return undefined;
      case 'configure':
        this.retention = step.retention;
        return undefined;
      case 'prune':
        return this.prune(step.killedAfter);
    }
  }

  private import(database: string, status: string): void {
    this.add({ database, status, backup: `b${this.made}` });
  }

  private add(facts: Parameters<typeof vaultCopy>[1]): void {
    this.made += 1;
    this.time += 60_000;
    const ours = new Date(this.time + this.ahead);
    // Some were held, and came in days after younger ones.
    const tags = { [TAGS.sourceTime]: new Date(ours.getTime() - (this.made % 4 ? HOUR : 3 * DAY)).toISOString() };
    const all = { backup: `b${this.made}`, ...facts, tags: { ...tags, ...facts?.tags } };
    this.own.push(vaultCopy(ours, { ...all, createdAt: new Date(this.time) }));
  }

  private change(which: number, to: (one: Snapshot) => Snapshot): void {
    const at = which % Math.max(1, this.own.length);
    const one = this.own[at];
    if (one) this.own[at] = to(one);
  }

  prune(killedAfter = 1000): number {
    const facts = {
      own: this.own,
      shared: this.shared,
      retention: this.retention,
      now: new Date(this.time + this.ahead),
      awsTime: new Date(this.time),
      lastRun: this.lastRun,
      // A person looks at each run that did not trust a right clock, as one that came long after the one before.
      ...(this.ahead === 0 && { confirmed: new Date(this.time) }),
    };
    const { actions, kept, stopped, distrust } = planPruning(facts);
    if (distrust) expect(actions).toEqual([]);
    else this.lastRun = facts.now;
    tallies.distrusted += distrust ? 1 : 0;
    tallies.runs += 1;
    tallies.stops += stopped ? 1 : 0;
    tallies.oddities += kept.filter(({ because }) => /import|RDS/.test(because)).length;
    const gone = new Set(actions.slice(0, killedAfter).map(({ snapshot }) => snapshot));
    const good = [...gone].filter(isGood).length;
    tallies['good copies deleted'] += good;
    tallies['failed imports deleted'] += gone.size - good;
    expect(actions.length + kept.length).toBe(this.own.length);
    const ofFailed = actions.filter(({ because }) => because === 'failed-import').length;
    expect(actions.length - ofFailed).toBeLessThanOrEqual(this.retention.maxDeletionsPerRun);
    expect(ofFailed).toBeLessThanOrEqual(MAX_FAILED_DELETIONS_PER_RUN);
    const held = new Set(stopped?.accounts.map(({ account }) => account));
    expect([...gone].filter(isGood).filter((one) => held.has(originOf(one)))).toEqual([]);
    const most = Math.max(5, (this.own.filter(isGood).length * this.retention.maxDeletedPercentPerRun) / 100);
    expect(good).toBeLessThanOrEqual(most);
    this.judge(gone);
    this.own = this.own.filter((one) => !gone.has(one));
    return gone.size;
  }

  private judge(gone: ReadonlySet<Snapshot>): void {
    const good = this.own.filter(isGood).filter(isOurs);
    // Never ours-not.
    for (const one of gone) {
      expect(isOurs(one)).toBe(true);
      expect(one.tags.has(TAGS.legalHold)).toBe(false);
      expect(['available', 'failed']).toContain(one.status);
    }
    // Never the last good copy, nor one below the minimum.
    for (const database of DATABASES) {
      const before = good.filter((one) => one.tags.get(TAGS.database) === database);
      const after = before.filter((one) => !gone.has(one));
      expect(after.length).toBeGreaterThanOrEqual(Math.min(before.length, this.retention.minCopiesPerDatabase));
      const dated = before.filter(hasTimes);
      const newest = dated.sort((a, b) => since(b) - since(a))[0];
      if (newest) expect(gone.has(newest)).toBe(false);
      const freshest = freshestOf(dated);
      if (freshest) expect(gone.has(freshest)).toBe(false);
    }
    // Never early.
    for (const one of gone) if (isGood(one)) expect(this.whyEarly(one, good)).toBeUndefined();
  }

  /** By the true clock, and by what else was there: why a good copy that came at `from` should not have gone yet. */
  whyEarly(one: Snapshot, good: readonly Snapshot[], from = one.createdAt?.getTime() ?? 0): string | undefined {
    const { dailyDays, weeklyWeeks, monthlyMonths, yearlyYears, timeZone } = this.retention;
    const age = (this.time - from) / DAY;
    if (age < dailyDays) return `${age} days old`;
    const alike = good.filter(
      (other) => other !== one && hasTimes(other) && other.tags.get(TAGS.database) === one.tags.get(TAGS.database),
    );
    const spans = [
      ['week', weeklyWeeks * 7, 7],
      ['month', monthlyMonths * 31, 31],
      ['year', yearlyYears * 366, 366],
    ] as const;
    for (const [span, days, length] of spans) {
      const nearby = alike.filter((other) => Math.abs(since(other) - since(one)) <= length * DAY);
      const earlier = nearby.some(
        (other) =>
          since(other) <= since(one) && spanOf(span, since(other), timeZone) === spanOf(span, since(one), timeZone),
      );
      if (age < days && !earlier) return `the first of its ${span}, ${age} days old`;
    }
    return undefined;
  }
}

/** The copy with the newest data; of two of the same instant the one that came last. */
const freshestOf = (all: readonly Snapshot[]): Snapshot | undefined =>
  [...all].sort((a, b) => dataTime(b).getTime() - dataTime(a).getTime() || since(b) - since(a))[0];
const isGood = ({ status }: Snapshot) => status === 'available';
const isOurs = ({ name, tags }: Snapshot) => name.startsWith('checkvalve-') && tags.get(TAGS.role) === 'vault';
const imported = ({ tags }: Snapshot) => Date.parse(tags.get(TAGS.importStartedAt) ?? '');
const since = (one: Snapshot) => Math.max(imported(one), one.createdAt?.getTime() ?? 0);
const hasTimes = (one: Snapshot) => Math.abs(imported(one) - (one.createdAt?.getTime() ?? 0)) <= 7 * DAY;

const FORMATS = new Map<string, Intl.DateTimeFormat>();
/** Computed in another way than by the plan: with another locale, and weeks by their Monday. */
function spanOf(span: 'week' | 'month' | 'year', at: number, timeZone: string): string {
  const format = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone });
  FORMATS.set(timeZone, format);
  const [month = '', day = '', year = ''] = format.format(at).split('/');
  if (span === 'year') return year;
  if (span === 'month') return `${year}/${month}`;
  const local = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  local.setUTCDate(local.getUTCDate() - ((local.getUTCDay() + 6) % 7));
  return local.toISOString();
}

test(`over ${HISTORIES} histories of copies, failures, clock jumps, pauses and changes of the configuration: never the last good copy, never early, never ours-not, eventually what is due`, () => {
  holds(
    fc.property(fc.array(steps, { minLength: 20, maxLength: 80 }), retentions, (taken, last) => {
      const history = new History();
      for (const step of taken) history.do(step);
      // The clock is right again, copies come in, and a person lets a run that stopped go on.
      history.do({ kind: 'jump', hours: 0 });
      history.do({ kind: 'configure', retention: { ...last, maxDeletedPercentPerRun: 100, maxDeletionsPerRun: 1000 } });
      history.do({ kind: 'wait', hours: 24 * 400 });
      history.do({ kind: 'import', of: 0, fails: false, slow: false });
      history.prune();
      // What was the first of its month may have gone: the next one is kept as such, until that is over as well.
      history.do({ kind: 'wait', hours: 1 });
      history.prune();
      for (const database of DATABASES) {
        const good = history.own
          .filter((one) => isGood(one) && isOurs(one) && one.tags.get(TAGS.database) === database && hasTimes(one))
          .sort((a, b) => since(b) - since(a));
        const stale = good
          .slice(last.minCopiesPerDatabase)
          .filter((one) => dataTime(one).getTime() < dataTime(freshestOf(good) ?? one).getTime())
          .filter((one) => since(one) <= history.time && !one.tags.has(TAGS.legalHold))
          // A clock that was ahead at the import makes a term longer by as much.
          .filter((one) => history.whyEarly(one, good, since(one)) === undefined)
          .filter((one) => !history.shared.has(one.tags.get(TAGS.exportCopy) ?? ''));
        expect(stale).toEqual([]);
      }
      const failed = history.own.filter((one) => one.status === 'failed' && isOurs(one));
      const needless = failed.filter(
        (one) => !one.tags.has(TAGS.legalHold) && !history.shared.has(one.tags.get(TAGS.exportCopy) ?? ''),
      );
      expect(needless).toEqual([]);
    }),
    { numRuns: HISTORIES },
  );
  process.stdout.write(`histories: ${HISTORIES}; in them: ${JSON.stringify(tallies)}\n`);
  // Histories in which little goes, stops or is odd would prove little.
  expect(tallies.runs).toBeGreaterThan(5 * HISTORIES);
  expect(tallies['good copies deleted']).toBeGreaterThan(10 * HISTORIES);
  expect(tallies['failed imports deleted']).toBeGreaterThan(HISTORIES);
  expect(tallies.stops).toBeGreaterThan(30);
  expect(tallies.oddities).toBeGreaterThan(100);
  expect(tallies.distrusted).toBeGreaterThan(100);
}, 240_000);

test('a run that lists less deletes no more: a snapshot that RDS leaves out of a listing causes no deletion', () => {
  holds(
    fc.property(
      fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 0, max: 3000 }), fc.nat(6)), { minLength: 2, maxLength: 40 }),
      retentions,
      fc.nat(39),
      (copies, wanted, hidden) => {
        const retention = { ...wanted, maxDeletedPercentPerRun: 100, maxDeletionsPerRun: 1000 };
        const now = new Date('2030-01-01T00:00:00Z');
        const own = copies.map(([of, hoursAgo, status], at) =>
          vaultCopy(new Date(now.getTime() - hoursAgo * HOUR), {
            database: DATABASES[of],
            backup: `b${at}`,
            status: status === 0 ? 'creating' : 'available',
          }),
        );
        const gone = (list: readonly Snapshot[]) =>
          planPruning({ own: list, shared: new Set(), retention, now }).actions.map(({ snapshot }) => snapshot.arn);
        const all = new Set(gone(own));
        const less = own.filter((_, at) => at !== hidden % own.length);
        expect(gone(less).filter((arn) => !all.has(arn))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});
