import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import { HOUR } from '../contract/durations';
import { type AccountId, databaseArn, type KeyArn, type Kind, snapshotArn } from '../contract/ids';
import { TAGS } from '../contract/names';
import type { InjectedFault } from './faults';
import type { InMemoryRds } from './in-memory-rds';
import type { Invariants } from './invariants';
import { databaseKeyOf, exportKeyOf, HERE, IMPORT_KEY, SOURCE_LIMITS, STRANGER, VAULT, VAULT_LIMITS } from './scenario';

const FORGED = 60;
const STRANGERS_COPIES = 5;
const REFUSED_HOURS = 30;

/** The effects of a fault on snapshots and keys; those on calls and events are in injector.ts. */
export class Incidents {
  private readonly planted = new Map<InjectedFault, Snapshot[]>();
  private readonly keysOff = new Map<InjectedFault, KeyArn>();

  constructor(
    private readonly rds: InMemoryRds,
    private readonly invariants: Invariants,
    /** Notifies the vault's inbox of a copy. */
    private readonly notify: (copy: Snapshot) => void,
  ) {}

  /** The fault begins; returns whether it had an effect here. */
  begin(fault: InjectedFault): boolean {
    if (fault.kind === 'key-disabled') return this.disable(fault);
    if (fault.kind === 'copies-refused') return this.refuse(fault);
    if (fault.kind === 'quota-full') return this.fill(fault);
    if (fault.kind === 'flood') return this.flood(fault);
    if (fault.kind === 'stranger-shares') return this.shareFromStranger(fault);
    if (fault.kind === 'copies-fail') return this.fail(fault.account);
    return fault.kind === 'account-leaves';
  }

  /** The fault ends: removes what it created. */
  end(fault: InjectedFault): void {
    for (const { arn } of this.planted.get(fault) ?? []) this.rds.change(arn, undefined);
    this.planted.delete(fault);
    if (fault.kind === 'copies-refused') this.rds.refusedBefore.delete(fault.account);
    const key = this.keysOff.get(fault);
    this.keysOff.delete(fault);
    if (key && ![...this.keysOff.values()].includes(key)) this.rds.disabledKeys.delete(key);
  }

  private disable(fault: InjectedFault): boolean {
    const own = fault.nth % 2 ? exportKeyOf(fault.account) : databaseKeyOf(fault.account);
    const key = fault.account === VAULT ? IMPORT_KEY : own;
    this.keysOff.set(fault, key);
    this.rds.disabledKeys.add(key);
    return true;
  }

  private refuse({ account }: InjectedFault): boolean {
    this.rds.refusedBefore.set(account, this.rds.time.getTime() + REFUSED_HOURS * HOUR);
    return true;
  }

  private fill(fault: InjectedFault): boolean {
    for (const kind of ['instance', 'cluster'] as const) {
      const room = this.room(fault.account, kind);
      for (let at = 0; at < room; at += 1) {
        this.plant(fault, this.made(fault.account, kind, 'filler', `filler-${fault.at}-${at}`, {}));
      }
    }
    return this.planted.has(fault);
  }

  private flood(fault: InjectedFault): boolean {
    const count = Math.min(FORGED, this.room(fault.account, 'instance'));
    for (let at = 0; at < count; at += 1) {
      const name = `checkvalve-forged-${fault.at}-${at}`;
      const forged = this.made(fault.account, 'instance', `forged-${at % 20}`, name, { [TAGS.role]: 'export' });
      this.plant(fault, forged, 45);
    }
    return count > 0;
  }

  private shareFromStranger(fault: InjectedFault): boolean {
    for (let at = 0; at < STRANGERS_COPIES; at += 1) {
      const name = `checkvalve-stranger-${fault.at}-${at}`;
      this.plant(fault, this.made(STRANGER, 'instance', 'strange', name, { [TAGS.role]: 'export' }), 45);
    }
    return true;
  }

  private fail(account: AccountId): boolean {
    const flying = this.rds.all(account).filter(({ type, status }) => type === 'manual' && status === 'creating');
    for (const { arn } of flying) {
      this.rds.change(arn, { status: 'failed' });
      this.invariants.failed(arn);
    }
    return flying.length > 0;
  }

  private room(account: AccountId, kind: Kind): number {
    const { manualSnapshotQuota } = account === VAULT ? VAULT_LIMITS : SOURCE_LIMITS;
    const held = this.rds.all(account).filter((one) => one.type === 'manual' && one.kind === kind).length;
    return Math.max(0, manualSnapshotQuota - held);
  }

  private plant(fault: InjectedFault, snapshot: Snapshot, sharedForMinutes?: number): void {
    this.rds.plant(snapshot, sharedForMinutes ? [VAULT] : [], sharedForMinutes);
    const all = this.planted.get(fault) ?? [];
    all.push(snapshot);
    this.planted.set(fault, all);
    if (sharedForMinutes) this.notify(snapshot);
  }

  private made(account: AccountId, kind: Kind, of: string, name: string, tags: Record<string, string>): Snapshot {
    const [type, home] = kind === 'cluster' ? ['cluster-snapshot', 'cluster'] : ['snapshot', 'db'];
    return {
      arn: snapshotArn(`arn:aws:rds:${HERE}:${account}:${type}:${name}`),
      kind,
      name,
      status: 'available',
      type: 'manual',
      database: databaseArn(`arn:aws:rds:${HERE}:${account}:${home}:${of}`),
      engine: kind === 'cluster' ? 'aurora-postgresql' : 'postgres',
      encrypted: true,
      kmsKeyArn: account === VAULT ? IMPORT_KEY : exportKeyOf(account),
      createdAt: this.rds.time,
      takenAt: this.rds.time,
      sizeGiB: 20,
      tags: new Map(Object.entries(tags)),
    };
  }
}
