import { BackupClient, paginateListBackupPlans } from '@aws-sdk/client-backup';
import { ASSUMPTIONS } from '../../assumptions/assumptions';
import { Emulator } from '../../emulator/emulator';
import type { Switches } from '../../emulator/switches';
import { accountClients } from '../../operations/probe/clients';
import { type JournalStore, memoryStore } from '../../operations/probe/journal';
import type { Probe } from '../../operations/probe/probe';
import { type ProbeReport, type ProbeResult, runProbes } from '../../operations/probe/run-probes';
import type { Pause } from '../../operations/probe/scope';
import { EXAMPLE } from '../world';

/**
 * The emulator as the ledger of assumptions expects AWS to be. A switch whose default differs belongs to a row of the ledger
 * that says so (`stricterInEmulator`).
 */
export const AS_ASSUMED: Switches = {
  refuseBackupSnapshotTags: false,
  // Stricter by default, as the row of the probe in the ledger says.
  backupRoleJudged: false,
  clusterBackupsTyped: 'manual',
  hideTagLists: false,
  hideResourceIdsOfShared: false,
  requestTagOnSource: true,
  resourceAccountIsCaller: false,
  sharedSourcesAreOwn: false,
  denyInKeyBreaksCopies: false,
  viaServiceOnCopies: true,
  copiesNeedSourceKey: false,
  refuseAwsOwnedKeyCopies: false,
  newClustersEncrypted: 'sse-rds',
  inFlightSpeaksOfManual: false,
  silentClusterBackups: false,
  clusterBackupsCount: false,
  tagSelectionNeedsGetResources: false,
  optInHoldsForNamedInstances: false,
  eventBridgeKeyConditions: false,
  movedInstancesAreFound: true,
  stackSetsTakeRoleTemplates: true,
  secondAnalyzer: false,
};

/** The accounts and the Region in which the probes run in an emulator. */
export interface RehearsedProbes {
  readonly probes: readonly Probe[];
  readonly region: string;
  readonly vault: string;
  readonly management: string;
  readonly progress: (line: string) => void;
  /** Where the journal is stored; by default in memory. */
  readonly store?: JournalStore;
}

/** The result of one probe in the emulator. */
export interface RehearsedProbe extends ProbeResult {
  /** What the emulator does by default, where that is stricter than the assumption: the probe ran with switches set. */
  readonly stricterByDefault?: string;
}

/** The results of the probes in the emulator. */
export interface RehearsedProbeReport extends ProbeReport {
  readonly probes: readonly RehearsedProbe[];
}

/** Runs probes in an emulator that behaves as the ledger expects of AWS. */
export async function rehearseProbes(of: RehearsedProbes): Promise<RehearsedProbeReport> {
  const emulator = await Emulator.start();
  try {
    await prepare(emulator, of.management);
    const report = await probesIn(emulator, of);
    return { ...report, probes: report.probes.map(withDefault) };
  } finally {
    await emulator.stop();
  }
}

/** Adds what the emulator does by default, from the rows of the ledger that the probe asks. */
function withDefault(result: ProbeResult): RehearsedProbe {
  const stricter = ASSUMPTIONS.flatMap(({ probe, stricterInEmulator }) =>
    'id' in probe && probe.id === result.id && stricterInEmulator?.switch ? [stricterInEmulator.behavior] : [],
  );
  return stricter.length > 0 ? { ...result, stricterByDefault: stricter.join(' ') } : result;
}

/** Sets an empty emulator to behave as the ledger expects of AWS, or with other switches, and creates an organization. */
export async function prepare(
  emulator: Emulator,
  management: string,
  switches: Partial<Switches> = AS_ASSUMED,
): Promise<void> {
  await emulator.setSwitches(switches);
  await emulator.buildOrganization({ management, accounts: [{ id: management }, { id: EXAMPLE.first, ou: 'root' }] });
}

/** Runs probes in an emulator without changing its switches. */
export async function probesIn(emulator: Emulator, of: RehearsedProbes): Promise<ProbeReport> {
  const { vault, management, region } = of;
  const clientsIn = (account: string) => accountClients(emulator.client(account, region));
  const clients = {
    source: await clientsIn(EXAMPLE.first),
    vault: await clientsIn(vault),
    management: await clientsIn(management),
  };
  const pause = passing(emulator, EXAMPLE.first, region);
  return runProbes({ store: memoryStore(), ...of, clients, run: 'rehearsal', pause });
}

/** Moves the clock, delivers the messages of topics, and runs each backup plan of the account once. */
function passing(emulator: Emulator, account: string, region: string): Pause {
  const client = new BackupClient(emulator.client(account, region));
  const run = new Set<string>();
  return async (seconds) => {
    await emulator.advance(seconds);
    const publications = await emulator.publications();
    if (publications.length > 0) await emulator.publish(publications.map(({ id }) => id));
    const deliveries = await emulator.deliveries();
    if (deliveries.length > 0) await emulator.letThrough(deliveries.map(({ id }) => id));
    for await (const { BackupPlansList = [] } of paginateListBackupPlans({ client }, {})) {
      for (const { BackupPlanName: planName = '' } of BackupPlansList) {
        if (run.has(planName)) continue;
        run.add(planName);
        await emulator.runBackup({ account, region, planName });
      }
    }
  };
}
