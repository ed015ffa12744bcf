import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckvalveError } from '../contract/errors';
import { systemReason } from './system-reason';

/**
 * Creates a folder in the system's temporary folder, with a name that starts with `prefix`.
 * @throws CheckvalveError `INVALID_INPUT` when the temporary folder cannot be written
 */
export function temporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    throw new CheckvalveError(
      'INVALID_INPUT',
      `The temporary folder ${tmpdir()} cannot be written: ${systemReason(cause)}`,
      'Set TMPDIR to a folder that you can write to, and run the command again.',
      { cause },
    );
  }
}
