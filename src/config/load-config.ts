import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CheckvalveError } from '../contract/errors';
import type { CheckvalveConfig } from './checkvalve-config';

/** Where a landing zone's configuration stands when nobody names another file. */
const OURS = join(__dirname, '..', 'checkvalve.config.ts');
const REMEDY = 'Give a .ts file that exports `config`, or a .json file.';

const unreadable = (file: string, why: string, cause?: unknown): CheckvalveError =>
  new CheckvalveError('INVALID_CONFIG', `${file} cannot be read: ${why}`, REMEDY, { cause });

/** What a file says: the export `config` of a `.ts` or `.js`, or a JSON document. */
function contentsOf(file: string): unknown {
  const path = resolve(file);
  let found: unknown;
  try {
    found = path.endsWith('.json') ? { config: JSON.parse(readFileSync(path, 'utf8')) as unknown } : require(path);
  } catch (cause) {
    // The first line of a compiler's message says that there is a fault, the second one which.
    const [message = ''] = (cause instanceof Error ? cause.message : String(cause)).split(/^Require stack:/m);
    const lines = message.split('\n').filter((line) => line.trim());
    throw unreadable(file, lines.slice(0, 2).join(' '), cause);
  }
  if (found === null || typeof found !== 'object' || !('config' in found))
    throw unreadable(file, 'it exports no `config`');
  return found.config;
}

/**
 * The configuration of src/checkvalve.config.ts, or of another file. The program that runs it can `require` TypeScript.
 * @throws CheckvalveError `INVALID_CONFIG` with every fault, or with the reason why the file cannot be read
 */
export function loadConfig(file: string = OURS): CheckvalveConfig {
  // Loaded only here: a command that prints its help does not wait for the schema.
  const { readConfig } = require('./read-config') as typeof import('./read-config');
  return readConfig(contentsOf(file));
}
