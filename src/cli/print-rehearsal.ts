import type { AttackRow, RehearsalResult } from '../rehearsal/result';
import { paragraph, table } from './layout';
import { green, red } from './styles';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The attacks of a rehearsal: attempts on the vault counted by principal, and each action elsewhere. */
function attackReport(rows: readonly AttackRow[]): string {
  const attempts = rows.filter(({ againstVault }) => againstVault);
  const counts = [...new Set(attempts.map(({ who }) => who))].map((who) => {
    const tried = attempts.filter((row) => row.who === who);
    return [who, String(tried.length), String(tried.filter(({ refused }) => refused).length)];
  });
  const actions = rows
    .filter(({ againstVault }) => !againstVault)
    .map(({ who, what, because }) => [who, what, because]);
  return [
    table(['attempts on the vault by', 'attempts', 'denied'], counts),
    table(['principal', 'action', 'outcome'], actions),
  ].join('\n\n');
}

/** What follows from the coverage report: the alarms and the messages. */
function alertReport({ alarms = [], told = [] }: Pick<RehearsalResult, 'alarms' | 'told'>): readonly string[] {
  return [
    ...(alarms.length > 0 ? [paragraph(`Alarms raised: ${alarms.join('; ')}.`, '', '  ')] : []),
    ...(told.length > 0 ? [paragraph(`Messages sent: ${told.join('; ')}.`, '', '  ')] : []),
  ];
}

/** The result of a rehearsal as text; `coverage` is the text of its last coverage reports. */
export function rehearsalReport(
  { phases, vaultCopies, untouched, permissions, attack = [], failure, ok, ...more }: Omit<RehearsalResult, 'coverage'>,
  coverage: readonly string[] = [],
): string {
  const rows = phases.map(({ step, account, outcome, calls, ms }) => [
    step,
    account,
    outcome === 'ok' ? green(outcome) : red(outcome),
    String(calls),
    seconds(ms),
  ]);
  const calls = phases.reduce((sum, phase) => sum + phase.calls, 0);
  const parts = [table(['phase', 'account', 'outcome', 'calls', 'time'], rows)];
  if (vaultCopies.length > 0) {
    const copies = vaultCopies.map(({ arn, status }) => [arn.split(':').slice(5).join(':'), status]);
    parts.push(table(['copies in the vault, under the import key', 'status'], copies));
  }
  if (untouched.length > 0) parts.push(`Not changed: ${untouched.join(', ')}`);
  parts.push(
    `${calls} calls, ${permissions ?? 0} permissions checked against the deployed policies, ${more.refusals ?? 0} denied`,
  );
  if (attack.length > 0) {
    const made = more.refusalsUnderAttack ?? 0;
    parts.push(
      attackReport(attack),
      `Under attack ${made} calls of the vault went to accounts that do not exist, and were denied.`,
    );
  }
  for (const part of [...coverage, ...alertReport(more)]) parts.push(part);
  if (failure) parts.push(red(`${failure.step} failed: ${failure.cause}`));
  parts.push(ok ? green('The rehearsal succeeded.') : red('The rehearsal failed.'));
  return parts.join('\n\n');
}
