import type { Invocation } from '../host/lambda-host';

/** What the functions did since the first deed. */
export class Heard {
  private readonly invocations: Invocation[] = [];

  add(invocation: Invocation): void {
    this.invocations.push(invocation);
  }

  /** All that was logged. */
  get logs(): string {
    return this.invocations.map(({ logs }) => logs).join('');
  }

  /** How often a function ran. */
  runs(functionName: string): number {
    return this.invocations.filter((one) => one.functionName === functionName).length;
  }
}

/** Something that an attacker is free to do where he rules, and what it must come to. */
export interface Deed {
  readonly who: string;
  readonly what: string;
  readonly comesTo: string;
  readonly do: () => Promise<unknown>;
  /** Looks, once everything has taken its course, and says what is otherwise; nothing when it came to what it must. */
  readonly verify: (heard: Heard) => string | undefined | Promise<string | undefined>;
}

/** For a deed of which the vault's log must say something. */
export const said =
  (text: string): Deed['verify'] =>
  ({ logs }) =>
    logs.includes(text) ? undefined : `the vault’s log should say “${text}”, and does not`;

/** Whether an alarm waits for what was measured: a metric above nothing. */
export const alarmed = ({ logs }: Heard, metric: string): string | undefined =>
  new RegExp(`"${metric}":[1-9]`).test(logs) ? undefined : `no ${metric} was measured: no alarm rings`;

/** Who does it, as the table of the attack names him. */
export const SOURCE = 'an administrator of a source';
export const OUTSIDER = 'an account that is not enrolled';
export const MANAGER = 'an administrator of the management account';
