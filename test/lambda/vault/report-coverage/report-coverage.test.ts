// Longer than other files: one world with memory, and all that a run does in it.
import type { FailedJob } from '../../../../lambda/_kit/ports/backup-jobs';
import type { SourceView } from '../../../../lambda/_kit/ports/coverage-access';
import type { Database } from '../../../../lambda/_kit/ports/databases';
import type { Evidence } from '../../../../lambda/_kit/ports/evidence';
import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import type { CoveragePorts } from '../../../../lambda/vault/report-coverage/act';
import { SECTIONS } from '../../../../lambda/vault/report-coverage/message-sentences';
import { reportCoverage } from '../../../../lambda/vault/report-coverage/report-coverage';
import { exportKeyFaults, readEvidence } from '../../../../src/contract/coverage';
import {
  type AccountId,
  accountId,
  databaseArn,
  type Region,
  region,
  type SnapshotArn,
} from '../../../../src/contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { otherRegions } from '../../../../src/contract/regions';
import { COVERAGE_ARTICLE } from '../../../../src/contract/runbook';
import { formatHold, type Hold } from '../../../../src/contract/verdicts';
import { breachedAlarms } from '../../../../src/rehearsal/checks/breached-alarms';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW } from '../../../support/coverage-world';
import { enrolled, FakeRegistry, HERE, OTHER, SOURCE } from '../../../support/pipeline';
import { accountsOf } from '../../../support/vault-days';

const THIRD = accountId('222200003333');

/** Evidence with memory. */
class FakeEvidence implements Evidence {
  readonly held = new Map<string, string>();
  readonly kept = new Map<string, Date>();
  failing?: 'read' | 'keep' | 'replace';
  async read(name: string) {
    this.fail('read');
    return this.held.get(name);
  }
  async replace(name: string, text: string) {
    this.fail('replace');
    this.held.set(name, text);
  }
  async keep(name: string, text: string, until: Date) {
    this.fail('keep');
    this.held.set(name, text);
    this.kept.set(name, until);
  }
  get latest() {
    return readEvidence(this.held.get('coverage/latest.json') ?? '');
  }
  private fail(what: 'read' | 'keep' | 'replace') {
    if (this.failing === what) throw new Error(`S3 says no to ${what}`);
  }
}

/** A source as its access role shows it; a part that is an error cannot be read. */
interface FakeSource {
  readonly databases?: readonly Database[] | Error;
  readonly snapshots?: readonly Snapshot[] | Error;
  readonly failedJobs?: readonly FailedJob[] | Error;
  readonly optedOut?: readonly string[] | Error;
  readonly deadLetters?: number | Error;
  readonly held?: ReadonlyMap<SnapshotArn, Hold> | Error;
  readonly isWhole?: boolean;
  readonly policyNames?: readonly string[] | Error;
  readonly defaultPolicy?: string | Error;
  /** What never answers. */
  readonly isSilent?: 'databases' | 'snapshots';
  /** What it has in Regions without a vault; undefined for one that is not enabled. */
  readonly elsewhere?: Readonly<Record<string, readonly Database[] | Error | undefined>>;
}

const answer = async <T>(value: T | Error): Promise<T> => {
  if (value instanceof Error) throw value;
  return value;
};

const never = () => new Promise<never>(() => {});

/** A whole world behind ports with memory. */
class World {
  readonly evidence = new FakeEvidence();
  readonly sources = new FakeRegistry([enrolled(SOURCE)]);
  registry: { entries(): Promise<readonly RegistryEntry[]> } = new FakeRegistry([]);
  readonly contents = new Map<AccountId, FakeSource>();
  own: readonly Snapshot[] = [];
  readonly messages: { readonly subject: string; readonly text: string; readonly article: string }[] = [];
  readonly measured: Record<string, number>[] = [];
  readonly logged: string[] = [];
  readonly opened: AccountId[] = [];
  /** Regions without a vault that were looked at. */
  readonly regionsAsked: Region[] = [];
  uncoveredRegions: readonly Region[] = [];
  /** What was asked of keys, by call and key. */
  readonly keysAsked: string[] = [];
  onSend: () => void = () => {};

  get ports(): CoveragePorts {
    return {
      evidence: this.evidence,
      sources: this.sources,
      registry: this.registry,
      snapshots: { own: async () => this.own, manual: async () => this.own, shared: async () => [] },
      accessRoles: { of: (account) => this.access(account) },
      alerts: {
        publish: async (subject, text, article) => {
          this.onSend();
          this.messages.push({ subject, text, article });
        },
      },
      measure: (values) => void this.measured.push({ ...values }),
    };
  }

  run(now = NOW) {
    const rules = { ...factsOf([]).rules, uncoveredRegions: this.uncoveredRegions };
    return reportCoverage(this.ports, { rules, region: HERE }, now, (event) => void this.logged.push(event));
  }

  private access(account: AccountId): SourceView {
    this.opened.push(account);
    const {
      databases,
      snapshots = [],
      failedJobs = [],
      optedOut = [],
      deadLetters = 0,
      held = new Map(),
      isWhole = true,
      elsewhere = {},
      policyNames = ['default'],
      defaultPolicy = '{}',
      isSilent,
    } = this.contents.get(account) ?? {};
    return {
      databasesIn: (where) => {
        this.regionsAsked.push(where);
        return answer(elsewhere[where]);
      },
      databases: {
        all: () =>
          isSilent === 'databases'
            ? never()
            : answer(databases ?? Object.assign(new Error('the access role is shut'), { name: 'AccessDenied' })),
      },
      snapshots: {
        own: () => (isSilent === 'snapshots' ? never() : answer(snapshots)),
        manual: () => answer(snapshots),
        shared: async () => [],
      },
      backups: {
        failedSince: async (after) => (await answer(failedJobs)).filter(({ at }) => at >= after),
        optedOut: () => answer(optedOut),
      },
      held: async () => ({ holds: await answer(held), isWhole }),
      keyPolicies: {
        names: (keyId) => {
          this.keysAsked.push(`names ${keyId}`);
          return answer(policyNames);
        },
        defaultPolicy: (keyId) => {
          this.keysAsked.push(`default ${keyId}`);
          return answer(defaultPolicy);
        },
      },
      queueDepthOf: () => answer(deadLetters),
    };
  }
}

const orders = aDatabase('orders');
const KEY_ID = '00000000-0000-4000-8000-000000000001';
const hour = 3_600_000;

test('a report is kept for the day, locked for a year, and is the latest; without findings no message is sent', async () => {
  const world = new World();
  world.contents.set(SOURCE, { databases: [orders] });
  world.own = [aCopy(orders, 5)];
  await world.run();
  expect([...world.evidence.held.keys()]).toEqual([
    'coverage/accounts.json',
    'coverage/2026/11/25.json',
    'coverage/latest.json',
  ]);
  expect(world.evidence.kept.get('coverage/2026/11/25.json')?.toISOString()).toBe('2027-11-25T12:00:00.000Z');
  expect(world.evidence.latest).toMatchObject({ counts: { protected: 1 }, kept: 'coverage/2026/11/25.json' });
  expect(world.messages).toEqual([]);
  expect(world.measured.at(-1)).toEqual({ CoverageWritten: 1 });
});

test('a day’s report is kept once, the newest one is written each hour', async () => {
  const world = new World();
  world.contents.set(SOURCE, { databases: [orders] });
  for (let at = 0; at < 30; at += 1) await world.run(new Date(NOW.getTime() + at * hour));
  expect([...world.evidence.kept.keys()]).toEqual(['coverage/2026/11/25.json', 'coverage/2026/11/26.json']);
  expect(readEvidence(world.evidence.held.get('coverage/2026/11/26.json') ?? '').at).toBe('2026-11-26T00:00:00.000Z');
});

test('an export key costs one call a run: the names of its policies and its default one, by turns', async () => {
  const world = new World();
  const denial = JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }] });
  const snapshots = [inSource(orders, { [RECOVERY_POINT_TAGS.exportKey]: KEY_ID })];
  world.contents.set(SOURCE, { databases: [orders], snapshots, policyNames: ['default', 'AWS_RAM'] });
  world.own = [aCopy(orders, 5)];
  const run = (at: number) => world.run(new Date(NOW.getTime() + at * hour));
  await run(0);
  world.contents.set(SOURCE, { databases: [orders], snapshots, defaultPolicy: denial });
  await run(1);
  expect(world.keysAsked).toEqual([`names ${KEY_ID}`, `default ${KEY_ID}`]);
  // What was not read again stands as it was seen.
  expect(exportKeyFaults(world.evidence.latest).map(({ fault }) => fault)).toEqual([
    'second-policy',
    'denies-all-principals',
  ]);
  world.contents.set(SOURCE, { databases: [orders], snapshots });
  await run(2);
  await run(3);
  expect(exportKeyFaults(world.evidence.latest)).toEqual([]);
  expect(world.keysAsked).toHaveLength(4);
  expect(world.messages[0]?.subject).toBe('Checkvalve: 1 unexpected export key policies (eu-central-1)');
});

test('a message is sent once a day while a database is not protected', async () => {
  const world = new World();
  world.contents.set(SOURCE, { databases: [orders] });
  for (let at = 0; at < 50; at += 1) await world.run(new Date(NOW.getTime() + at * hour));
  expect(world.messages.map(({ subject }) => subject)).toEqual(
    Array(3).fill('Checkvalve: 1 of 1 databases not protected (eu-central-1)'),
  );
  world.own = [
    aCopy(orders, 5, {
      tags: new Map([
        ...aCopy(orders, 5).tags,
        [TAGS.sourceTime, '2026-11-27T20:00:00Z'],
        [TAGS.importStartedAt, '2026-11-27T21:00:00Z'],
      ]),
    }),
  ];
  world.own = world.own.map((one) => ({ ...one, takenAt: new Date('2026-11-27T20:00:00Z') }));
  await world.run(new Date(NOW.getTime() + 80 * hour));
  expect(world.messages).toHaveLength(3);
});

test('a registry full of accounts that wait stops no run: 500 are read, all are reported', async () => {
  const world = new World();
  const many = Array.from({ length: 1200 }, (_, at) => enrolled(accountId(String(500000000000 + at))));
  world.registry = new FakeRegistry(many);
  world.contents.set(SOURCE, { databases: [orders] });
  world.own = [aCopy(orders, 5)];
  await world.run();
  expect(world.opened).toHaveLength(501);
  const accessRoles = world.evidence.latest.accounts
    .filter(({ state }) => state === 'waiting')
    .map(({ access }) => access);
  expect([accessRoles.length, accessRoles.filter((access) => access === 'not-requested').length]).toEqual([1200, 700]);
});

test('an account with very many missed backups makes no report too long', async () => {
  const world = new World();
  const failed = { resource: orders.arn, state: 'FAILED', message: 'no', at: NOW } as const;
  world.contents.set(SOURCE, { databases: [orders], failedJobs: Array(900).fill(failed) });
  await world.run();
  expect(world.evidence.latest.missedBackups).toHaveLength(200);
});

describe('an account whose reading fails never stops the others', () => {
  test('access role after access role', async () => {
    const world = new World();
    world.sources.held.set(OTHER, enrolled(OTHER));
    world.sources.held.set(THIRD, enrolled(THIRD));
    const theirs = aDatabase('theirs', {}, THIRD);
    world.contents.set(SOURCE, { databases: [orders] });
    world.contents.set(THIRD, { databases: [theirs] });
    world.own = [aCopy(orders, 5), aCopy(theirs, 5), aCopy(aDatabase('hidden', {}, OTHER), 5)];
    await world.run();
    const { databases, accounts } = world.evidence.latest;
    expect(databases.map(({ account, status }) => `${account} ${status}`)).toEqual([
      `${OTHER} unknown`,
      `${SOURCE} protected`,
      `${THIRD} protected`,
    ]);
    expect(accounts.map(({ access }) => access)).toEqual(['granted', 'denied', 'granted']);
    expect(world.logged).toContain('access-role.denied');
    expect(world.messages[0]?.text).toContain(`- ${OTHER}, ${HERE}: AccessDenied: the access role is shut.`);
  });

  test('one account’s refusal of its memory and its key is that account’s: the others show theirs', async () => {
    const world = new World();
    world.sources.held.set(OTHER, enrolled(OTHER));
    const theirs = aDatabase('theirs', {}, OTHER);
    const no = Object.assign(new Error('not you'), { name: 'AccessDeniedException' });
    const [mine, other] = [orders, theirs].map((of) => inSource(of, { [RECOVERY_POINT_TAGS.exportKey]: KEY_ID }));
    const hold = { code: 'copy-refused', count: 1, at: hoursAgo(20) } as const;
    world.contents.set(SOURCE, { databases: [orders], snapshots: mine && [mine], held: no, policyNames: no });
    world.contents.set(OTHER, {
      ...{ databases: [theirs], snapshots: other && [other], policyNames: ['default', 'AWS_RAM'] },
      held: new Map(other && [[other.arn, hold]]),
    });
    world.own = [aCopy(orders, 50), aCopy(theirs, 50)];
    await world.run();
    const { databases, accounts } = world.evidence.latest;
    expect(databases.map(({ account, status, code }) => `${account} ${status} ${code}`)).toEqual([
      `${SOURCE} late undefined`,
      `${OTHER} late copy-refused`,
    ]);
    expect(accounts.map(({ account, unread, exportKey }) => [account, unread, exportKey?.otherPolicies])).toEqual([
      [
        SOURCE,
        ['export key: AccessDeniedException: not you', 'export memory: AccessDeniedException: not you'],
        undefined,
      ],
      [OTHER, [], ['AWS_RAM']],
    ]);
    expect(world.messages[0]?.text).toContain(
      `- ${OTHER}, ${HERE}: The export key ${KEY_ID} has a second policy: AWS_RAM.`,
    );
  });

  test('a table with more items than a run reads of one account is reported, and the items read count', async () => {
    const world = new World();
    world.contents.set(SOURCE, { databases: [orders], isWhole: false });
    world.own = [aCopy(orders, 5)];
    await world.run();
    expect(world.evidence.latest.accounts[0]?.unread).toEqual([
      'export memory: the table holds more items than a run reads of one account',
    ]);
  });

  test('an account that did not answer is unknown: the report says nothing of its access role', async () => {
    const world = new World();
    const tired = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    world.contents.set(SOURCE, { databases: tired });
    world.own = [aCopy(orders, 5)];
    await world.run();
    const { databases, accounts } = world.evidence.latest;
    expect(databases.map(({ status, reason }) => `${status}: ${reason}`)).toEqual([
      'unknown: the account did not answer: Error: too many open files',
    ]);
    expect(accounts).toMatchObject([
      { access: 'unknown', unread: ['the account did not answer: Error: too many open files'] },
    ]);
    expect(world.logged).not.toContain('access-role.denied');
    expect(world.messages[0]?.text).not.toContain(SECTIONS['access-denied']);
    expect(world.messages[0]?.text).toContain(`${SOURCE}: the account did not answer: Error: too many open files`);
  });

  test('what all of several accounts answer alike is a failure of the run, after the report', async () => {
    const world = new World();
    const tired = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    for (const account of [SOURCE, OTHER]) {
      world.sources.held.set(account, enrolled(account));
      world.contents.set(account, { databases: tired });
    }
    await expect(world.run()).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('Listing the databases failed alike for all 2 accounts'),
    });
    expect(world.evidence.latest.accounts.map(({ access }) => access)).toEqual(['unknown', 'unknown']);
    expect(world.messages).toHaveLength(1);
    world.contents.set(OTHER, { databases: [] });
    await world.run();
  });

  test('a part that never answers is reported as not read after 20 seconds; the rest counts', async () => {
    jest.useFakeTimers();
    try {
      const world = new World();
      world.sources.held.set(OTHER, enrolled(OTHER));
      world.contents.set(SOURCE, { databases: [orders], isSilent: 'snapshots' });
      world.contents.set(OTHER, { isSilent: 'databases' });
      world.own = [aCopy(orders, 5)];
      const run = world.run();
      await jest.advanceTimersByTimeAsync(21_000);
      await run;
      const { accounts, databases } = world.evidence.latest;
      expect(accounts.map(({ account, access, unread }) => [account, access, unread])).toEqual([
        [SOURCE, 'granted', ['snapshots: TimeoutError: the account did not answer within 20 seconds']],
        [OTHER, 'unknown', ['the account did not answer: TimeoutError: the account did not answer within 20 seconds']],
      ]);
      expect(databases.map(({ status }) => status)).toEqual(['protected']);
      expect(world.messages[0]?.text).toContain(`${OTHER}: the account did not answer: TimeoutError`);
    } finally {
      jest.useRealTimers();
    }
  });

  test('an account that could not be asked an hour ago is asked last', async () => {
    const world = new World();
    world.sources.held.set(OTHER, enrolled(OTHER));
    world.contents.set(SOURCE, { databases: new Error('ENOTFOUND') });
    world.contents.set(OTHER, { databases: [] });
    await world.run();
    await world.run();
    expect(world.opened).toEqual([SOURCE, OTHER, OTHER, SOURCE]);
  });

  test('an account for which others left no time is asked first by the next run', async () => {
    jest.useFakeTimers();
    try {
      const world = new World();
      world.sources.held.clear();
      // Twenty at a time, and twenty seconds each: the first six hundred use up the ten minutes of a run.
      for (const account of [...accountsOf(640), SOURCE]) {
        world.sources.held.set(account, enrolled(account));
        world.contents.set(account, account === SOURCE ? { databases: [orders] } : { isSilent: 'databases' });
      }
      world.own = [aCopy(orders, 5)];
      const accessRoles: (string | undefined)[] = [];
      for (let run = 0; run < 2; run += 1) {
        const over = world.run();
        over.catch(() => {});
        for (let passed = 0; passed < 650; passed += 10) await jest.advanceTimersByTimeAsync(10_000);
        await over;
        accessRoles.push(world.evidence.latest.accounts.find(({ account }) => account === SOURCE)?.access);
      }
      expect(accessRoles).toEqual(['unknown', 'granted']);
    } finally {
      jest.useRealTimers();
    }
  });

  test('what the access role of an earlier release does not allow is named, and the rest counts', async () => {
    const world = new World();
    const no = new Error('not authorized');
    const parts = { snapshots: no, failedJobs: no, optedOut: no, deadLetters: no, held: no };
    world.contents.set(SOURCE, { databases: [orders], ...parts });
    world.own = [aCopy(orders, 5)];
    await world.run();
    const [account] = world.evidence.latest.accounts;
    expect(world.evidence.latest.databases[0]?.status).toBe('protected');
    expect(account?.unread).toEqual(
      ['backup jobs', 'dead letters', 'export memory', 'service opt-in', 'snapshots'].map(
        (part) => `${part}: Error: not authorized`,
      ),
    );
    expect(account).not.toHaveProperty('deadLetters');
    const values = world.measured[0] ?? {};
    expect(values).toMatchObject({ UnreadParts: 5, SourceDeadLetters: 0 });
    expect(breachedAlarms([{ step: 'report-coverage', values }])).toEqual(['coverage-incomplete']);
    expect(world.messages[0]).toEqual({
      article: COVERAGE_ARTICLE,
      subject: 'Checkvalve: 5 part(s) not read (eu-central-1)',
      text: expect.stringContaining(`${SECTIONS['not-read']} (5):\n- ${SOURCE}: backup jobs: Error: not authorized`),
    });
  });

  test('dead letters that cannot be counted are reported; the others are counted', async () => {
    const world = new World();
    world.sources.held.set(OTHER, enrolled(OTHER));
    world.contents.set(SOURCE, { databases: [], deadLetters: new Error('there is no such queue') });
    world.contents.set(OTHER, { databases: [], deadLetters: 3 });
    await world.run();
    expect(world.evidence.latest.accounts.map(({ deadLetters }) => deadLetters)).toEqual([undefined, 3]);
    const values = world.measured[0] ?? {};
    expect(breachedAlarms([{ step: 'report-coverage', values }])).toEqual([
      'coverage-incomplete',
      'source-wakeups-dlq-not-empty',
    ]);
    expect(world.messages[0]?.text).toContain(`- ${SOURCE}: dead letters: Error: there is no such queue`);
  });
});

describe('which accounts are looked at', () => {
  const left = { ...enrolled(OTHER), state: 'left' as const };

  // Case 59.
  test('the access role of an account that left is not assumed; that of an account that waits to be accepted is', async () => {
    const world = new World();
    world.sources.held.set(OTHER, left);
    world.registry = new FakeRegistry([enrolled(SOURCE), left, enrolled(THIRD)]);
    world.contents.set(SOURCE, { databases: [] });
    world.contents.set(THIRD, { databases: [aDatabase('theirs', {}, THIRD)] });
    await world.run();
    expect(world.opened).toEqual([SOURCE, THIRD]);
    expect(world.evidence.latest.accounts.map(({ account, state, access }) => `${account} ${state} ${access}`)).toEqual(
      [`${SOURCE} enrolled granted`, `${OTHER} left not-requested`, `${THIRD} waiting granted`],
    );
    expect(world.evidence.latest.databases.map(({ status }) => status)).toEqual(['never']);
  });

  test('an account of another Region alone is not looked at here', async () => {
    const world = new World();
    world.sources.held.set(OTHER, { ...enrolled(OTHER), regions: [] });
    await world.run();
    expect(world.opened).toEqual([SOURCE]);
  });

  test('a registry that cannot be read hides no account that the vault has accepted, and the report says so', async () => {
    const world = new World();
    world.registry = { entries: () => Promise.reject(new Error('AccessDenied')) };
    world.contents.set(SOURCE, { databases: [orders] });
    await world.run();
    expect(world.evidence.latest).toMatchObject({ registryUnread: 'Error: AccessDenied', counts: { never: 1 } });
    expect(world.measured[0]).toMatchObject({ UnreadParts: 1 });
    expect(world.messages[0]?.text).toContain('- Registry: Error: AccessDenied.');
  });
});

describe('what goes wrong on the way', () => {
  const unprotected = () => {
    const world = new World();
    world.contents.set(SOURCE, { databases: [orders] });
    return world;
  };

  test('a bucket that refuses the report does not stop the alarms: the measures come first, and no report is counted', async () => {
    const world = unprotected();
    world.evidence.failing = 'replace';
    await expect(world.run()).rejects.toMatchObject({ code: 'STEP_FAILED' });
    expect(breachedAlarms([{ step: 'report-coverage', values: world.measured[0] ?? {} }])).toEqual([
      'database-never-copied',
    ]);
    expect(world.measured.some((values) => 'CoverageWritten' in values)).toBe(false);
  });

  test('a day whose report could not be kept is kept by a later run', async () => {
    const world = unprotected();
    world.evidence.failing = 'keep';
    await expect(world.run()).rejects.toThrow('keep');
    expect(world.evidence.latest.kept).toBeUndefined();
    world.evidence.failing = undefined;
    await world.run(new Date(NOW.getTime() + hour));
    expect([...world.evidence.kept.keys()]).toEqual(['coverage/2026/11/25.json']);
  });

  test('a message that could not be sent is sent an hour later; the report is written all the same', async () => {
    const world = unprotected();
    world.onSend = () => {
      throw new Error('SNS is down');
    };
    await expect(world.run()).rejects.toThrow('SNS is down');
    expect(world.evidence.latest).toMatchObject({ counts: { never: 1 } });
    expect(world.evidence.latest.alertedAt).toBeUndefined();
    world.onSend = () => {};
    await world.run(new Date(NOW.getTime() + hour));
    expect(world.messages).toHaveLength(1);
  });

  test.each(['not JSON', '{}', '{"version":2,"databases":[]}'])(
    'a report that cannot be read (%s) is logged and written again',
    async (text) => {
      const world = unprotected();
      world.evidence.held.set('coverage/latest.json', text);
      await world.run();
      expect(world.logged).toContain('report.unreadable');
      expect(world.evidence.latest.counts.never).toBe(1);
    },
  );

  test('a read that fails does not stop the report either', async () => {
    const world = unprotected();
    world.evidence.failing = 'read';
    await world.run();
    world.evidence.failing = undefined;
    expect(world.evidence.latest.counts.never).toBe(1);
  });
});

describe('backups that AWS Backup missed', () => {
  test('are named with AWS Backup’s words: in the report, with the database, and in the message', async () => {
    const world = new World();
    const job = {
      resource: orders.arn,
      state: 'EXPIRED',
      message: 'the job did not start in its window',
      at: hoursAgo(3),
    };
    world.contents.set(SOURCE, { databases: [orders], failedJobs: [job] });
    await world.run();
    expect(world.evidence.latest.missedBackups).toEqual([
      { account: SOURCE, database: orders.arn, state: 'EXPIRED', message: job.message, at: job.at.toISOString() },
    ]);
    expect(world.evidence.latest.databases[0]?.reason).toBe('the backup expired: the job did not start in its window');
    expect(world.messages[0]?.text).toContain(`${orders.arn}: EXPIRED. The job did not start in its window.`);
    expect(world.measured[0]).toMatchObject({ MissedBackups: 1 });
  });

  test('a snapshot that was deleted before its copy was finished is one of them, once, although a newer copy is there', async () => {
    const world = new World();
    world.own = [aCopy(orders, 1)];
    const held = formatHold({ code: 'snapshot-deleted', count: 1, at: hoursAgo(3), alertedAt: hoursAgo(3) });
    const tags = { [TAGS.role]: 'export', [TAGS.held]: held };
    const failed = inSource(orders, tags, { name: 'checkvalve-orders-1', type: 'manual', status: 'failed' });
    world.contents.set(SOURCE, { databases: [orders], snapshots: [failed] });
    await world.run();
    expect(world.evidence.latest.missedBackups).toMatchObject([
      { account: SOURCE, database: orders.arn, state: 'DELETED', at: hoursAgo(3).toISOString() },
    ]);
    expect(world.messages[0]?.text).toContain(`${orders.arn}: DELETED. The snapshot was deleted before`);
    expect(world.measured[0]).toMatchObject({ MissedBackups: 1 });
    await world.run(new Date(NOW.getTime() + 30 * hour));
    expect(world.messages.filter(({ text }) => text.includes('DELETED'))).toHaveLength(1);
  });

  const missedAt = (at: Date): FailedJob => ({ resource: orders.arn, state: 'FAILED', message: 'no room', at });

  test('are in a message each, whatever lies between two: the one before and this one’s first run', async () => {
    const world = new World();
    world.own = [aCopy(orders, 1)];
    const end = new Date(NOW.getTime() + 3 * hour);
    world.contents.set(SOURCE, { databases: [orders], failedJobs: [missedAt(hoursAgo(1))] });
    await world.run();
    world.contents.set(SOURCE, { databases: [orders], failedJobs: [missedAt(end)] });
    // The runs of 27 hours come to nothing.
    await world.run(new Date(NOW.getTime() + 30 * hour));
    expect(world.messages).toHaveLength(2);
    expect(world.messages[1]?.text).toContain(`${orders.arn}: FAILED. No room.`);
  });

  test('are looked for over a day after a message an hour ago, and over a week without a message for months', async () => {
    const world = new World();
    world.own = [aCopy(orders, 1)];
    const jobs = [2, 23, 25, 100, 167, 169].map((hours) => missedAt(hoursAgo(hours)));
    world.contents.set(SOURCE, { databases: [orders], failedJobs: jobs });
    await world.run();
    expect(world.evidence.latest.missedBackups).toHaveLength(5);
    await world.run();
    expect(world.evidence.latest.missedBackups).toHaveLength(2);
  });
});

describe('export copies that the vault does not take', () => {
  const shared = (hours: number, more: Record<string, string> = {}) =>
    inSource(
      orders,
      { [TAGS.role]: 'export', [TAGS.sharedAt]: hoursAgo(hours).toISOString(), ...more },
      { name: `checkvalve-orders-${hours * 10}`, type: 'manual', createdAt: hoursAgo(hours + 1) },
    );

  test('are named after six hours, and an alarm waits for them', async () => {
    const world = new World();
    const [old, fresh, taken] = [shared(6.5), shared(5), shared(90, { [TAGS.importedAt]: hoursAgo(80).toISOString() })];
    const backup = inSource(orders, { [RECOVERY_POINT_TAGS.exportKey]: 'key' });
    world.contents.set(SOURCE, { databases: [orders], snapshots: [old, fresh, taken, backup] });
    world.own = [aCopy(orders, 5)];
    await world.run();
    expect(world.evidence.latest.accounts[0]?.notImported).toEqual([old.arn]);
    expect(breachedAlarms([{ step: 'report-coverage', values: world.measured[0] ?? {} }])).toEqual([
      'export-copies-not-imported',
    ]);
  });
});

describe('Regions that no vault covers', () => {
  const elsewhere = (name: string, where: string, tags = orders.tags) =>
    aDatabase(name, { tags, arn: databaseArn(`arn:aws:rds:${where}:${SOURCE}:db:${name}`) });
  const REGIONS = Array.from(
    { length: 30 },
    (_, at) => otherRegions([HERE])[at] ?? 'there are more than thirty Regions',
  ).map(region);
  const at = (hours: number) => new Date(NOW.getTime() + hours * hour);

  test('a run looks at one Region, at two at most where there are more than 24, and each comes once a day', async () => {
    for (const count of [24, 30]) {
      const world = new World();
      world.uncoveredRegions = REGIONS.slice(0, count);
      world.contents.set(SOURCE, { databases: [orders] });
      for (let run = 0; run < 24; run += 1) {
        const before = world.regionsAsked.length;
        await world.run(at(run));
        expect([1, count > 24 ? 2 : 1]).toContain(world.regionsAsked.length - before);
      }
      expect([...world.regionsAsked].sort()).toEqual([...world.uncoveredRegions].sort());
    }
  });

  test('a production database there is in the message, raises an alarm, and stays in the report until the next observation', async () => {
    const [first, second] = [REGIONS[0] ?? HERE, REGIONS[1] ?? HERE];
    const world = new World();
    world.uncoveredRegions = [first, second];
    const there = [elsewhere('hidden', first), elsewhere('playground', first, new Map())];
    // The second Region is not enabled: that is no fault.
    world.contents.set(SOURCE, { databases: [orders], elsewhere: { [first]: there } });
    world.own = [aCopy(orders, 5)];
    await world.run(at(0));
    await world.run(at(1));
    const [account] = world.evidence.latest.accounts;
    expect(account?.elsewhere).toMatchObject([{ region: first, count: 1, databases: [there[0]?.arn] }]);
    expect(account?.unread).toEqual([]);
    expect(breachedAlarms([{ step: 'report-coverage', values: world.measured.at(-2) ?? {} }])).toEqual([
      'database-in-uncovered-region',
    ]);
    expect(world.messages[0]?.text).toContain(`- ${SOURCE}, ${first}: Databases hidden.`);
    // An operator decides that it needs no vault.
    world.sources.decisions.push({
      kind: 'excluded',
      subject: `${there[0]?.arn}`,
      by: 'operator',
      at: NOW.toISOString(),
    });
    await world.run(at(2));
    await world.run(at(3));
    expect(world.evidence.latest.accounts[0]).not.toHaveProperty('elsewhere');
  });

  test('a Region that cannot be looked at is named, hides nothing that was seen there, and stops nothing', async () => {
    const [first] = REGIONS;
    if (!first) throw new Error('there is no other Region');
    const world = new World();
    world.uncoveredRegions = [first];
    world.own = [aCopy(orders, 5)];
    world.contents.set(SOURCE, { databases: [orders], elsewhere: { [first]: [elsewhere('hidden', first)] } });
    await world.run(at(0));
    const no = Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });
    world.contents.set(SOURCE, { databases: [orders], elsewhere: { [first]: no } });
    await world.run(at(1));
    const { accounts, databases } = world.evidence.latest;
    expect(databases[0]?.status).toBe('protected');
    expect(accounts[0]?.elsewhere).toMatchObject([{ region: first, count: 1, because: 'Throttling: Rate exceeded' }]);
    expect(world.measured.at(-2)).toMatchObject({ UnreadParts: 1, DatabasesInUncoveredRegions: 1 });
  });

  test('a tooling of a release before, which refuses every Region, makes no report too long', async () => {
    const world = new World();
    world.uncoveredRegions = REGIONS;
    const no = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
    world.contents.set(SOURCE, { databases: [orders], elsewhere: Object.fromEntries(REGIONS.map((one) => [one, no])) });
    for (let run = 0; run < 24; run += 1) await world.run(at(run));
    expect(world.evidence.latest.accounts[0]?.elsewhere).toHaveLength(3);
  });
});

test('an account that an operator evicted is not looked into, whatever the registry says', async () => {
  const world = new World();
  world.registry = new FakeRegistry([enrolled(SOURCE), enrolled(OTHER)]);
  for (const subject of [SOURCE, OTHER]) {
    world.sources.decisions.push({ kind: 'evicted', subject, by: 'operator', at: NOW.toISOString() });
  }
  await world.run();
  expect(world.opened).toEqual([]);
  expect(world.evidence.latest.accounts.map(({ account, state }) => `${account} ${state}`)).toEqual([
    `${SOURCE} evicted`,
  ]);
});
