import { CheckvalveError } from '../contract/errors';
import { type Purpose, unreadable } from '../files/read-text';

/** Thrown when a module calls `process.exit`. */
class Exit extends Error {}

interface Place {
  readonly line?: number;
  readonly column?: number;
}

const place = ([, line, column]: RegExpExecArray | readonly []): Place => ({
  ...(line && { line: Number(line) }),
  ...(column && { column: Number(column) }),
});

/** The line and column of a file in an error: in its stack, or before the stack, where Node writes them for a syntax error. */
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

/** Why a module cannot be loaded, and where in it. */
function faultOf(error: unknown, path: string): Place & { readonly why: string } {
  if (isCompileError(error)) {
    const [first] = error.errors;
    const { line, column } = first?.location ?? {};
    // esbuild counts columns from 0.
    return { why: first?.text ?? '', ...(line !== undefined && column !== undefined && { line, column: column + 1 }) };
  }
  if (!(error instanceof Error)) return { why: `it throws ${String(error)}` };
  const [message = ''] = error.message.split(/\n?Require stack:/);
  if (error instanceof Exit) return { why: 'it calls process.exit; remove the call', ...placeIn(error, path) };
  return { why: message.split('\n')[0] || error.name, ...placeIn(error, path) };
}

/** Modules that were loaded, each with the name the operator gave and its purpose, so that what they throw later is reported
 * as their fault as well. */
const loaded = new Map<string, { readonly file: string; readonly purpose: Purpose }>();
let guarded = false;

/** Reads stacks of errors with the lines of the source file instead of the compiled one. */
function withPlacesAsWritten<T>(read: () => T): T {
  process.setSourceMapsEnabled(true);
  try {
    return read();
  } finally {
    process.setSourceMapsEnabled(Boolean(process.env.CHECKVALVE_DEBUG));
  }
}

/**
 * The fault for an error from the code of a loaded module, with its line; undefined for any other error. A module can run code
 * at any time: in a timer, in a promise that is not awaited, in a getter.
 */
export function faultOfModule(error: unknown): CheckvalveError | undefined {
  if (!(error instanceof Error) || error instanceof CheckvalveError) return undefined;
  withPlacesAsWritten(() => error.stack);
  for (const [path, { file, purpose }] of loaded) {
    const { why, ...at } = faultOf(error, path);
    if (at.line !== undefined) return unreadable(file, why, purpose, { ...at, cause: error });
  }
  return undefined;
}

/** From now on `process.exit` throws when a loaded module calls it, and works for all other code. */
function guardExit(): void {
  if (guarded) return;
  guarded = true;
  const { exit } = process;
  process.exit = (code) => {
    const asked = new Exit();
    if (faultOfModule(asked)) throw asked;
    return exit.call(process, code);
  };
}

/**
 * Loads a module that an operator wrote. The module can neither end the program nor change its exit code, its working folder
 * or its standard output, which is for the result of the command: what the module prints goes to standard error.
 * @throws CheckvalveError with the code of the purpose, and the line and column of the fault where they are known
 */
export function loadModule(path: string, file: string, purpose: Purpose): unknown {
  const { exit, exitCode } = process;
  const { write } = process.stdout;
  const folder = process.cwd();
  process.exit = () => {
    throw new Exit();
  };
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  loaded.set(path, { file, purpose });
  try {
    return withPlacesAsWritten(() => required(path, file, purpose));
  } finally {
    process.stdout.write = write;
    process.chdir(folder);
    process.exit = exit;
    process.exitCode = exitCode;
    guardExit();
  }
}

function required(path: string, file: string, purpose: Purpose): unknown {
  try {
    return require(path) as unknown;
  } catch (cause) {
    const { why, ...at } = faultOf(cause, path);
    throw unreadable(file, why, purpose, { ...at, cause });
  }
}
