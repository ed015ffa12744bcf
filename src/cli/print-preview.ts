import type { PrunePreview } from '../inspect/prune-preview';
import { green, red, table, yellow } from './print';

/** `snapshot:checkvalve-…`, `db:orders`: an ARN without what all have in common. */
const short = (arn: string): string => arn.split(':').slice(5).join(':');
const account = (arn: string): string => arn.split(':')[4] ?? '';
const days = (count: number | undefined): string => (count === undefined ? '' : `${count} d`);

/** What the next run of prune-copies would do, for people. */
export function previewReport({ region, at, deletions, kept, remarkable, stopped }: PrunePreview): string {
  const all = Object.values(kept).reduce((sum, count) => sum + count, deletions.length);
  const one = deletions.length === 1;
  const parts = [`${region}, ${at}: ${deletions.length} of ${all} manual snapshots would be deleted.`];
  if (deletions.length > 0) {
    const rows = deletions.map(({ snapshot, database, because, copyClass = '', termDays, ageDays }) => [
      short(snapshot),
      account(database),
      short(database),
      because,
      copyClass,
      days(termDays),
      days(ageDays),
    ]);
    parts.push(
      table([one ? 'would go' : 'would go, in this order', 'account', 'database', 'why', 'class', 'term', 'age'], rows),
    );
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
    const rows = remarkable.map(({ snapshot, database, because }) => [
      short(snapshot),
      account(database),
      short(database),
      yellow(because),
    ]);
    parts.push(table(['worth a look', 'account', 'database', 'because'], rows));
  }
  if (stopped) {
    const { due, good, mostSharePercent, accounts } = stopped;
    parts.push(
      table(
        ['held back', 'past their term', 'good copies'],
        accounts.map((one) => [one.account, `${one.due}`, `${one.good}`]),
      ),
      red(
        `The run would stop: ${due} of ${good} good copies are past their term at once, more than ${mostSharePercent} % (vault.retention.mostSharePercent). Of the accounts held back none would be deleted.`,
      ),
    );
  } else parts.push(green('The run would not stop.'));
  return parts.join('\n\n');
}
