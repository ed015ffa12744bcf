import { DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { exportSnapshots } from '../../lambda/source/export-snapshots/export-snapshots';
import { RunNotes } from '../../lambda/source/export-snapshots/run-notes';
import { importCopies } from '../../lambda/vault/import-copies/import-copies';
import type { AccountId, SnapshotArn } from '../../src/contract/ids';
import { notify } from '../../src/contract/message';
import { copiesTopicArn, NAMES } from '../../src/contract/names';
import { InMemoryOwnCopies } from '../../src/simulation/own-copies-in-memory';
import { DATABASE_TAG, exportKeyOf, HERE, IMPORT_KEY, OTHER, Pipeline, SOURCE, VAULT } from './pipeline';

const record = (account: AccountId, queue: string, body: string) => ({
  messageId: body.slice(-20),
  body,
  eventSourceARN: `arn:aws:sqs:${HERE}:${account}:${queue}`,
});

/** Events as the queue of wakeups delivers them. */
export const queued = (account: AccountId, ...events: readonly unknown[]) => ({
  Records: events.map((event) => record(account, NAMES.wakeups, JSON.stringify(event))),
});

/** The step's own reminder. */
export const REMINDER = { wake: 'again' };

/** RDS reports a snapshot. */
export const reported = ({ name, kind }: Pick<Snapshot, 'name' | 'kind'>, EventID = 'RDS-EVENT-0197') => ({
  source: 'aws.rds',
  'detail-type': kind === 'cluster' ? 'RDS DB Cluster Snapshot Event' : 'RDS DB Snapshot Event',
  detail: { EventID, SourceIdentifier: name },
});

/** Notifications of export copies, each from the topic of its account. */
export const notified = (...copies: readonly SnapshotArn[]) => ({
  Records: copies.map((copy) => {
    const account = copy.split(':')[4] as AccountId;
    const body = { Type: 'Notification', TopicArn: copiesTopicArn(account, HERE), Message: notify(copy) };
    return record(VAULT, NAMES.inbox, JSON.stringify(body));
  }),
});

/** Source and vault with what a deployed step has beside the ports of a pipeline: notes, and the index. Counts the calls of a run. */
export class IndexedPipeline extends Pipeline {
  readonly index = new InMemoryOwnCopies(this.sources);
  notes = new RunNotes();
  private readonly counting = {
    wakeIn: async () => {
      this.reminders += 1;
    },
  };
  /** Accounts whose access role was used. */
  readonly opened: AccountId[] = [];

  override export(account = SOURCE, event: unknown = REMINDER) {
    const ports = {
      snapshots: this.rds.as(account),
      memory: this.rds.memoryOf(account),
      notifications: this.notifications,
      wakeups: this.counting,
    };
    const settings = {
      exportKey: exportKeyOf(account),
      vaultAccount: VAULT,
      databaseTag: DATABASE_TAG,
      limits: DEFAULT_LIMITS,
    };
    return exportSnapshots(event, ports, settings, this.rds.time, this.log, this.notes);
  }

  override import(event: unknown = {}) {
    const ports = {
      sources: this.sources,
      snapshots: this.rds.as(VAULT),
      accessRoles: {
        of: (account: AccountId) => {
          this.opened.push(account);
          return this.rds.as(account);
        },
      },
      wakeups: this.counting,
      ownCopies: this.index,
    };
    const settings = { importKey: IMPORT_KEY, limits: DEFAULT_LIMITS, admission: this.admission };
    return importCopies(event, ports, settings, this.rds.time, this.log);
  }

  /** The calls to RDS that a run makes, by name. */
  async calls(run: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
    const before = new Map(this.rds.calls);
    await run();
    const made = [...this.rds.calls].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
    return Object.fromEntries(made.filter(([, count]) => count > 0));
  }

  /** The export copies of an account. */
  exportCopies(account: AccountId = SOURCE): readonly Snapshot[] {
    return this.rds.all(account).filter(({ name }) => name.startsWith('checkvalve-'));
  }

  /** Export copies of both accounts are shared, and the vault has an index of what it had before. */
  async sharedBy(...databases: readonly Parameters<Pipeline['backUp']>[0][]): Promise<this> {
    await this.import();
    for (const database of databases) this.backUp(database);
    for (const account of [SOURCE, OTHER]) await this.export(account);
    this.rds.advance(30);
    for (const account of [SOURCE, OTHER]) await this.export(account);
    return this;
  }
}
