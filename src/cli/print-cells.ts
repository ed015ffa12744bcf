import type { CellsRehearsal } from '../rehearsal/phases/rehearse-cells';
import { table } from './layout';
import { green, red } from './styles';

const counts = (copies: Readonly<Record<string, number>>): string =>
  Object.entries(copies)
    .sort()
    .map(([account, count]) => `${account}: ${count}`)
    .join(', ') || 'none';

/** The result of a rehearsal with several cells as text. */
export function cellsReport({ ok, moved, cells, failures }: CellsRehearsal): string {
  const rows = cells.flatMap(({ name, vault, accounts, copies, proof }) => [
    [name, vault, 'before', accounts.before.join(', ') || 'none', counts(copies.before), ''],
    [
      '',
      '',
      'after',
      accounts.after.join(', ') || 'none',
      counts(copies.after),
      proof.evaluated.toLocaleString('en-US'),
    ],
  ]);
  return [
    `${moved.account} moved from ${moved.from} to ${moved.to}.`,
    table(['cell', 'vault', 'move', 'accounts', 'copies', 'accesses proved'], rows),
    ...failures.map((failure) => red(failure)),
    ok
      ? green('Each account belongs to one cell, no copy was lost, and trust runs one way in each cell.')
      : red(`${failures.length} failure(s).`),
  ].join('\n');
}
