import { DEFAULT_LIMITS } from '../../../lambda/_kit/copies';
import { exportSnapshots } from '../../../lambda/source/export-snapshots/export-snapshots';
import { type AccountId, keyIdOf, type SnapshotArn } from '../../contract/ids';
import { RECOVERY_POINT_TAGS } from '../../contract/names';
import type { InMemoryRds } from '../in-memory-rds';
import { Random } from '../random';
import { exportKeyOf, SOURCE_LIMITS, VAULT } from '../scenario';
import type { AttackScenario, ScenarioDatabase } from './attack-scenario';
import type { AttackerAccount } from './attacker-account';
import type { Truth } from './truth';

/** AWS Backup and the real export-snapshots in every account, those of the adversary included. */
export class Exporters {
  constructor(
    private readonly scenario: AttackScenario,
    private readonly rds: InMemoryRds,
    private readonly truth: Truth,
    private readonly notify: (copy: SnapshotArn, account: AccountId) => void,
  ) {}

  /** AWS Backup makes a snapshot, unless the account has stopped its backups. */
  backUp(
    { database, account, kind }: ScenarioDatabase,
    attacker: AttackerAccount | undefined,
  ): SnapshotArn | undefined {
    if (attacker?.stopped.has(database.arn)) return undefined;
    const now = this.rds.time.getTime();
    const random = new Random(this.scenario.seed, `job ${database.arn} ${now}`);
    const hex = (digits: number) => Array.from({ length: digits }, () => random.int(0, 15).toString(16)).join('');
    const tagged = {
      [RECOVERY_POINT_TAGS.exportKey]: keyIdOf(exportKeyOf(account)),
      [RECOVERY_POINT_TAGS.plan]: 'daily',
    };
    const job = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
    const { arn } = this.rds.backUp(database, job, attacker?.missingTag.has(database.arn) ? {} : tagged);
    this.truth.taken(arn, { database: database.arn, account, kind, dataAt: now });
    return arn;
  }

  /** Runs export-snapshots in an account. A failure in a source affects that source alone. */
  async run(account: AccountId): Promise<void> {
    const settings = {
      exportKey: exportKeyOf(account),
      vaultAccount: VAULT,
      databaseTag: this.scenario.config.databaseTag,
      limits: { ...DEFAULT_LIMITS, ...SOURCE_LIMITS },
    };
    const ports = {
      snapshots: this.rds.as(account),
      memory: this.rds.memoryOf(account),
      notifications: { notify: async (copy: SnapshotArn) => this.notify(copy, account) },
      wakeups: { wakeIn: async () => {} },
    };
    await exportSnapshots({ wake: 'again' }, ports, settings, this.rds.time, () => {}).catch(() => {});
  }
}
