import { LATEST_PRUNING } from '../../../src/contract/names';
import { latestReport } from '../../_kit/latest-report';
import type { AwsClock } from '../../_kit/ports/aws-clock';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Log } from '../../_kit/ports/log';
import type { Snapshots } from '../../_kit/ports/snapshots';
import type { Sources } from '../../_kit/ports/sources';
import { deletedSources } from './deleted-sources';
import type { PruneFacts } from './plan';

/** What prune-copies is told by its stack. */
export type PruneSettings = Pick<PruneFacts, 'retention'>;

/** What prune-copies looks through. */
export interface PruneReadPorts {
  readonly snapshots: Snapshots;
  /** The time by the answers of the calls that `snapshots` makes. */
  readonly clock: AwsClock;
  /** The vault's own reports: what coverage last saw, and when prune-copies last ran. */
  readonly evidence: Pick<Evidence, 'read'>;
  /** What people decided. */
  readonly sources: Pick<Sources, 'known'>;
}

/** Looks at the vault's own snapshots, its own reports, and at what is shared with it. No source is asked anything. */
export async function observe(
  { snapshots, clock, evidence, sources }: PruneReadPorts,
  settings: PruneSettings,
  now: Date,
  log: Log,
): Promise<PruneFacts> {
  // One after the other: a copy that is imported in between is young, one that is no longer shared was not deleted for it.
  const own = await snapshots.manual();
  const shared = new Set((await snapshots.shared()).map(({ arn }) => arn as string));
  const { decisions } = await sources.known();
  const confirmed = decisions.find(({ kind }) => kind === 'clock')?.at;
  const report = await latestReport(evidence, log);
  return {
    ...settings,
    own,
    shared,
    gone: deletedSources(report, decisions, now),
    now,
    awsTime: clock.now(),
    lastRun: lastRunOf(await evidence.read(LATEST_PRUNING)),
    confirmed: instant(confirmed),
  };
}

/** A note that cannot be read counts for none: this run only writes it anew. */
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
