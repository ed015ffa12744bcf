import { HOUR } from '../../contract/durations';
import {
  type AccountId,
  type DatabaseArn,
  databaseArn,
  type Kind,
  type SnapshotArn,
  snapshotArn,
} from '../../contract/ids';
import { copiesTopicArn, PREFIX, TAGS } from '../../contract/names';
import type { InMemoryRds } from '../in-memory-rds';
import { exportKeyOf, HERE, VAULT } from '../scenario';
import type { Answers } from './access';
import type { AttackScenario } from './attack-scenario';
import type { Truth } from './truth';
import type { ManagedRegistry } from './vault-tables';

/** Manual snapshots that an account of the adversary may have: AWS raises the quota on request. */
const QUOTA = 300;
/** GiB per minute of a copy in this world: 16 TiB take three days. */
export const GIB_PER_MINUTE = 4;

/** A snapshot that an attacker shares with the vault. */
export interface ShareWish {
  readonly kind?: Kind;
  /** Name of the database that RDS has for it. */
  readonly of: string;
  readonly resourceId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sizeGiB?: number;
  /** How long a copy takes; else as long as its size needs. */
  readonly copyMinutes?: number;
  /** How old its data is, in hours. */
  readonly ageHours?: number;
}

/** What an adversary writes to. */
export interface AttackerAccountPorts {
  readonly scenario: AttackScenario;
  readonly rds: InMemoryRds;
  readonly truth: Truth;
  readonly registry: ManagedRegistry;
  /** Puts a message into the vault's inbox, as SNS does. */
  readonly deliver: (body: string) => void;
}

/** What the attacks of one account can do. */
export class AttackerAccount {
  /** What its access roles and its topic answer. */
  readonly answers: Answers = {};
  /** Its databases whose backups it has stopped. */
  readonly stopped = new Set<DatabaseArn>();
  /** Its databases whose new snapshots lack the export tag. */
  readonly missingTag = new Set<DatabaseArn>();
  /** Its databases without the tag of the backup selection. */
  readonly unselected = new Set<DatabaseArn>();
  /** While true, its keys are disabled whenever a copy of what it shared is in flight. */
  failing = false;
  private readonly shared: SnapshotArn[] = [];
  private count = 0;

  constructor(
    readonly account: AccountId,
    private readonly reach: AttackerAccountPorts,
  ) {}

  get scenario(): AttackScenario {
    return this.reach.scenario;
  }

  get rds(): InMemoryRds {
    return this.reach.rds;
  }

  get registry(): ManagedRegistry {
    return this.reach.registry;
  }

  /** Its own databases. */
  get databases() {
    return this.scenario.databases.filter(({ account }) => account === this.account);
  }

  /** Shares a snapshot with the vault; undefined when the account has no room for it. */
  share(wish: ShareWish): SnapshotArn | undefined {
    const { kind = 'instance', of, sizeGiB = 20, ageHours = 0 } = wish;
    const manual = this.rds.all(this.account).filter(({ type }) => type === 'manual').length;
    if (manual >= QUOTA) return undefined;
    this.count += 1;
    const [type, home] = kind === 'cluster' ? ['cluster-snapshot', 'cluster'] : ['snapshot', 'db'];
    const name = `${PREFIX}-${of}-forged-${this.count}`;
    const arn = snapshotArn(`arn:aws:rds:${HERE}:${this.account}:${type}:${name}`);
    const database = databaseArn(`arn:aws:rds:${HERE}:${this.account}:${home}:${of}`);
    const at = new Date(this.rds.time.getTime() - ageHours * HOUR);
    const tags = { [TAGS.role]: 'export', [TAGS.sharedAt]: this.rds.time.toISOString(), ...wish.tags };
    this.reach.truth.taken(arn, { database, account: this.account, kind, dataAt: at.getTime() });
    this.shared.push(arn);
    const snapshot = {
      arn,
      kind,
      name,
      status: 'available',
      type: 'manual',
      database,
      resourceId: wish.resourceId ?? `${kind}-${of}`,
      engine: kind === 'cluster' ? 'aurora-postgresql' : 'postgres',
      encrypted: true,
      kmsKeyArn: exportKeyOf(this.account),
      createdAt: at,
      takenAt: at,
      sizeGiB,
      tags: new Map(Object.entries(tags)),
    };
    this.rds.plant(snapshot, [VAULT], wish.copyMinutes ?? Math.max(5, Math.round(sizeGiB / GIB_PER_MINUTE)));
    this.notify(JSON.stringify({ version: 1, copy: arn }));
    return arn;
  }

  /** Deletes shared snapshots that the vault has imported, so that the account's quota has room for others. */
  withdrawImported(): void {
    for (const arn of this.shared) if (this.rds.find(arn)?.tags.has(TAGS.importedAt)) this.rds.change(arn, undefined);
  }

  /** Deletes all shared snapshots. */
  withdrawAll(): void {
    for (const arn of this.shared.splice(0)) this.rds.change(arn, undefined);
  }

  /** Sends a message on its topic. */
  notify(message: string): void {
    const body = { Type: 'Notification', TopicArn: copiesTopicArn(this.account, HERE), Message: message };
    this.reach.deliver(JSON.stringify(body));
  }
}
