import { type Purpose, unreadable } from '../files/read-text';

/** Thrown in the place of the end of the program that a module asks for. */
class Exit extends Error {}

interface Place {
  readonly line?: number;
  readonly column?: number;
}

const place = ([, line, column]: RegExpExecArray | readonly []): Place => ({
  ...(line && { line: Number(line) }),
  ...(column && { column: Number(column) }),
});

/** The place in a file that an error names: in its stack, or in front of it, where Node puts it for a syntax error. */
function placeIn(error: Error, path: string): Place {
  const stack = String(error.stack);
  const name = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return place(new RegExp(`${name}:(\\d+)(?::(\\d+))?`).exec(stack) ?? []);
}

interface CompileError {
  readonly errors: ReadonlyArray<{
    readonly text: string;
    readonly location: { readonly line: number; readonly column: number } | null;
  }>;
}
const isCompileError = (error: unknown): error is CompileError =>
  error instanceof Error &&
  'errors' in error &&
  Array.isArray(error.errors) &&
  typeof error.errors[0]?.text === 'string';

/** What went wrong while a module was loaded, and where in it. */
function faultOf(error: unknown, path: string): Place & { readonly why: string } {
  if (isCompileError(error)) {
    const [first] = error.errors;
    const { line, column } = first?.location ?? {};
    // The compiler counts columns from 0.
    return { why: first?.text ?? '', ...(line !== undefined && column !== undefined && { line, column: column + 1 }) };
  }
  if (!(error instanceof Error)) return { why: `it throws ${String(error)}` };
  const [message = ''] = error.message.split(/\n?Require stack:/);
  if (error instanceof Exit)
    return { why: 'it ends the program (process.exit); leave that out', ...placeIn(error, path) };
  return { why: message.split('\n')[0] || error.name, ...placeIn(error, path) };
}

/**
 * Loads a module that is not Checkvalve's own, and lets it neither end the program nor decide its exit code.
 * @throws CheckvalveError with the code of the purpose, and the line and column of the fault where they are known
 */
export function loadModule(path: string, file: string, purpose: Purpose): unknown {
  const { exit, exitCode } = process;
  process.exit = () => {
    throw new Exit();
  };
  // With it a fault is told with the place in the file as it is written, not as it is compiled.
  process.setSourceMapsEnabled(true);
  try {
    return require(path) as unknown;
  } catch (cause) {
    const { why, ...at } = faultOf(cause, path);
    throw unreadable(file, why, purpose, { ...at, cause });
  } finally {
    process.setSourceMapsEnabled(Boolean(process.env.CHECKVALVE_DEBUG));
    process.exit = exit;
    process.exitCode = exitCode;
  }
}
