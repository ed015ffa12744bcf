import type { CoverageAccessRoles, SourceView } from '../../../lambda/_kit/ports/coverage-access';
import type { Database } from '../../../lambda/_kit/ports/databases';
import type { SnapshotAccessRoles } from '../../../lambda/_kit/ports/snapshot-access-roles';
import type { Snapshots } from '../../../lambda/_kit/ports/snapshots';
import type { AccountId, SnapshotArn } from '../../contract/ids';
import { MAX_TAGS_PER_RESOURCE } from '../../contract/tags';
import type { InMemoryRds } from '../in-memory-rds';
import type { ForeignError } from './seams';

/** The errors that an account's access roles and topic answer with. */
export interface Answers {
  /** Name of the error that every call through an access role ends with. */
  role?: string;
  /** The same, for calls that write a tag alone. */
  mark?: string;
  /** The same, for a subscription to its topic. */
  topic?: string;
}

/** An error as AWS's SDK throws it. */
export function awsError(name: string, message = 'injected'): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

/** What an account's access roles show of it. */
export interface AccountView {
  readonly databases: (account: AccountId) => readonly Database[];
  readonly answers: (account: AccountId) => Answers;
  /** Whether the weather throttles this call. */
  readonly isThrottled: () => boolean;
  /** The vault has written a tag in that account. */
  readonly wrote: (account: AccountId) => void;
}

/** The access roles of all accounts, each with the errors that its account chooses. */
export class AccessRoles {
  /** Errors of other accounts in the current run. */
  readonly errors: ForeignError[] = [];

  constructor(
    private readonly rds: InMemoryRds,
    private readonly view: AccountView,
  ) {}

  /** What import-copies can read and tag. */
  snapshotAccess(): SnapshotAccessRoles {
    return { of: (account) => this.marking(account) };
  }

  /** What report-coverage can read. */
  coverageAccess(): CoverageAccessRoles {
    return {
      of: (account): SourceView => {
        const inside = this.rds.as(account);
        const ask = <T>(answer: () => Promise<T>) => this.asked(account, answer);
        return {
          databases: { all: () => ask(async () => this.view.databases(account)) },
          snapshots: {
            own: () => ask(() => inside.own()),
            manual: () => ask(() => inside.manual()),
            shared: () => ask(() => inside.shared()),
          },
          backups: { failedSince: () => ask(async () => []), optedOut: () => ask(async () => []) },
          databasesIn: () => ask(async () => []),
          held: () => ask(async () => ({ holds: new Map(), isWhole: true })),
          keyPolicies: {
            names: () => ask(async () => ['default']),
            defaultPolicy: () => ask(async () => '{"Statement":[]}'),
          },
          queueDepthOf: () => ask(async () => 0),
        };
      },
    };
  }

  /** The vault subscribes to an account's topic. */
  subscribe(account: AccountId): Promise<void> {
    const { topic } = this.view.answers(account);
    return topic ? this.refuse(account, topic) : Promise.resolve();
  }

  private marking(account: AccountId): Snapshots {
    const inside = this.rds.as(account);
    const refused = () => Promise.reject(awsError('AccessDenied', 'the access role shows and marks, nothing else'));
    const ask = <T>(answer: () => Promise<T>) => this.asked(account, answer);
    return {
      own: () => ask(() => inside.own()),
      manual: () => ask(() => inside.manual()),
      shared: () => ask(() => inside.shared()),
      copy: refused,
      share: refused,
      remove: refused,
      tag: (arn, tags) => ask(() => this.tag(account, arn, tags)),
    };
  }

  private async tag(account: AccountId, arn: SnapshotArn, tags: Readonly<Record<string, string>>): Promise<void> {
    const { mark } = this.view.answers(account);
    if (mark) return this.refuse(account, mark);
    const held = this.rds.find(arn);
    if (!held) return this.refuse(account, 'DBSnapshotNotFoundFault');
    // Assumption (a-full-tag-list-is-refused-by-code): no page names the error of a 51st tag; RDS uses this code for invalid values.
    if (new Set([...held.tags.keys(), ...Object.keys(tags)]).size > MAX_TAGS_PER_RESOURCE) {
      return this.refuse(account, 'InvalidParameterValue');
    }
    await this.rds.as(account).tag(arn, tags);
    this.view.wrote(account);
  }

  private async asked<T>(account: AccountId, answer: () => Promise<T>): Promise<T> {
    const { role } = this.view.answers(account);
    if (role) return this.refuse(account, role);
    if (this.view.isThrottled()) throw awsError('ThrottlingException');
    return answer();
  }

  private refuse(account: AccountId, name: string): Promise<never> {
    const error = awsError(name);
    this.errors.push({ account, error });
    return Promise.reject(error);
  }
}
