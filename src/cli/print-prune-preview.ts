import { DISTRUST } from '../contract/pruning';
import type { DueDeletion, PrunePreview } from '../operations/prune/prune-preview';
import { paragraph, table } from './layout';
import { green, red, yellow } from './styles';

/** A snapshot's name, and its database on the next line, so that the column is narrow. */
function named({ snapshot, database }: { readonly snapshot: string; readonly database: string }): string {
  const name = snapshot.split(':').slice(6).join(':');
  const [, , , , account = '', ...of] = database.split(':');
  return database ? `${name}\n  ${of.join(':')} in ${account}` : name;
}

/** `past its term: yearly, kept 1830 days, in the vault for 2196 days`. */
function reason({ because, copyClass, termDays, ageDays }: DueDeletion): string {
  const term = [
    ...(copyClass === undefined ? [] : [copyClass]),
    ...(termDays === undefined ? [] : [`kept ${termDays} days`]),
    ...(ageDays === undefined ? [] : [`in the vault for ${ageDays} days`]),
  ];
  return term.length > 0 ? `${because}: ${term.join(', ')}` : because;
}

/** What the next run of `prune-copies` would do, as text. */
export function previewReport({ region, at, deletions, kept, remarkable, stopped, distrust }: PrunePreview): string {
  const all = Object.values(kept).reduce((sum, count) => sum + count, deletions.length);
  const one = deletions.length === 1;
  const parts = [paragraph(`${region}, ${at}: ${deletions.length} of ${all} manual snapshots would be deleted.`)];
  if (deletions.length > 0) {
    const rows = deletions.map((due) => [named(due), reason(due)]);
    parts.push(table([one ? 'would be deleted' : 'would be deleted, in this order', 'why'], rows));
  }
  const reasons = Object.entries(kept).sort(([, a], [, b]) => b - a);
  if (reasons.length > 0)
    parts.push(
      table(
        ['reason to stay', 'snapshots'],
        reasons.map(([why, count]) => [why, `${count}`]),
      ),
    );
  if (remarkable.length > 0) {
    const rows = remarkable.map((one) => [named(one), yellow(one.because)]);
    parts.push(table(['to check', 'reason to stay'], rows));
  }
  if (distrust) parts.push(red(paragraph(`The run would delete nothing: ${DISTRUST[distrust]} (${distrust}).`)));
  if (stopped) {
    const { due, good, maxDeletedPercentPerRun, accounts } = stopped;
    parts.push(
      table(
        ['account held back', 'expired', 'good copies'],
        accounts.map((one) => [one.account, `${one.due}`, `${one.good}`]),
      ),
      red(
        paragraph(
          `The run would stop: ${due} of ${good} good copies expire at once, more than ${maxDeletedPercentPerRun} % (vault.retention.maxDeletedPercentPerRun). No copy of the accounts held back would be deleted.`,
        ),
      ),
    );
  } else if (!distrust) parts.push(green('The run would not stop.'));
  return parts.join('\n\n');
}
