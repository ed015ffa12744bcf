import type { AttackReport, RehearsalResult } from '../rehearsal/result';
import { count, paragraph, table } from './layout';
import { green, red } from './styles';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What the prover evaluated over the deployed policies, and what the attackers did where their accounts allow it. */
function attackReport({ proved, actions, refusals }: AttackReport): readonly string[] {
  const lines = proved.map(({ name, resources, actions: tried, principals, evaluated, allowed }) => [
    name,
    [resources, tried, principals].map(count).join(' × '),
    count(evaluated),
    allowed === 0 ? green('none') : red(count(allowed)),
  ]);
  const rows = actions.map(({ attacker, action, outcome, isAsExpected }) => [
    attacker,
    action,
    isAsExpected ? outcome : red(outcome),
  ]);
  return [
    table(['principals, on resources', 'resources × actions × principals', 'evaluated', 'allowed'], lines),
    table(['attacker', 'action in its own account', 'outcome'], rows),
    paragraph(
      `During the attack ${count(refusals)} calls of the vault were refused: they went to accounts that do not exist.`,
    ),
  ];
}

/** The alarms that the coverage report raises, and the messages to operators. */
function alarmsReport({ alarms = [], messages = [] }: Pick<RehearsalResult, 'alarms' | 'messages'>): readonly string[] {
  return [
    ...(alarms.length > 0 ? [paragraph(`Alarms raised: ${alarms.join('; ')}.`, '', '  ')] : []),
    ...(messages.length > 0 ? [paragraph(`Messages to operators: ${messages.join('; ')}.`, '', '  ')] : []),
  ];
}

/** The result of a rehearsal as text; `coverage` is its last coverage report as text. */
export function rehearsalReport(
  { phases, vaultCopies, untouched, permissions, attack, failure, ok, ...more }: Omit<RehearsalResult, 'coverage'>,
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
  if (untouched.length > 0) parts.push(`Accounts without tooling: ${untouched.join(', ')}`);
  parts.push(
    `${calls} calls, ${permissions ?? 0} permissions evaluated by the deployed policies, ${more.refusals ?? 0} refused`,
  );
  for (const part of [...(attack ? attackReport(attack) : []), ...coverage, ...alarmsReport(more)]) parts.push(part);
  if (failure) parts.push(red(`${failure.step} failed: ${failure.cause}`));
  parts.push(ok ? green('The rehearsal succeeded.') : red('The rehearsal failed.'));
  return parts.join('\n\n');
}
