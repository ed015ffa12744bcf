import { extname, join, resolve } from 'node:path';
import type { Purpose } from '../files/read-text';
import { parseJson, readText, unreadable } from '../files/read-text';
import type { CheckvalveConfig } from './checkvalve-config';
import { faultOfModule, loadModule } from './load-module';

/** Where a landing zone's configuration stands when no other file is given. */
const OURS = join(__dirname, '..', 'checkvalve.config.ts');
const PURPOSE: Purpose = {
  code: 'INVALID_CONFIG',
  remedy: 'Give a .ts file that exports `config`, or a .json file.',
};
const MODULES = new Set(['.ts', '.js', '.cjs', '.mjs']);

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** The export `config` of a module, if it is a value. */
function exportOf(found: unknown, file: string): unknown {
  const exported = typeof found === 'object' && found !== null ? found : {};
  const config = isPromise(exported) ? exported : 'config' in exported ? exported.config : undefined;
  if (isPromise(config)) {
    // What becomes of it is of no interest: unheard, a rejection would end the program with a stack trace.
    config.then(undefined, () => undefined);
    throw unreadable(file, 'it exports a promise; export the value itself, without async and await', PURPOSE);
  }
  if (typeof config === 'function') {
    throw unreadable(file, 'its export `config` is a function; export the value that it returns', PURPOSE);
  }
  if (config !== undefined) return config;
  const instead = 'default' in exported ? ', but a default; write `export const config = …` in its place' : '';
  throw unreadable(file, `it exports no \`config\`${instead}`, PURPOSE);
}

/** What a file says: the export `config` of a module, or a JSON document. */
function contentsOf(file: string): unknown {
  const path = resolve(file);
  const kind = extname(path).toLowerCase();
  // Read before it is loaded: a folder, or a file in another encoding, is not for Node to make something of.
  const text = readText(file, PURPOSE);
  if (MODULES.has(kind)) return exportOf(loadModule(path, file, PURPOSE), file);
  if (kind === '.json' || /^\.ya?ml$/.test(kind)) return parseJson(text, file, PURPOSE);
  throw unreadable(file, 'its name ends neither in .ts, .js, .cjs or .mjs nor in .json', PURPOSE);
}

/**
 * The configuration of src/checkvalve.config.ts, or of another file. The program that runs it can `require` TypeScript.
 * @throws CheckvalveError `INVALID_CONFIG` with every fault, or with the reason why the file cannot be read
 */
export function loadConfig(file?: string): CheckvalveConfig {
  // Loaded only here: a command that prints its help does not wait for the schema.
  const { readConfig } = require('./read-config') as typeof import('./read-config');
  const contents = contentsOf(file ?? OURS);
  try {
    return readConfig(contents, file);
  } catch (error) {
    throw faultOfModule(error) ?? error;
  }
}
