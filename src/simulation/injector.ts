import type { AccountId } from '../contract/ids';
import type { Fault, FaultKind } from './faults';
import { Random } from './random';

/** One run of a step. */
export interface Run {
  readonly step: 'export-snapshots' | 'import-copies' | 'follow-sources' | 'prune-copies';
  readonly account: AccountId;
  /** A call of it went wrong because of an injected fault, or another run of the step went on at the same time. */
  disturbed: boolean;
  /** It was killed: it makes no further call. */
  killed: boolean;
}

const ONE_CALL: readonly FaultKind[] = ['api-error', 'answer-lost', 'crash'];

function named(name: string): Error {
  const error = new Error(`injected: ${name}`);
  error.name = name;
  return error;
}

/** Lets the faults of a scenario strike: at calls, at events, and at the access roles. */
export class Injector {
  private readonly lasting = new Set<Fault>();
  private readonly armed = new Map<Fault, number>();
  private readonly streams = new Map<Fault, Random>();
  /** Faults that have had an effect. */
  readonly injected = new Set<Fault>();

  constructor(private readonly seed: number) {}

  /** A fault begins; one that strikes at a call waits for it. */
  begin(fault: Fault): void {
    if (ONE_CALL.includes(fault.kind)) this.armed.set(fault, fault.nth);
    else this.lasting.add(fault);
  }

  /** A fault ends. */
  end(fault: Fault): void {
    this.lasting.delete(fault);
  }

  /** Faults stop: what has not struck by now never will. */
  endAll(): void {
    this.lasting.clear();
    this.armed.clear();
  }

  /** The fault of this kind that lasts now; undefined when there is none. */
  active(kind: FaultKind, account: AccountId): Fault | undefined {
    for (const fault of this.lasting) if (fault.kind === kind && fault.account === account) return fault;
    return undefined;
  }

  /** Whether it is active; when it is, that counts as an effect. */
  strikes(kind: FaultKind, account: AccountId): Fault | undefined {
    const fault = this.active(kind, account);
    if (fault) this.injected.add(fault);
    return fault;
  }

  /** The stream of chances of one fault. */
  chances(fault: Fault): Random {
    const stream =
      this.streams.get(fault) ?? new Random(this.seed, `strike ${fault.kind} ${fault.account} ${fault.at}`);
    this.streams.set(fault, stream);
    return stream;
  }

  /** A port of a run, whose calls fail as the faults will have it. `through`: the account whose access role it leads through. */
  guard<Port extends object>(port: Port, run: Run, through?: AccountId): Port {
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          const answerLost = this.beforeCall(run, through);
          const answer: unknown = await method.apply(target, args);
          if (answerLost) throw this.strike(run, answerLost, 'TimeoutError');
          return answer;
        };
      },
    });
  }

  private strike(run: Run, fault: Fault, name: string): Error {
    this.injected.add(fault);
    run.disturbed = true;
    return named(name);
  }

  /** Throws when the call is to fail; returns the fault that will lose its answer. */
  private beforeCall(run: Run, through: AccountId | undefined): Fault | undefined {
    if (run.killed) throw named('Killed');
    const throttled = this.active('throttling', run.account);
    if (throttled && this.chances(throttled).chance(0.5)) throw this.strike(run, throttled, 'ThrottlingException');
    const shut = through && this.active('access-denied', through);
    if (shut) throw this.strike(run, shut, 'AccessDenied');
    for (const [fault, left] of this.armed) {
      if (fault.account !== run.account) continue;
      this.armed.set(fault, left - 1);
      if (left > 1) continue;
      this.armed.delete(fault);
      if (fault.kind === 'answer-lost') return fault;
      run.killed = fault.kind === 'crash';
      throw this.strike(run, fault, fault.kind === 'crash' ? 'Killed' : 'InternalFailure');
    }
    return undefined;
  }
}
