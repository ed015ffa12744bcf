import { DISTRUST } from '../contract/pruning';
import type { DueDeletion, PrunePreview } from '../operations/prune/prune-preview';
import { paragraph, table } from './layout';
import { green, red, yellow } from './styles';

/** A snapshot by its name, and below it what it is of: the column is as narrow as names allow. */
function named({ snapshot, database }: { readonly snapshot: string; readonly database: string }): string {
  const name = snapshot.split(':').slice(6).join(':');
  const [, , , , account = '', ...of] = database.split(':');
  return database ? `${name}\n  ${of.join(':')} in ${account}` : name;
}

/** `past its term: yearly, kept 1830 days, here for 2196 days`. */
function reason({ because, copyClass, termDays, ageDays }: DueDeletion): string {
  const term = [
    ...(copyClass === undefined ? [] : [copyClass]),
    ...(termDays === undefined ? [] : [`kept ${termDays} days`]),
    ...(ageDays === undefined ? [] : [`here for ${ageDays} days`]),
  ];
  return term.length > 0 ? `${because}: ${term.join(', ')}` : because;
}

/** What the next run of prune-copies would do, for people. */
export function previewReport({ region, at, deletions, kept, remarkable, stopped, distrust }: PrunePreview): string {
  const all = Object.values(kept).reduce((sum, count) => sum + count, deletions.length);
  const one = deletions.length === 1;
  const parts = [paragraph(`${region}, ${at}: ${deletions.length} of ${all} manual snapshots would be deleted.`)];
  if (deletions.length > 0) {
    const rows = deletions.map((due) => [named(due), reason(due)]);
    parts.push(table([one ? 'would go' : 'would go, in this order', 'why'], rows));
  }
  const reasons = Object.entries(kept).sort(([, a], [, b]) => b - a);
  if (reasons.length > 0)
    parts.push(
      table(
        ['would stay, because', 'snapshots'],
        reasons.map(([why, count]) => [why, `${count}`]),
      ),
    );
  if (remarkable.length > 0) {
    const rows = remarkable.map((left) => [named(left), yellow(left.because)]);
    parts.push(table(['worth a look', 'stays, because'], rows));
  }
  if (distrust) parts.push(red(paragraph(`The run would delete nothing: ${DISTRUST[distrust]} (${distrust}).`)));
  if (stopped) {
    const { due, good, maxDeletedPercentPerRun, accounts } = stopped;
    parts.push(
      table(
        ['held back', 'past their term', 'good copies'],
        accounts.map((one) => [one.account, `${one.due}`, `${one.good}`]),
      ),
      red(
        paragraph(
          `The run would stop: ${due} of ${good} good copies are past their term at once, more than ${maxDeletedPercentPerRun} % (vault.retention.maxDeletedPercentPerRun). Of the accounts held back none would be deleted.`,
        ),
      ),
    );
  } else if (!distrust) parts.push(green('The run would not stop.'));
  return parts.join('\n\n');
}
