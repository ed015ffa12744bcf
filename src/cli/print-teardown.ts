import type { TeardownRehearsal } from '../rehearsal/rehearse-teardown';
import type { TeardownReport } from '../teardown/tear-down';
import { table } from './print';

/** What a tear-down did or would do, what stays, and what comes next. */
export function teardownReport({ account, part, steps, stays, next }: TeardownReport): string {
  const done = steps.map(({ what, outcome, because = '' }) => `  ${what}: ${outcome}${because && ` (${because})`}`);
  const kinds = new Map<string, Set<string>>();
  for (const { type, because, account: at } of stays) {
    const key = `${type}: ${because}`;
    kinds.set(key, (kinds.get(key) ?? new Set()).add(at));
  }
  const kept = [...kinds].map(([what, accounts]) => `  ${what} (${[...accounts].join(', ')})`);
  return [
    `The ${part === 'vault' ? 'vault' : 'management account'} ${account}`,
    ...done,
    ...(kept.length > 0 ? ['What stays, and why:', ...kept] : []),
    ...(next.length > 0 ? ['Next:', ...next.map((line) => `  ${line}`)] : []),
  ].join('\n');
}

/** A rehearsed tear-down, run by run, and what was seen in the end. */
export function teardownRehearsalReport(rehearsal: TeardownRehearsal): string {
  const { reports, stacks, retained, copiesBefore, copiesAfter } = rehearsal;
  const rows = retained.map(({ account, type, id, stands }) => [account, type, id, stands ? 'stands' : 'gone']);
  const same = copiesBefore.join() === copiesAfter.join();
  return [
    ...reports.map(teardownReport),
    table(['account', 'retained', 'id', 'afterwards'], rows),
    `Stacks that still stand: ${stacks.join(', ') || 'none'}`,
    `Copies in the vault: ${copiesBefore.length} before, ${copiesAfter.length} after, ${same ? 'the same' : 'NOT the same'}`,
  ].join('\n\n');
}
