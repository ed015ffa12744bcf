import type { AttackRow, RehearsalResult } from '../rehearsal/result';
import { paragraph, table } from './layout';
import { green, red } from './styles';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What attackers tried: the access roles counted by who stood before them, the deeds one by one. */
function attackReport(rows: readonly AttackRow[]): string {
  const attempts = rows.filter(({ againstVault }) => againstVault);
  const counts = [...new Set(attempts.map(({ who }) => who))].map((who) => {
    const tried = attempts.filter((row) => row.who === who);
    return [who, String(tried.length), String(tried.filter(({ refused }) => refused).length)];
  });
  const deeds = rows.filter(({ againstVault }) => !againstVault).map(({ who, what, because }) => [who, what, because]);
  return [
    table(['at the access roles of the vault', 'tries', 'refused'], counts),
    table(['where he rules', 'does', 'and it comes to'], deeds),
  ].join('\n\n');
}

/** What the report of coverage leads to: the alarms, and what people read first. */
function alarmsReport({ alarms = [], told = [] }: Pick<RehearsalResult, 'alarms' | 'told'>): readonly string[] {
  return [
    ...(alarms.length > 0 ? [paragraph(`Alarms raised: ${alarms.join('; ')}.`, '', '  ')] : []),
    ...(told.length > 0 ? [paragraph(`People were told: ${told.join('; ')}.`, '', '  ')] : []),
  ];
}

/** What a rehearsal came to, for people; `coverage` is what it ended with, as text. */
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
    parts.push(table(['in the vault, under the import key', 'status'], copies));
  }
  if (untouched.length > 0) parts.push(`Left alone: ${untouched.join(', ')}`);
  parts.push(
    `${calls} calls, ${permissions ?? 0} permissions asked of the deployed policies, ${more.refusals ?? 0} refused`,
  );
  if (attack.length > 0) {
    const made = more.refusalsUnderAttack ?? 0;
    parts.push(
      attackReport(attack),
      `Under attack ${made} calls of the vault went to accounts that nobody has: refused.`,
    );
  }
  for (const part of [...coverage, ...alarmsReport(more)]) parts.push(part);
  if (failure) parts.push(red(`${failure.step} failed: ${failure.cause}`));
  parts.push(ok ? green('The rehearsal went well.') : red('The rehearsal failed.'));
  return parts.join('\n\n');
}
