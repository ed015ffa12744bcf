import type { Done } from '../../../lambda/_kit/ports/log';
import { followSources } from '../../../lambda/vault/follow-sources/follow-sources';
import type { FollowAction } from '../../../lambda/vault/follow-sources/plan';
import type { AccountId } from '../../../src/contract/ids';
import * as METRICS from '../../../src/contract/metrics';
import { TAGS } from '../../../src/contract/names';
import { enrolled, FakeRegistry, HERE, type Pipeline, VAULT } from '../../support/pipeline';
import { accountsOf, plantVaultCopy, playDays, shareCopy } from '../../support/vault-days';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FAILING_PER_DAY = 36;
const TERM_DAYS = 9;
/** One run of prune-copies a day, which deletes at most 30 good copies: 20 fall due in a day. */
const CAPPED = { dailyDays: TERM_DAYS, maxDeletionsPerRun: 30 };

/** Good copies in the vault that are past their term by more than a day, and how full the vault is in percent of its quota. */
function endOf(pipeline: Pipeline, quota: number) {
  const all = pipeline.rds.all(VAULT);
  const ageDays = (at: string) => (pipeline.rds.time.getTime() - Date.parse(at)) / DAY;
  const isOverdue = (at: string) => ageDays(at) > TERM_DAYS + 1;
  const overdue = all.filter(
    ({ status, tags }) => status === 'available' && isOverdue(tags.get(TAGS.importStartedAt) ?? ''),
  );
  const failed = all.filter(({ status }) => status === 'failed').length;
  return { overdue: overdue.length, failed, fullPercent: Math.round((100 * all.length) / quota) };
}

describe('36 failing imports a day, up to day 40', () => {
  const [databases, quota] = [[10, 10, 0], 20 * (TERM_DAYS + 2) + 60];
  const prepare = (pipeline: Pipeline) => {
    pipeline.admission = { ...pipeline.admission, copiesPerDatabase: TERM_DAYS + 2 };
  };
  const play = (onDay: (day: number, pipeline: Pipeline, attacker: AccountId) => void, watch = prepare) =>
    playDays({
      databases,
      quota,
      retention: CAPPED,
      days: 40,
      prunings: 1,
      prepare: watch,
      // The databases of the others have their room before the attack begins.
      onDay: (day, pipeline, [, , attacker]) => day >= 2 && onDay(day, pipeline, attacker as AccountId),
    });

  test('that stand in the vault use up no deletion of a good copy', async () => {
    const { pipeline, worstDays } = await play((day, vault, attacker) => {
      for (let at = 0; at < FAILING_PER_DAY; at += 1) {
        plantVaultCopy(vault, attacker, `flood-${at % 4}`, { copy: `flood-${day}-${at}`, status: 'failed' });
      }
    });
    expect({ ...endOf(pipeline, quota), worstDays }).toEqual({ overdue: 0, failed: 0, fullPercent: 58, worstDays: 1 });
  });

  test('that a source shares make it slow, and cost others nothing', async () => {
    let failures = 0;
    const failing = (pipeline: Pipeline) => {
      prepare(pipeline);
      pipeline.rds.onChange = ({ what, account, snapshot }) => {
        if (what !== 'copied' || account !== VAULT || !snapshot.database.includes(':flood-')) return;
        failures += 1;
        pipeline.rds.change(snapshot.arn, { status: 'failed' });
      };
    };
    const { pipeline, worstDays } = await play((day, vault, attacker) => {
      for (let at = 0; at < FAILING_PER_DAY; at += 1) shareCopy(vault, attacker, `flood-${day}-${at}`);
    }, failing);
    expect({ ...endOf(pipeline, quota), worstDays }).toEqual({ overdue: 0, failed: 5, fullPercent: 60, worstDays: 1 });
    // Of 1,368 copies that were shared to fail.
    expect(failures).toBe(30);
  });
});

/** Plays follow-sources once an hour against a registry that management writes, and keeps what it measured. */
class Followed {
  readonly registry: FakeRegistry;
  readonly sources = new FakeRegistry();
  private now = Date.parse('2026-03-01T00:00:00Z');
  /** Hours after the beginning at which each metric was first above 0. */
  readonly first = new Map<string, number>();
  private hours = 0;

  constructor(readonly accounts: readonly AccountId[]) {
    this.registry = new FakeRegistry(accounts.map(enrolled));
    for (const account of accounts) this.sources.held.set(account, enrolled(account));
  }

  write(state: 'enrolled' | 'left'): void {
    for (const account of this.accounts) this.registry.held.set(account, { ...enrolled(account), state });
  }

  async play(days: number, maxNewAccountsPerDay = 5): Promise<readonly Done<FollowAction>[]> {
    const done: Done<FollowAction>[] = [];
    for (let hour = 0; hour < days * 24; hour += 1) {
      const subscriptions = { subscribe: async () => undefined };
      const ports = { registry: this.registry, sources: this.sources, subscriptions };
      const measure = (values: Readonly<Record<string, number>>) => {
        for (const [name, value] of Object.entries(values)) {
          if (value > 0 && !this.first.has(name)) this.first.set(name, this.hours);
        }
      };
      const settings = { maxNewAccountsPerDay, region: HERE };
      done.push(...(await followSources(ports, settings, new Date(this.now), () => {}, measure)));
      this.now += HOUR;
      this.hours += 1;
    }
    return done;
  }

  get followed(): number {
    return [...this.sources.held.values()].filter(({ state }) => state !== 'left').length;
  }
}

const { exitsPending, exitsUnconfirmed } = METRICS.followSources;

test.each([
  [4, [1, 0, 0]],
  [20, [10, 1, 0]],
  [100, [81, 54, 1]],
] as const)(
  'the registry ends all of %i accounts: after 3, 7 and 20 days the vault follows %j',
  async (count, left) => {
    const world = new Followed(accountsOf(count));
    world.write('left');
    const followed: number[] = [];
    for (const days of [3, 4, 13]) {
      await world.play(days);
      followed.push(world.followed);
    }
    // An alarm starts with the first run, a day before the first account ends.
    expect(world.first.get(exitsPending)).toBe(0);
    expect(world.first.get(exitsUnconfirmed)).toBe(24);
    expect(followed).toEqual(left);
  },
);

test('200 accounts come back: as many a day as may enter, and all within the weeks that this takes', async () => {
  const world = new Followed(accountsOf(200));
  for (const account of world.accounts) {
    world.sources.held.set(account, { ...enrolled(account), state: 'left', since: '2026-02-01T00:00:00.000Z' });
  }
  const followed: number[] = [];
  for (const days of [1, 6, 13]) {
    await world.play(days);
    followed.push(world.followed);
  }
  expect(followed).toEqual([5, 35, 100]);
});
