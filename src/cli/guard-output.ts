import { fstatSync, writeSync } from 'node:fs';
import { systemReason } from '../files/system-reason';

/**
 * Writes all bytes. A disk that fills up accepts a part and fails only at the next write, and Node's stream for a file counts
 * that part as the whole: https://nodejs.org/api/fs.html#fswritesyncfd-buffer-offset-length-position
 */
function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

const isFile = (fd: number): boolean => {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
};

/** Makes standard output to a file fail when not all of it is written. */
function writeWholeFiles(): void {
  if (!isFile(1)) return;
  process.stdout._write = (chunk: string | Uint8Array, _encoding, done) => {
    try {
      writeWhole(1, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}

/**
 * From now on a command finishes its work even when its output cannot be written. A reader that closes the pipe early, such as
 * `head`, changes neither the work nor the exit code. Any other error, such as a full disk, is reported on standard error at
 * the end with exit code 1, because the output is incomplete.
 */
export function guardOutput(): void {
  let first: NodeJS.ErrnoException | undefined;
  process.stdout.on('error', (error) => {
    first ??= error;
  });
  process.stderr.on('error', () => undefined);
  writeWholeFiles();
  process.on('exit', () => {
    // If the program ends right after a write, the stream has the error before its listeners do.
    const error = first ?? (process.stdout.errored as NodeJS.ErrnoException | null);
    if (!error || error.code === 'EPIPE') return;
    process.exitCode = 1;
    const message = `Standard output cannot be written: ${systemReason(error)}. Free some space and run the command again.\n`;
    try {
      // At exit only a synchronous write is written.
      writeSync(2, message);
    } catch {
      // Standard error cannot be written either; the exit code remains.
    }
  });
}
