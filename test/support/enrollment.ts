import type { Member, Organization, Page } from '../../lambda/_kit/ports/organization';
import {
  type EnrollmentRegistry,
  REFUSAL_PAUSE_HOURS,
  type RegistryEntry,
  type SweepState,
} from '../../lambda/_kit/ports/registry';
import type {
  OperationResult,
  Rollout,
  RolloutOperation,
  StackInstance,
  StackInstances,
} from '../../lambda/_kit/ports/stack-instances';
import { enrollAccounts } from '../../lambda/management/enroll-accounts/enroll-accounts';
import type { EnrollmentPorts } from '../../lambda/management/enroll-accounts/observe';
import { watchRollout } from '../../lambda/management/watch-rollout/watch-rollout';
import { type Cell, stackSetOfCell } from '../../src/contract/cells';
import type { EnrollmentSettings } from '../../src/contract/enrollment-settings';
import { type AccountId, accountId, type Region, region } from '../../src/contract/ids';
import { NAMES } from '../../src/contract/names';

export const HERE = region('eu-central-1');
export const SOURCE = accountId('222200001111');
export const OTHER = accountId('222200002222');
export const MANAGEMENT = accountId('444400003333');
export const VAULT = accountId('333300002222');
export const OTHER_VAULT = accountId('333300004444');
export const TAGGED = { environment: 'production' };
export const UNITS = ['r-ex01', 'ou-ex01-workload'];

/** A cell for ten thousand databases of a thousand accounts. */
export const cellNamed = (name: string, vaultAccount: AccountId, stackSet = stackSetOfCell(name)): Cell => ({
  name,
  vaultAccount,
  stackSet,
  maxDatabases: 1000,
  maxAccounts: 1000,
});

export const SETTINGS: EnrollmentSettings = {
  rootId: 'r-ex01',
  managementAccount: MANAGEMENT,
  cells: [cellNamed('main', VAULT, NAMES.stackSet)],
  targetUnits: ['ou-ex01-workload'],
  excludedUnits: [],
  tag: { key: 'environment', values: ['production'], match: 'exact' },
  regions: [HERE],
  exemptions: [],
  graceDays: 14,
  massExit: { accounts: 5, percent: 10, acknowledged: [] },
  readsPerSecond: 10,
};

interface Account {
  state: string;
  units: readonly string[];
  tags: Readonly<Record<string, string>>;
}

/** An organization whose pages are like those of Organizations: 20 accounts each, and now and then an empty one. */
export class FakeOrganization implements Organization {
  readonly accounts = new Map<AccountId, Account>();
  readonly calls = { members: 0, member: 0, tags: 0 };
  /** Called before each call; it throws to fail the call. */
  before: (call: keyof FakeOrganization['calls'], account?: AccountId) => void = () => {};

  constructor(private readonly pageSize = 20) {}

  set(account: AccountId, change: Partial<Account> = {}): void {
    const before = this.accounts.get(account) ?? { state: 'ACTIVE', units: UNITS, tags: TAGGED };
    this.accounts.set(account, { ...before, ...change });
  }
  async members(from = '0'): Promise<Page<Member>> {
    this.called('members');
    const [at, empty] = from.split('-');
    // An empty page comes before every third one.
    if (Number(at) % 3 === 2 && !empty) return { items: [], next: `${at}-again` };
    const ids = [...this.accounts.keys()];
    const start = Number(at) * this.pageSize;
    const items = ids.slice(start, start + this.pageSize).flatMap((id) => this.read(id) ?? []);
    return { items, ...(start + this.pageSize < ids.length && { next: String(Number(at) + 1) }) };
  }
  async member(account: AccountId) {
    this.called('member', account);
    return this.read(account);
  }
  async tags(account: AccountId) {
    this.called('tags', account);
    return new Map(Object.entries(this.accounts.get(account)?.tags ?? {}));
  }
  private called(call: keyof FakeOrganization['calls'], account?: AccountId) {
    this.calls[call] += 1;
    this.before(call, account);
  }
  private read(id: AccountId): Member | undefined {
    const found = this.accounts.get(id);
    return found && { id, state: found.state, units: found.units };
  }
}

/** A StackSet whose operations end at once, and fail for the accounts in `failing`. */
export class FakeStackSet implements StackInstances, Rollout {
  readonly held = new Map<string, StackInstance>();
  readonly operations: {
    readonly id: string;
    readonly action: string;
    readonly accounts: readonly AccountId[];
    readonly regions: readonly Region[];
    readonly retain?: boolean;
    readonly results: OperationResult[];
  }[] = [];
  readonly calls = { ofAccount: 0, instances: 0 };
  version = 'aaaaaaaaaaaa';
  /** Operations that other principals started. */
  readonly elsewhere: RolloutOperation[] = [];
  /** The reason with which operations on an account fail. */
  readonly failing = new Map<AccountId, string>();
  before: (call: string) => void = () => {};
  pageSize = 100;

  async ofAccount(account: AccountId) {
    this.before('ofAccount');
    this.calls.ofAccount += 1;
    return [...this.held.values()].filter((one) => one.account === account);
  }
  async instances(from = '0') {
    this.before('instances');
    this.calls.instances += 1;
    return this.page([...this.held.values()], from);
  }
  async create(accounts: readonly AccountId[], regions: readonly Region[]) {
    return this.operate('CREATE', accounts, regions);
  }
  async repair(accounts: readonly AccountId[], regions: readonly Region[]) {
    return this.operate('UPDATE', accounts, regions);
  }
  async withdraw(accounts: readonly AccountId[], regions: readonly Region[], retain: boolean) {
    return this.operate('DELETE', accounts, regions, retain);
  }
  async recentOperations() {
    return [...this.operations.map(({ id, action }) => ({ id, action, ended: true })), ...this.elsewhere].reverse();
  }
  async operationState(id: string) {
    const other = this.elsewhere.find((one) => one.id === id);
    if (other) return other;
    const found = this.operations.find((one) => one.id === id);
    return found && { action: found.action, ended: true };
  }
  async results(operation: string, from = '0') {
    return this.page(this.operations.find(({ id }) => id === operation)?.results ?? [], from);
  }
  async templateVersion() {
    return this.version;
  }
  /** Sets an instance, without an operation. */
  put(instance: StackInstance) {
    this.held.set(`${instance.account} ${instance.region}`, instance);
  }
  get enrolled(): readonly AccountId[] {
    return [...new Set([...this.held.values()].map(({ account }) => account))].sort();
  }
  private operate(action: string, accounts: readonly AccountId[], regions: readonly Region[], retain = false): string {
    this.before(action);
    if (accounts.length === 0) throw new Error('an operation without accounts targets the whole OU');
    const id = `operation-${this.operations.length + 1}`;
    const results: OperationResult[] = [];
    for (const account of accounts) {
      for (const at of regions) {
        const reason = action === 'DELETE' && retain ? undefined : this.failing.get(account);
        const result = { account, region: at, operation: id, standing: reason ? 'failed' : 'current', reason } as const;
        results.push(result);
        if (action === 'DELETE' && !reason) this.held.delete(`${account} ${at}`);
        else this.put(result);
      }
    }
    this.operations.push({ id, action, accounts, regions, retain, results });
    return id;
  }
  private page<Item>(all: readonly Item[], from: string): Page<Item> {
    const start = Number(from);
    const next = start + this.pageSize;
    return { items: all.slice(start, next), ...(next < all.length && { next: String(next) }) };
  }
}

/** A registry that refuses a change of an entry that was changed since it was read. */
export class FakeEnrollment implements EnrollmentRegistry {
  readonly held = new Map<AccountId, RegistryEntry>();
  readonly alerted = new Map<string, string>();
  readonly refused = new Map<string, { readonly since: Date; readonly last: Date }>();
  changes = 0;
  state: SweepState | undefined;
  pageSize = 100;
  before: (call: string) => void = () => {};

  async of(accounts: readonly AccountId[]) {
    const found = accounts.flatMap((account) => this.held.get(account) ?? []);
    return new Map(found.map((entry) => [entry.account, entry]));
  }
  async page(from = '0') {
    this.before('page');
    const all = [...this.held.values()].sort((a, b) => a.account.localeCompare(b.account));
    const next = Number(from) + this.pageSize;
    return { items: all.slice(Number(from), next), ...(next < all.length && { next: String(next) }) };
  }
  async cellLoad() {
    this.before('cellLoad');
    const load = new Map<string | undefined, number>();
    for (const { state, departed, cell, moving } of this.held.values()) {
      if (state === 'left' && !departed) continue;
      const counted = moving?.to ?? cell;
      load.set(counted, (load.get(counted) ?? 0) + 1);
    }
    return load;
  }
  async change(entry: RegistryEntry) {
    this.before('change');
    if (this.held.get(entry.account)?.revision !== entry.revision) throw new Error('changed meanwhile');
    this.changes += 1;
    this.held.set(entry.account, { ...entry, revision: (entry.revision ?? 0) + 1 });
  }
  async recordAlert(about: string, text: string) {
    const isNew = this.alerted.get(about) !== text;
    this.alerted.set(about, text);
    return isNew;
  }
  async recordRefusal(call: string, now: Date) {
    const noted = this.refused.get(call);
    const goesOn = noted && now.getTime() - noted.last.getTime() < REFUSAL_PAUSE_HOURS * 3600 * 1000;
    const since = goesOn ? noted.since : now;
    this.refused.set(call, { since, last: now });
    return since;
  }
  async sweep() {
    return this.state;
  }
  async replaceSweep(seen: SweepState | undefined, next: SweepState) {
    this.before('replaceSweep');
    if (JSON.stringify(seen) !== JSON.stringify(this.state)) return false;
    this.state = next;
    return true;
  }
}

export interface Message {
  readonly body: Readonly<Record<string, unknown>>;
  readonly group: string;
  readonly once: string;
  received: number;
}

/** The management account: both of its steps, invoked by their queues. */
export class ManagementWorld {
  now = new Date('2026-03-01T12:00:00Z');
  settings = SETTINGS;
  readonly organization: FakeOrganization;
  /** The StackSet of the first cell, and those of the others. */
  readonly stackSet = new FakeStackSet();
  readonly stackSets = new Map<string, FakeStackSet>();
  readonly registry = new FakeEnrollment();
  readonly messages: Message[] = [];
  readonly alerts: { readonly subject: string; readonly message: string; readonly article: string }[] = [];
  readonly logged: string[] = [];
  readonly waited: number[] = [];
  /** Reads that waited for the rate limit. */
  turns = 0;

  constructor(organization = new FakeOrganization()) {
    this.organization = organization;
  }

  readonly queue = {
    send: async (body: Message['body'], group: string, once: string) => {
      if (!this.messages.some((one) => one.once === once)) this.messages.push({ body, group, once, received: 0 });
    },
    retryAfter: async (_: string, seconds: number) => void this.waited.push(seconds),
  };
  readonly alertsPort = {
    publish: async (subject: string, message: string, article: string) =>
      void this.alerts.push({ subject, message, article }),
  };
  private readonly turn = async () => {
    this.turns += 1;
  };
  pace: EnrollmentPorts['pace'] = {
    accounts: { turn: this.turn },
    tags: { turn: this.turn },
    instances: { turn: this.turn },
  };
  get ports(): EnrollmentPorts {
    const { organization, registry, queue, alertsPort: alerts, pace } = this;
    const stackInstances = (cell: string) => this.stackSetOf(cell);
    return { organization, stackInstances, registry, queue, alerts, pace };
  }

  /** The StackSet of a cell. */
  stackSetOf(cell: string): FakeStackSet {
    if (cell === this.settings.cells[0].name) return this.stackSet;
    const found = this.stackSets.get(cell) ?? new FakeStackSet();
    this.stackSets.set(cell, found);
    return found;
  }
  enroll(event: unknown) {
    return enrollAccounts(event, this.ports, this.settings, this.now, (name) => void this.logged.push(name));
  }
  watch(event: unknown = { source: 'aws.events' }) {
    const { registry, queue, alertsPort: alerts } = this;
    const rollouts = new Map(this.settings.cells.map(({ name }) => [name, this.stackSetOf(name)]));
    return watchRollout(event, { rollouts, registry, queue, alerts }, this.now, () => {});
  }
  /** Delivers the first message; it stays in the queue when its run fails. */
  async work(): Promise<boolean> {
    const [message] = this.messages;
    if (!message) return false;
    message.received += 1;
    const record = {
      messageId: message.once,
      receiptHandle: message.once,
      body: JSON.stringify(message.body),
      attributes: { ApproximateReceiveCount: String(message.received) },
    };
    const step = message.group.startsWith('rollout-') ? this.watch.bind(this) : this.enroll.bind(this);
    const { batchItemFailures } = await step({ Records: [record] });
    if (batchItemFailures.length > 0) return false;
    this.messages.splice(this.messages.indexOf(message), 1);
    return true;
  }
  /** A sweep from the daily schedule to its end, or to the first message that fails. */
  async sweep(): Promise<void> {
    await this.enroll({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
    while (await this.work());
  }
  pass(days: number): void {
    this.now = new Date(this.now.getTime() + days * 24 * 3600 * 1000);
  }
  stateOf(account: AccountId) {
    return this.registry.held.get(account)?.state;
  }
  get subjects(): readonly string[] {
    return this.alerts.map(({ subject }) => subject);
  }
}

/** The event of a call on an account. */
export const called = (eventName: string, requestParameters: object, more: object = {}) => ({
  source: 'aws.organizations',
  'detail-type': 'AWS API Call via CloudTrail',
  region: 'us-east-1',
  detail: {
    eventName,
    requestParameters,
    userIdentity: { arn: 'arn:aws:sts::444400003333:assumed-role/admin/a' },
    ...more,
  },
});
/** The event of a tag that was set. */
export const tagSet = (account: string) =>
  called('TagResource', { resourceId: account, tags: [{ key: 'environment', value: 'production' }] });
/** Accounts by number. */
export const numbered = (at: number): AccountId => accountId(`2222${String(at).padStart(8, '0')}`);
