import { groupBy } from '../../../../lambda/_kit/copies';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { type AttackScenario, makeAttackScenario } from '../../../../src/simulation/adversary/attack-scenario';
import type { Move } from '../../../../src/simulation/adversary/attacks/attack';
import type { Seams } from '../../../../src/simulation/adversary/seams';
import type { AttackViolation } from '../../../../src/simulation/adversary/watch';
import { VAULT } from '../../../../src/simulation/scenario';

/** A weakness that the vault once had, and how the adversary shows it. */
export interface Weakness {
  readonly name: string;
  /** Puts it back. */
  readonly seams: Seams;
  readonly scenario: () => AttackScenario;
  /** The smallest attack found that shows it. */
  readonly smallest: readonly Move[];
  /** What it breaks: one of these. */
  readonly breaks: readonly AttackViolation['invariant'][];
}

/** Six accounts, two instances or clusters each; the adversary owns the first account, or the registry. `room`: as a multiple
 * of what is just enough. */
const small =
  (owned: 0 | 1, room = 1) =>
  (): AttackScenario => {
    const wish = { accounts: 6, databasesPerAccount: 2, weather: 'calm', owned: 1, room } as const;
    const scenario = makeAttackScenario(4, { ...wish, days: { before: 5, attack: 7, after: 5 } });
    return owned === 1 ? scenario : { ...scenario, owned: [] };
  };

const all = (attack: string, variant = 0, force = 10): Move => ({
  attack,
  account: 0,
  from: 0,
  hours: 168,
  force,
  variant,
});

/** The clock of retention is the vault's newest copy: nothing becomes due in a vault that takes nothing in. */
const clockOfTheNewestCopy: Seams = {
  now: (now, step, rds) => {
    if (step !== 'prune-copies') return now;
    const made = rds.all(VAULT).map(({ createdAt }) => createdAt?.getTime() ?? 0);
    return new Date(made.reduce((newest, at) => Math.max(newest, at), Number.NEGATIVE_INFINITY));
  },
};

const UNBOUNDED = {
  maxNewDatabasesPerAccountPerDay: 1_000_000,
  maxCopyGiB: 1_000_000_000,
  maxGiBPerAccountPerDay: 1_000_000_000,
};

/** The settings of import-copies have a quota that is never full, so that it reserves no room. */
const noRoomReserved: Seams = {
  settings: (settings, step) => {
    if (step !== 'import-copies') return settings;
    const { limits, admission } = settings as { limits?: object; admission?: object };
    const [quota, rules] = [
      { ...limits, manualSnapshotQuota: 1_000_000 },
      { ...admission, ...UNBOUNDED },
    ];
    return { ...settings, limits: quota, ...(admission && { admission: rules }) };
  },
};

/** The settings of import-copies have so many slots that the share of one account is all that RDS has. */
const slotsForOneAccount: Seams = {
  settings: (settings, step) => {
    if (step !== 'import-copies') return settings;
    const { limits } = settings as { limits?: object };
    return { ...settings, limits: { ...limits, maxInstanceCopiesInFlight: 25, maxClusterCopiesInFlight: 7 } };
  },
};

/** The importer sees failed copies as if they had failed long ago: it slows no account. */
const failuresForgotten: Seams = {
  snapshots: (port, step) => {
    if (step !== 'import-copies') return port;
    const long = new Date(0).toISOString();
    const forget = (one: Snapshot): Snapshot =>
      one.status === 'failed' ? { ...one, tags: new Map([...one.tags, [TAGS.failedAt, long]]) } : one;
    return { ...port, manual: async () => (await port.manual()).map(forget) };
  },
};

/** Several seams as one. */
const together = (...all: readonly Seams[]): Seams => ({
  snapshots: (port, step, rds) => all.reduce((inner, { snapshots }) => snapshots?.(inner, step, rds) ?? inner, port),
  settings: (settings, step) => all.reduce((inner, one) => one.settings?.(inner, step) ?? inner, settings),
  now: (now, step, rds) => all.reduce((inner, one) => one.now?.(inner, step, rds) ?? inner, now),
});

/** The database of a shared snapshot comes from its tags instead of RDS. */
const identityByTag: Seams = {
  snapshots: (port, step, rds) => ({
    ...port,
    shared: async () =>
      (await port.shared()).map((one) => {
        const said = rds.find(one.arn)?.tags.get(TAGS.resourceId);
        return step === 'import-copies' && said ? { ...one, resourceId: said } : one;
      }),
  }),
};

/** Failed copies use up the deletions of available ones. */
const failedFirst: Seams = {
  snapshots: (port, step) => {
    if (step !== 'prune-copies') return port;
    let left = Number.POSITIVE_INFINITY;
    return {
      ...port,
      manual: async () => {
        const own = await port.manual();
        const failed = own.filter(({ status }) => status === 'failed').length;
        left = failed > 0 ? Math.max(0, 8 - failed) : Number.POSITIVE_INFINITY;
        return own;
      },
      remove: async (snapshot) => {
        if (snapshot.status === 'failed') return port.remove(snapshot);
        left -= 1;
        if (left >= 0) await port.remove(snapshot);
      },
    };
  },
};

/** A state of the registry takes effect at once. */
const exitsAtOnce: Seams = {
  instead: {
    'follow-sources': async (again, { registry, sources, now }) => {
      for (const { account, state, regions, reason } of await registry.entries()) {
        if (state !== 'left' || sources.of(account)?.state === 'left') continue;
        await sources.put({ account, state, regions, reason, since: now.toISOString() });
      }
      await again();
    },
  },
};

/** Every error of an account makes the run fail. */
const foreignErrorsFailRuns: Seams = {
  after: (_, [answer]) => {
    if (answer) throw answer.error;
  },
};

/** Hours after which a daily backup is missing. */
const MISSING_HOURS = 30;

/** A source that removes a tag or stops backups excludes the database, as an operator would. */
const sourceDecides: Seams = {
  instead: {
    'report-coverage': async (again, { sources, rds, now }) => {
      for (const { account } of await sources.entries()) {
        const backups = rds.all(account).filter(({ name }) => name.startsWith('awsbackup:'));
        for (const [database, all] of groupBy(backups, (one) => one.database)) {
          const since = now.getTime() - MISSING_HOURS * 3_600_000;
          const isRecent = ({ createdAt }: Snapshot) => (createdAt?.getTime() ?? 0) > since;
          if (all.some((one) => one.tags.has(RECOVERY_POINT_TAGS.exportKey) && isRecent(one))) continue;
          sources.decided.push({ kind: 'excluded', subject: database, by: account, at: now.toISOString() });
        }
      }
      await again();
    },
  },
};

/** The weaknesses that were found and fixed. */
export const WEAKNESSES: readonly Weakness[] = [
  {
    name: 'room is not reserved',
    seams: noRoomReserved,
    scenario: small(1),
    smallest: [all('flood', 0)],
    breaks: ['bounded-delay', 'recovered-after-two-days'],
  },
  {
    name: 'deletion goes by the newest copy’s time',
    seams: together(clockOfTheNewestCopy, noRoomReserved),
    scenario: small(1),
    smallest: [all('flood', 0), all('flood', 2)],
    breaks: ['bounded-delay', 'recovered-after-two-days', 'due-copies-pruned'],
  },
  {
    name: 'a copy is of the database that its tag names',
    seams: identityByTag,
    scenario: small(1, 4),
    smallest: [all('forged-identity')],
    breaks: ['statuses-true', 'lateness-alerted'],
  },
  {
    name: 'failed copies use up the deletions of good ones',
    seams: together(failedFirst, failuresForgotten, noRoomReserved),
    scenario: small(1),
    smallest: [all('failing-copies')],
    breaks: ['due-copies-pruned', 'bounded-delay'],
  },
  {
    name: 'the registry ends accounts at once',
    seams: exitsAtOnce,
    scenario: small(0),
    smallest: [all('end-accounts')],
    breaks: ['account-changes-bounded'],
  },
  {
    name: 'an error of one account fails the run',
    seams: foreignErrorsFailRuns,
    scenario: small(1),
    smallest: [all('mark-error', 1, 1)],
    breaks: ['no-account-fails-a-run'],
  },
  {
    name: 'slow copies of one account hold all slots',
    seams: together(slotsForOneAccount, noRoomReserved),
    scenario: small(1, 4),
    smallest: [all('slow-copies', 0)],
    breaks: ['bounded-delay'],
  },
  {
    name: 'a database without its tag or without backups is no longer late',
    seams: sourceDecides,
    scenario: small(1),
    smallest: [all('untag', 0, 1)],
    breaks: ['lateness-alerted'],
  },
];
