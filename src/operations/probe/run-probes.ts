import { CheckvalveError } from '../../contract/errors';
import type { ProbeClients } from './clients';
import { type JournalStore, ProbeJournal } from './journal';
import type { Probe } from './probe';
import { cleanUp, type Pause, RunScope } from './scope';

/** What a run needs. */
export interface ProbeRun {
  readonly probes: readonly Probe[];
  readonly clients: ProbeClients;
  readonly store: JournalStore;
  /** Different in each run, at most 8 letters and digits: it is part of every name. */
  readonly run: string;
  readonly pause: Pause;
  readonly progress: (line: string) => void;
  /** Stops the run, which still deletes what it created. */
  readonly signal?: AbortSignal;
}

/** The result of one probe. */
export interface ProbeResult {
  readonly id: string;
  readonly assumed: string;
  /** Null when it could not be asked. */
  readonly answered: string | null;
  readonly differs: boolean;
  /** Why it could not be asked. */
  readonly error?: string;
}

/** The results of a run. */
export interface ProbeReport {
  /** Every probe was asked, no answer differs, and every created resource is deleted. */
  readonly ok: boolean;
  readonly probes: readonly ProbeResult[];
}

/**
 * Runs the probes one after the other. It first cleans up after a run that was killed, then continues with the probes that
 * have no answer yet.
 * @throws CheckvalveError `AWS_CALL_FAILED` when something cannot be deleted; the journal keeps it for the next run
 */
export async function runProbes(of: ProbeRun): Promise<ProbeReport> {
  const { probes, clients, progress, signal } = of;
  const journal = ProbeJournal.open(of.store);
  const known = Object.keys(journal.answers).length;
  if (journal.created.length > 0 || known > 0)
    progress(`An earlier run was stopped: ${journal.created.length} resources to delete, ${known} answers kept.`);
  mustBeClean(await cleanUp(clients, journal, of.pause));
  const scope = new RunScope(of.run, clients, journal, { pause: of.pause, ...(signal && { signal }) });
  const results: ProbeResult[] = [];
  const faults: Error[] = [];
  for (const probe of probes) {
    const kept = journal.answers[probe.id];
    results.push(kept === undefined ? await askOne(probe, of, journal, scope) : resultOf(probe, kept));
    for (const fault of await scope.cleanUpOwn()) faults.push(fault);
  }
  progress('Deletes the created resources.');
  for (const fault of await cleanUp(clients, journal, of.pause)) faults.push(fault);
  if (journal.created.length > 0) mustBeClean(faults);
  // A stopped run continues the next time; a completed run is closed.
  if (!signal?.aborted) journal.close();
  return { ok: results.every(({ differs, error }) => !differs && error === undefined), probes: results };
}

async function askOne(probe: Probe, of: ProbeRun, journal: ProbeJournal, scope: RunScope): Promise<ProbeResult> {
  const { clients, progress, signal } = of;
  const unasked = { id: probe.id, assumed: probe.assumed, answered: null, differs: false };
  if (signal?.aborted) return { ...unasked, error: 'stopped before it was asked' };
  progress(`${probe.id}: creates ${probe.creates}`);
  try {
    const answer = await probe.ask(clients, scope);
    journal.answer(probe.id, answer);
    progress(`${probe.id}: ${answer}`);
    return resultOf(probe, answer);
  } catch (error) {
    if (signal?.aborted) return { ...unasked, error: 'stopped before it was answered' };
    const because = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    progress(`${probe.id}: could not be asked: ${because}`);
    return { ...unasked, error: because };
  }
}

const resultOf = ({ id, assumed }: Probe, answered: string): ProbeResult => ({
  id,
  assumed,
  answered,
  differs: answered !== assumed,
});

function mustBeClean(faults: readonly Error[]): void {
  const [first] = faults;
  if (!first) return;
  const message = faults.map((fault) => fault.message).join('\n');
  throw new CheckvalveError('AWS_CALL_FAILED', message, 'Run `checkvalve probe` again: it starts with the clean-up.', {
    cause: first,
  });
}
