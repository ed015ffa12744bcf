import { CheckvalveError } from '../../contract/errors';
import type { ProbeClients } from './clients';
import { Journal, type JournalStore } from './journal';
import type { Probe } from './probe';
import { cleanUp, type Pause, RunScope } from './scope';

/** What a run needs around it. */
export interface ProbeRun {
  readonly probes: readonly Probe[];
  readonly clients: ProbeClients;
  readonly store: JournalStore;
  /** Different in each run, at most 8 letters and digits: it is part of every name. */
  readonly run: string;
  readonly pause: Pause;
  readonly progress: (line: string) => void;
  /** Ends the asking; what was created is deleted all the same. */
  readonly signal?: AbortSignal;
}

/** What one probe came to. */
export interface ProbeResult {
  readonly id: string;
  readonly assumed: string;
  /** Null when it could not be asked. */
  readonly answered: string | null;
  readonly differs: boolean;
  /** Why it could not be asked. */
  readonly error?: string;
}

/** What a run came to. */
export interface ProbeReport {
  /** Every probe was asked, none differs, and nothing is left behind. */
  readonly ok: boolean;
  readonly probes: readonly ProbeResult[];
}

/**
 * Asks every probe, one after the other. It begins with the clean-up of a run that was killed, and goes on with the probes
 * which that run has not answered.
 * @throws CheckvalveError `AWS_CALL_FAILED` when something cannot be deleted; the journal keeps it for the next run
 */
export async function runProbes(of: ProbeRun): Promise<ProbeReport> {
  const { probes, clients, progress, signal } = of;
  const journal = Journal.open(of.store);
  const known = Object.keys(journal.answers).length;
  if (journal.created.length > 0 || known > 0)
    progress(
      `A run before this one was stopped: ${journal.created.length} resources to delete, ${known} answers kept.`,
    );
  mustBeClean(await cleanUp(clients, journal, of.pause));
  const scope = new RunScope(of.run, clients, journal, { pause: of.pause, ...(signal && { signal }) });
  const results: ProbeResult[] = [];
  const faults: Error[] = [];
  for (const probe of probes) {
    const kept = journal.answers[probe.id];
    results.push(kept === undefined ? await askOne(probe, of, journal, scope) : resultOf(probe, kept));
    for (const fault of await scope.cleanUpOwn()) faults.push(fault);
  }
  progress('Deletes what was created.');
  for (const fault of await cleanUp(clients, journal, of.pause)) faults.push(fault);
  if (journal.created.length > 0) mustBeClean(faults);
  // A run that was stopped goes on the next time; one that has come to its end is over.
  if (!signal?.aborted) journal.close();
  return { ok: results.every(({ differs, error }) => !differs && error === undefined), probes: results };
}

async function askOne(probe: Probe, of: ProbeRun, journal: Journal, scope: RunScope): Promise<ProbeResult> {
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
  throw new CheckvalveError('AWS_CALL_FAILED', message, 'Run `checkvalve probe` again: it begins with the clean-up.', {
    cause: first,
  });
}
