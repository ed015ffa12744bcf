import { LISTING_LAG } from '../../lambda/_kit/copy-records';
import { MINUTE } from '../contract/durations';
import type { AccountId } from '../contract/ids';
import type { FaultKind, InjectedFault } from './faults';
import { Random } from './random';

/** One run of a step. */
export interface Run {
  readonly step: 'export-snapshots' | 'import-copies' | 'follow-sources' | 'prune-copies';
  readonly account: AccountId;
  /** An injected fault made a call fail, or another run of the step was in progress. */
  disturbed: boolean;
  /** It was killed: it makes no further calls. */
  killed: boolean;
}

const ONE_CALL: readonly FaultKind[] = ['api-error', 'answer-lost', 'crash'];

/** Calls that list, without an argument that changes the answer. */
const LISTINGS: ReadonlySet<string> = new Set(['own', 'manual', 'shared']);
/** How old a late listing may be: as old as the index of the vault's copies allows for. */
const MAX_LATE_MINUTES = LISTING_LAG / MINUTE;
/** Calls through access roles that a run makes before its credentials expire. */
const CALLS_UNTIL_EXPIRY = 2;

function named(name: string): Error {
  const error = new Error(`injected: ${name}`);
  error.name = name;
  return error;
}

/** Injects the faults of a scenario into calls, events and access roles. */
export class Injector {
  private readonly lasting = new Set<InjectedFault>();
  private readonly waiting = new Map<InjectedFault, number>();
  private readonly streams = new Map<InjectedFault, Random>();
  /** Faults that have had an effect. */
  readonly injected = new Set<InjectedFault>();

  /** The last answers of listings, by account and call: what a late listing gives. */
  private readonly listed = new Map<string, { readonly at: number; readonly answer: unknown }>();
  /** Calls of a run through access roles. */
  private readonly throughRoles = new WeakMap<Run, number>();

  constructor(
    private readonly seed: number,
    /** Minutes since the beginning. */
    private readonly now: () => number,
  ) {}

  /** A fault begins; a fault of one call waits for that call. */
  begin(fault: InjectedFault): void {
    if (ONE_CALL.includes(fault.kind)) this.waiting.set(fault, fault.nth);
    else this.lasting.add(fault);
  }

  /** A fault ends. */
  end(fault: InjectedFault): void {
    this.lasting.delete(fault);
  }

  /** Ends all faults, also those that wait for a call. */
  endAll(): void {
    this.lasting.clear();
    this.waiting.clear();
  }

  /** The fault of this kind that lasts now, if any. */
  active(kind: FaultKind, account: AccountId): InjectedFault | undefined {
    for (const fault of this.lasting) if (fault.kind === kind && fault.account === account) return fault;
    return undefined;
  }

  /** The fault of this kind that lasts now, counted as one with an effect. */
  takeEffect(kind: FaultKind, account: AccountId): InjectedFault | undefined {
    const fault = this.active(kind, account);
    if (fault) this.injected.add(fault);
    return fault;
  }

  /** The random stream of one fault. */
  chances(fault: InjectedFault): Random {
    const stream =
      this.streams.get(fault) ?? new Random(this.seed, `strike ${fault.kind} ${fault.account} ${fault.at}`);
    this.streams.set(fault, stream);
    return stream;
  }

  /** A port of a run, with faults injected into its calls. `through`: the account whose access role the port uses. */
  guard<Port extends object>(port: Port, run: Run, through?: AccountId): Port {
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          const answerLost = this.beforeCall(run, through);
          const late = this.lateListing(String(name), run, through);
          const answer: unknown = late ? late.answer : await method.apply(target, args);
          if (LISTINGS.has(String(name)) && !late) this.noteListing(String(name), run, through, answer);
          if (answerLost) throw this.failCall(run, answerLost, 'TimeoutError');
          return answer;
        };
      },
    });
  }

  /** The answer to an earlier listing, while listings are late. */
  private lateListing(name: string, run: Run, through: AccountId | undefined) {
    const account = through ?? run.account;
    const fault = LISTINGS.has(name) ? this.active('listings-late', account) : undefined;
    const before = this.listed.get(`${account} ${run.account} ${name}`);
    if (!fault || !before || this.now() - before.at >= MAX_LATE_MINUTES) return undefined;
    this.injected.add(fault);
    run.disturbed = true;
    return before;
  }

  private noteListing(name: string, run: Run, through: AccountId | undefined, answer: unknown): void {
    this.listed.set(`${through ?? run.account} ${run.account} ${name}`, { at: this.now(), answer });
  }

  private failCall(run: Run, fault: InjectedFault, name: string): Error {
    this.injected.add(fault);
    run.disturbed = true;
    return named(name);
  }

  /** Throws when a fault makes the call fail; returns the fault that loses its answer. */
  private beforeCall(run: Run, through: AccountId | undefined): InjectedFault | undefined {
    if (run.killed) throw named('Killed');
    const throttled = this.active('throttling', run.account);
    if (throttled && this.chances(throttled).chance(0.5)) throw this.failCall(run, throttled, 'ThrottlingException');
    const region = this.active('throttled-region', run.account);
    if (region) throw this.failCall(run, region, 'ThrottlingException');
    const expired = through && this.active('credentials-expire', run.account);
    if (expired) {
      const calls = (this.throughRoles.get(run) ?? 0) + 1;
      this.throughRoles.set(run, calls);
      if (calls > CALLS_UNTIL_EXPIRY) throw this.failCall(run, expired, 'ExpiredTokenException');
    }
    const denied = through && this.active('access-denied', through);
    if (denied) throw this.failCall(run, denied, 'AccessDenied');
    for (const [fault, left] of this.waiting) {
      if (fault.account !== run.account) continue;
      this.waiting.set(fault, left - 1);
      if (left > 1) continue;
      this.waiting.delete(fault);
      if (fault.kind === 'answer-lost') return fault;
      run.killed = fault.kind === 'crash';
      throw this.failCall(run, fault, fault.kind === 'crash' ? 'Killed' : 'InternalFailure');
    }
    return undefined;
  }
}
