import { LATEST_PRUNING } from '../../../src/contract/names';
import { latestReport } from '../../_kit/latest-report';
import type { AwsClock } from '../../_kit/ports/aws-clock';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Log } from '../../_kit/ports/log';
import type { Snapshots } from '../../_kit/ports/snapshots';
import type { Sources } from '../../_kit/ports/sources';
import { deletedSources } from './deleted-sources';
import type { PruneFacts, PruneSettings } from './facts';

/** What prune-copies reads. */
export interface PruneReadPorts {
  readonly snapshots: Snapshots;
  /** The time by the answers to the calls that `snapshots` makes. */
  readonly clock: AwsClock;
  /** The vault's own reports: the latest of report-coverage, and when prune-copies last ran. */
  readonly evidence: Pick<Evidence, 'read'>;
  /** What operators decided. */
  readonly sources: Pick<Sources, 'known'>;
}

/** Reads the vault's own snapshots and reports, and what is shared with the vault. It calls no source. */
export async function observe(
  { snapshots, clock, evidence, sources }: PruneReadPorts,
  settings: PruneSettings,
  now: Date,
  log: Log,
): Promise<PruneFacts> {
  // In this order: a copy that is imported in between is young, and the list of what is shared is the younger one.
  const own = await snapshots.manual();
  const shared = new Set((await snapshots.shared()).map(({ arn }) => arn as string));
  const { decisions } = await sources.known();
  const confirmed = decisions.find(({ kind }) => kind === 'clock')?.at;
  const report = await latestReport(evidence, log);
  return {
    ...settings,
    own,
    shared,
    deletedSources: deletedSources(report, decisions, now),
    now,
    awsTime: clock.now(),
    lastRun: lastRunOf(await evidence.read(LATEST_PRUNING)),
    confirmed: instant(confirmed),
  };
}

/** A note that cannot be read counts as none: the run deletes nothing, and writes a new note. */
function lastRunOf(text: string | undefined): Date | undefined {
  try {
    return instant((JSON.parse(text ?? '{}') as { readonly at?: unknown }).at);
  } catch {
    return undefined;
  }
}

function instant(text: unknown): Date | undefined {
  const at = new Date(typeof text === 'string' ? text : '');
  return Number.isNaN(at.getTime()) ? undefined : at;
}
