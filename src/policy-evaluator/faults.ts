import { CheckvalveError, type ErrorCode } from '../contract/errors';

/** One fault of a case or a policy: its path, its value, and what to write instead. */
interface Fault {
  readonly path: string;
  readonly value: unknown;
  readonly remedy: string;
}

/** Collects faults, to report all of them at once. */
export class Faults {
  private readonly list: Fault[] = [];

  /** Adds a fault. */
  add(path: string, value: unknown, remedy: string): void {
    this.list.push({ path, value, remedy });
  }

  /** Throws one error that lists every fault, or returns when there is none. */
  raise(code: ErrorCode, what: string): void {
    if (this.list.length === 0) return;
    const lines = this.list.map((fault) => `${fault.path}: ${print(fault.value)}: ${fault.remedy}`);
    const remedy = 'Correct the listed paths. Nothing was evaluated.';
    throw new CheckvalveError(code, `${what}: ${lines.length} fault(s)\n  ${lines.join('\n  ')}`, remedy);
  }
}

/** The error for a policy or a value that AWS defines and this evaluator does not support. */
export function unsupported(message: string, remedy: string): CheckvalveError {
  return new CheckvalveError('UNSUPPORTED_POLICY', message, remedy);
}

function print(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
