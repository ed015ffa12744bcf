import type { Invocation } from '../host/invocation';

/** What the functions did since the first action of an attack. */
export class AttackLogs {
  constructor(private readonly invocations: readonly Invocation[]) {}

  /** The text of all logs. */
  get text(): string {
    return this.invocations.map(({ logs }) => logs).join('');
  }

  /** How often a function ran. */
  runs(functionName: string): number {
    return this.invocations.filter((one) => one.functionName === functionName).length;
  }
}

/** An action that an attacker's own account allows, and the outcome that it must have. */
export interface AttackAction {
  readonly attacker: string;
  readonly action: string;
  readonly outcome: string;
  readonly act: () => Promise<unknown>;
  /** Runs some hours later. Resolves to what differs from the outcome; undefined when nothing does. */
  readonly verify: (logs: AttackLogs) => string | undefined | Promise<string | undefined>;
}

/** Verifies that a function logged a text. */
export const logged =
  (text: string): AttackAction['verify'] =>
  (logs) =>
    logs.text.includes(text) ? undefined : `no function logged “${text}”`;

/** Verifies that a function measured a metric above zero: an alarm is on it. */
export const measured = (logs: AttackLogs, metric: string): string | undefined =>
  new RegExp(`"${metric}":[1-9]`).test(logs.text) ? undefined : `no function measured ${metric}, so no alarm is raised`;

/** The attackers, as the table of the attack names them. */
export const SOURCE = 'an administrator of a source';
export const STRANGER = 'an administrator of an account that is not enrolled';
export const MANAGEMENT = 'an administrator of the management account';
