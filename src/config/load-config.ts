import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { config as ours } from '../checkvalve.config';
import { CheckvalveError } from '../contract/errors';
import type { CheckvalveConfig } from './checkvalve-config';
import { readConfig } from './read-config';

/** What a file says: the export `config` of a `.ts` or `.js`, or a JSON document. */
function contentsOf(file: string): unknown {
  const path = resolve(file);
  try {
    if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'));
    return (require(path) as { config?: unknown }).config;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    const remedy = 'Give a .ts file that exports `config`, or a .json file.';
    throw new CheckvalveError('INVALID_CONFIG', `${file} cannot be read: ${why}`, remedy, { cause });
  }
}

/** The configuration of src/checkvalve.config.ts, or of another file. @throws CheckvalveError `INVALID_CONFIG` with every fault */
export function loadConfig(file?: string): CheckvalveConfig {
  return readConfig(file === undefined ? ours : contentsOf(file));
}
