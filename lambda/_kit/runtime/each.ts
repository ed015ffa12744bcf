import { CheckvalveError } from '../../../src/contract/errors';
import type { Done, Log } from '../ports/log';
import { inParallel } from './in-parallel';

/** Reasons that an error names: an operator must be able to read it at night. */
const MAX_REPORTED = 5;

/** A failure as one text. */
export const failure = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;

/**
 * Performs one action after the other, or `atATime` of them in parallel, each started in the order given. A failure is logged and
 * never stops the rest. Actions of the same queue are always performed one after the other.
 * @throws CheckvalveError `STEP_FAILED` in the end, when any failed, so that the invocation counts as an error.
 */
export async function eachAction<Action extends { readonly do: string }>(
  step: string,
  actions: readonly Action[],
  act: (action: Action) => Promise<{ readonly outcome: string; readonly because?: string }>,
  log: Log,
  atATime = 1,
  line?: (action: Action) => string,
): Promise<readonly Done<Action>[]> {
  const done: Done<Action>[] = [];
  const failed: string[] = [];
  const one = async (action: Action): Promise<void> => {
    try {
      const ended = { action, ...(await act(action)) };
      log(`${action.do}.${ended.outcome}`, ended);
      done.push(ended);
    } catch (error) {
      const because = failure(error);
      log(`${action.do}.failed`, { action, because });
      done.push({ action, outcome: 'failed', because });
      failed.push(because);
    }
  };
  await inParallel(line ? linesOf(actions, line) : actions.map((action) => [action]), atATime, async (following) => {
    for (const action of following) await one(action);
  });
  if (failed.length === 0) return done;
  const count = `${failed.length} of ${actions.length} action(s) of ${step} failed`;
  const reasons = [...new Set(failed)];
  const named = reasons.slice(0, MAX_REPORTED).join('; ');
  const more = reasons.length > MAX_REPORTED ? `; and ${reasons.length - MAX_REPORTED} more reasons, in the log` : '';
  throw new CheckvalveError('STEP_FAILED', `${count}: ${named}${more}`, 'The next run tries again; see the log.');
}

/** Actions by line, in the order in which each line first comes. */
function linesOf<Action>(actions: readonly Action[], line: (action: Action) => string): Action[][] {
  const lines = new Map<string, Action[]>();
  for (const action of actions) {
    const name = line(action);
    const known = lines.get(name);
    if (known) known.push(action);
    else lines.set(name, [action]);
  }
  return [...lines.values()];
}
