import { CheckvalveError } from '../contract/errors';
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

/** Modules that were loaded, each with how it was named and what for: what they do later is told as their fault, too. */
const loaded = new Map<string, { readonly file: string; readonly purpose: Purpose }>();
let guarded = false;

/** Errors whose stack is read for the first time in here name places in a file as it is written, not as it is compiled. */
function withPlacesAsWritten<T>(read: () => T): T {
  process.setSourceMapsEnabled(true);
  try {
    return read();
  } finally {
    process.setSourceMapsEnabled(Boolean(process.env.CHECKVALVE_DEBUG));
  }
}

/**
 * An error in the code of a module that was loaded, with its place there; undefined for any other. A module may run code at any
 * time: in a timer, in a promise that is not awaited, in a property that is computed when it is read.
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

/** From now on no module ends the program, however late: what else calls `process.exit` does. */
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
 * Loads a module that is not Checkvalve's own. It can neither end the program nor decide its exit code, folder or standard
 * output, which is for the answer of the command alone: what it prints goes to standard error.
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
