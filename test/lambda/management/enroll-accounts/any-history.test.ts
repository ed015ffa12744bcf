import * as fc from 'fast-check';
import { DAY } from '../../../../src/contract/durations';
import type { AccountId } from '../../../../src/contract/ids';
import {
  called,
  FakeOrganization,
  ManagementWorld,
  numbered,
  SETTINGS,
  TAGGED,
  tagSet,
  UNITS,
} from '../../../support/enrollment';

/** One step of a history: a change of an account and the delivery of its event, a sweep, or time that passes. */
type Happening =
  | {
      readonly do: 'tag' | 'untag' | 'near-miss' | 'move-in' | 'move-out' | 'suspend' | 'reopen' | 'depart' | 'join';
      readonly at: number;
      readonly delivery: 'once' | 'twice' | 'never' | 'late';
    }
  | { readonly do: 'late-events' | 'sweep' }
  | {
      readonly do: 'failing-sweep';
      readonly call: 'members' | 'member' | 'tags';
      readonly after: number;
      readonly isAbandoned: boolean;
    }
  | { readonly do: 'pass'; readonly days: number };

const ACCOUNTS = 14;
const at = fc.nat(ACCOUNTS - 1);
const delivery = fc.constantFrom('once', 'twice', 'never', 'late');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('tag', 'untag', 'near-miss', 'move-in', 'move-out', 'suspend', 'reopen', 'depart', 'join'),
      at,
      delivery,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('late-events') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('failing-sweep'),
      call: fc.constantFrom('members', 'member', 'tags'),
      after: fc.nat(20),
      isAbandoned: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass'), days: fc.constantFrom(0.1, 1, 5, 13, 14, 15) }) },
) as fc.Arbitrary<Happening>;

const counts = { histories: 0, happenings: 0, events: 0, sweeps: 0, 'failed listings': 0, withdrawals: 0 };

/** A world, and for each account since when it is to be enrolled or not. */
class History {
  readonly world = new ManagementWorld(new FakeOrganization(2));
  private late: unknown[] = [];
  private checked = 0;
  /** For each account, when it became and ceased to be wanted. */
  private readonly turns = new Map<AccountId, { readonly at: number; readonly wanted: boolean }[]>();

  constructor() {
    this.world.settings = { ...SETTINGS, massExit: { accounts: 1000, percent: 1000, acknowledged: [] } };
    for (let account = 0; account < ACCOUNTS; account += 1) {
      this.world.organization.set(numbered(account), { tags: account % 2 ? TAGGED : {} });
      this.note(numbered(account));
    }
    const { registry, organization, stackSet } = this.world;
    // A withdrawal needs a listing in which no member was missing.
    let listed = 0;
    const members = organization.members.bind(organization);
    organization.members = async (from) => {
      const page = await members(from);
      listed = (from ? listed : 0) + page.items.length;
      return page;
    };
    stackSet.before = (call) => {
      if (call !== 'DELETE') return;
      // The phase of the instances removes only instances that are left over from a failed deletion.
      expect(['withdraw', 'instances']).toContain(registry.state?.phase);
      expect(registry.state?.counts.members).toBe(listed);
    };
  }

  isWanted(account: AccountId): boolean {
    const held = this.world.organization.accounts.get(account);
    return held?.state === 'ACTIVE' && held.units === UNITS && held.tags.environment === 'production';
  }
  get desired(): readonly AccountId[] {
    return [...this.world.organization.accounts.keys()].filter((account) => this.isWanted(account)).sort();
  }

  async happen(one: Happening): Promise<void> {
    counts.happenings += 1;
    if (one.do === 'pass') this.world.pass(one.days);
    else if (one.do === 'sweep') await this.sweep();
    else if (one.do === 'failing-sweep') await this.failingSweep(one);
    else if (one.do === 'late-events') await this.deliver(this.late.splice(0).reverse());
    else if ('at' in one) await this.change(one);
    this.check();
  }

  async sweep(): Promise<void> {
    counts.sweeps += 1;
    await this.world.sweep();
  }

  /** A sweep whose listing fails at some call. It is retried later, or abandoned. */
  private async failingSweep({ call, after, isAbandoned }: Extract<Happening, { do: 'failing-sweep' }>): Promise<void> {
    const { organization, messages } = this.world;
    let calls = 0;
    let failed = false;
    organization.before = (name) => {
      calls += name === call ? 1 : 0;
      if (name !== call || calls <= after) return;
      failed = true;
      throw new Error('TooManyRequestsException');
    };
    await this.sweep();
    organization.before = () => {};
    if (!failed) return;
    counts['failed listings'] += 1;
    if (!isAbandoned) return;
    messages.length = 0;
    this.world.pass(0.3);
  }

  private async change(one: Extract<Happening, { readonly at: number }>): Promise<void> {
    const account = numbered(one.at);
    const { organization } = this.world;
    const isMember = organization.accounts.has(account);
    if (isMember === (one.do === 'join')) return;
    if (one.do === 'depart') organization.accounts.delete(account);
    else organization.set(account, CHANGES[one.do]);
    this.note(account);
    const event = EVENTS[one.do]?.(account);
    if (!event || one.delivery === 'never') return;
    if (one.delivery === 'late') this.late.push(event);
    else await this.deliver(one.delivery === 'twice' ? [event, event] : [event]);
  }

  private async deliver(events: readonly unknown[]): Promise<void> {
    for (const event of events) {
      counts.events += 1;
      await this.world.enroll(event);
    }
    while (await this.world.work());
  }

  private note(account: AccountId): void {
    const turns = this.turns.get(account) ?? [];
    this.turns.set(account, [...turns, { at: this.world.now.getTime(), wanted: this.isWanted(account) }]);
  }

  /** No account is withdrawn that is wanted, or whose grace period is not over or began while it was wanted. */
  private check(): void {
    const { operations } = this.world.stackSet;
    for (const { action, accounts } of operations.slice(this.checked)) {
      if (action !== 'DELETE') continue;
      for (const account of accounts) {
        counts.withdrawals += 1;
        expect(this.isWanted(account)).toBe(false);
        const history = this.world.registry.held.get(account)?.history ?? [];
        const began = history.find(({ what }) => /→ leaving$|^leaving$|enrolled → left$/.test(what));
        const since = Date.parse(began?.at ?? '');
        expect(this.world.now.getTime() - since).toBeGreaterThanOrEqual(14 * DAY);
        const turns = (this.turns.get(account) ?? []).filter((one) => one.at <= since);
        // Of several changes at one instant, the grace period may have begun with any, or before the first.
        const instant = turns.at(-1)?.at;
        const last = turns.filter(({ at }) => at === instant);
        const before = instant === since ? turns.filter(({ at }) => at < since).slice(-1) : [];
        expect([...before, ...last].some(({ wanted }) => !wanted)).toBe(true);
      }
    }
    this.checked = operations.length;
  }

  /** After a complete sweep, wanted accounts are enrolled, and all others that have the tooling are within their grace period. */
  expectDesired(): void {
    const { stackSet, registry, now } = this.world;
    expect(stackSet.enrolled).toEqual(expect.arrayContaining([...this.desired]));
    const registered = [...registry.held.values()].filter(({ state }) => state === 'enrolled');
    expect(registered.map(({ account }) => account).sort()).toEqual(this.desired);
    for (const account of stackSet.enrolled.filter((one) => !this.isWanted(one))) {
      const { state, departed, since = '' } = registry.held.get(account) ?? {};
      expect(state === 'leaving' || (state === 'left' && departed)).toBe(true);
      expect(now.getTime() - Date.parse(since)).toBeLessThan(14 * DAY);
    }
    this.check();
  }
}

/** The account is closed and reopened at one instant; the second event is not processed before the tag is removed, too. */
const SUSPENDED_AND_REOPENED_AT_ONCE: readonly Happening[] = [
  { do: 'failing-sweep', call: 'members', after: 9, isAbandoned: false },
  { do: 'suspend', at: 13, delivery: 'once' },
  { do: 'reopen', at: 13, delivery: 'once' },
  ...[0, 0, 0].map((at) => ({ do: 'tag', at, delivery: 'once' }) as const),
  { do: 'pass', days: 0.1 },
  { do: 'failing-sweep', call: 'members', after: 0, isAbandoned: false },
  { do: 'pass', days: 0.1 },
  { do: 'untag', at: 13, delivery: 'once' },
  { do: 'tag', at: 0, delivery: 'once' },
  { do: 'sweep' },
  { do: 'pass', days: 0.1 },
  { do: 'pass', days: 0.1 },
  { do: 'failing-sweep', call: 'members', after: 0, isAbandoned: false },
];

/** A sweep reads a suspended account; at the same instant it is reopened, and later moved out. */
const SWEPT_AND_REOPENED_AT_ONCE: Happening[] = [
  { do: 'suspend', at: 9, delivery: 'late' },
  { do: 'pass', days: 0.1 },
  { do: 'sweep' },
  { do: 'reopen', at: 9, delivery: 'once' },
  { do: 'pass', days: 0.1 },
  { do: 'move-out', at: 9, delivery: 'once' },
  { do: 'late-events' },
];

const CHANGES = {
  tag: { tags: TAGGED },
  untag: { tags: {} },
  'near-miss': { tags: { environment: 'Production' } },
  'move-in': { units: UNITS },
  'move-out': { units: ['r-ex01'] },
  suspend: { state: 'SUSPENDED' },
  reopen: { state: 'ACTIVE' },
  // An account that left has lost its tags.
  join: { state: 'ACTIVE', units: ['r-ex01'], tags: {} },
} as const;
const moved = (account: AccountId) => called('MoveAccount', { accountId: account });
const EVENTS: Readonly<Record<string, (account: AccountId) => unknown>> = {
  tag: tagSet,
  untag: (account) => called('UntagResource', { resourceId: account, tagKeys: ['environment'] }),
  'near-miss': tagSet,
  'move-in': moved,
  'move-out': moved,
  suspend: (account) => called('CloseAccount', { accountId: account }),
  depart: (account) => called('RemoveAccountFromOrganization', { accountId: account }),
  join: (account) =>
    called('AcceptHandshake', {}, { responseElements: { handshake: { parties: [{ id: account, type: 'ACCOUNT' }] } } }),
};

test('after any history of an organization and its events, one sweep enrolls the wanted accounts, and withdraws none too early', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 12, maxLength: 40, size: 'max' }), async (happenings) => {
      counts.histories += 1;
      const history = new History();
      for (const one of happenings) await history.happen(one);
      // A sweep that failed has ended by now: its message was retried, or it counts as stopped.
      history.world.pass(0.3);
      await history.sweep();
      history.expectDesired();
      // A grace period later only wanted accounts are left: the sweep before may have recorded departures.
      history.world.pass(15);
      await history.sweep();
      history.expectDesired();
      expect(history.world.stackSet.enrolled).toEqual(history.desired);
      // Another sweep changes nothing.
      const { operations } = history.world.stackSet;
      const { changes } = history.world.registry;
      await history.sweep();
      expect([history.world.stackSet.operations.length, history.world.registry.changes]).toEqual([
        operations.length,
        changes,
      ]);
    }),
    { numRuns: 300, examples: [[SUSPENDED_AND_REOPENED_AT_ONCE], [SWEPT_AND_REOPENED_AT_ONCE]] },
  );
  process.stdout.write(`histories of an organization: ${JSON.stringify(counts)}\n`);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThanOrEqual(100);
}, 60_000);
