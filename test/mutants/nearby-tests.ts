import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How deep the tests of the handlers lie: by account, with the files that all accounts use beside them. */
const HANDLER_FOLDER = /^lambda\/(?:management|source|vault|_kit)(?=\/)/;
/** Decisions that the tests of every account exercise. */
const SHARED_BY_ALL = /^lambda\/_kit\/[^/]+\.ts$/;

/**
 * The folders under `test` that hold the unit tests of a source file. Of the files in them Jest runs those that import the
 * source file, directly or not.
 */
export function nearbyTests(file: string, exists: (folder: string) => boolean = existsSync): readonly string[] {
  if (SHARED_BY_ALL.test(file)) return ['test/lambda'];
  const handlers = HANDLER_FOLDER.exec(file)?.[0];
  if (handlers !== undefined) return [join('test', handlers)];
  let folder = dirname(file);
  while (folder !== '.' && !exists(join('test', folder))) folder = dirname(folder);
  return [folder === '.' ? 'test' : join('test', folder)];
}
