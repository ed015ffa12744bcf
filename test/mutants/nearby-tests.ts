import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How deep the tests of the handlers lie: by account, with the adapters beside them. */
const HANDLER_FOLDER = /^lambda\/(?:management|source|vault|_kit)(?=\/)/;

/** Decisions that the steps of every account share. */
const SHARED_BY_ALL = /^lambda\/_kit\/[^/]+\.ts$/;

/** The folder under `test` that holds the unit tests of a source file. */
export function nearbyTests(file: string, exists: (folder: string) => boolean = existsSync): string {
  if (SHARED_BY_ALL.test(file)) return 'test/lambda';
  const handlers = HANDLER_FOLDER.exec(file)?.[0];
  if (handlers !== undefined) return join('test', handlers);
  let folder = dirname(file);
  while (folder !== '.' && !exists(join('test', folder))) folder = dirname(folder);
  return folder === '.' ? 'test' : join('test', folder);
}

const IMPORTED = /\bfrom '(\.[^']+)'/g;

/** Whether a test file imports a source file by itself. */
export const importsDirectly = (test: string, text: string, file: string): boolean =>
  [...text.matchAll(IMPORTED)].some(([, path = '']) => `${join(dirname(test), path)}.ts` === file);
