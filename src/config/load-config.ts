import { extname, join, resolve } from 'node:path';
import type { Purpose } from '../files/read-text';
import { parseJson, readText, unreadable } from '../files/read-text';
import type { CheckvalveConfig } from './checkvalve-config';
import { faultOfModule, loadModule } from './load-module';

/** The configuration file when no other is given. */
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
    // A rejection without a listener would end the program with a stack trace.
    config.then(undefined, () => undefined);
    throw unreadable(file, 'it exports a promise; export the value itself, without async or await', PURPOSE);
  }
  if (typeof config === 'function') {
    throw unreadable(file, 'its export `config` is a function; export the value that it returns', PURPOSE);
  }
  if (config !== undefined) return config;
  const instead = 'default' in exported ? ', only a default export; write `export const config = …` instead' : '';
  throw unreadable(file, `it exports no \`config\`${instead}`, PURPOSE);
}

/** The content of a file: the export `config` of a module, or a JSON document. */
function contentsOf(file: string): unknown {
  const path = resolve(file);
  const kind = extname(path).toLowerCase();
  // Read before it is loaded, so that a folder or a file in another encoding is reported in our words instead of Node's.
  const text = readText(file, PURPOSE);
  if (MODULES.has(kind)) return exportOf(loadModule(path, file, PURPOSE), file);
  if (kind === '.json' || /^\.ya?ml$/.test(kind)) return parseJson(text, file, PURPOSE);
  throw unreadable(file, 'its name must end in .ts, .js, .cjs, .mjs or .json', PURPOSE);
}

/**
 * Loads the configuration of src/checkvalve.config.ts, or of another file. The program that calls it must be able to
 * `require` TypeScript.
 * @throws CheckvalveError `INVALID_CONFIG` with every fault, or with why the file cannot be read
 */
export function loadConfig(file?: string): CheckvalveConfig {
  // Loaded here, so that a command that only prints its help does not wait for the schema.
  const { readConfig } = require('./read-config') as typeof import('./read-config');
  const contents = contentsOf(file ?? OURS);
  try {
    return readConfig(contents, file);
  } catch (error) {
    throw faultOfModule(error) ?? error;
  }
}
