import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckvalveError } from '../contract/errors';
import { systemReason } from './system-reason';

/**
 * Makes a folder of its own in the system's temporary folder; `prefix` begins its name.
 * @throws CheckvalveError `INVALID_INPUT` when the temporary folder cannot be written
 */
export function temporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    throw new CheckvalveError(
      'INVALID_INPUT',
      `The temporary folder ${tmpdir()} cannot be written: ${systemReason(cause)}`,
      'Set TMPDIR to a folder that you may write in, and run the command again.',
      { cause },
    );
  }
}
