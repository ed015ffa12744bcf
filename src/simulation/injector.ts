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

  constructor(private readonly seed: number) {}

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
          const answer: unknown = await method.apply(target, args);
          if (answerLost) throw this.failCall(run, answerLost, 'TimeoutError');
          return answer;
        };
      },
    });
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
