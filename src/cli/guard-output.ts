import { fstatSync, writeSync } from 'node:fs';
import { systemReason } from '../files/system-reason';

/**
 * Writes all of it: a disk that fills up takes a part, and says so only of the next. Node, in its stream for a file, counts
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

/** Lets standard output into a file fail where not all of it is written. */
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
 * From now on an output that cannot be written ends no verb in the middle of its work. A reader that leaves early, such as
 * `head`, changes neither what a verb does nor its exit code. Anything else, such as a full disk, is told on standard error
 * in the end, with exit code 1, because what was written is not complete.
 */
export function guardOutput(): void {
  let first: NodeJS.ErrnoException | undefined;
  process.stdout.on('error', (error) => {
    first ??= error;
  });
  process.stderr.on('error', () => undefined);
  writeWholeFiles();
  process.on('exit', () => {
    // Of a program that ends at once after it has written, the stream knows the error before its listeners do.
    const error = first ?? (process.stdout.errored as NodeJS.ErrnoException | null);
    if (!error || error.code === 'EPIPE') return;
    process.exitCode = 1;
    const said = `Standard output cannot be written: ${systemReason(error)}. Make room there, and run the command again.\n`;
    try {
      // At this point only what is written at once is written at all.
      writeSync(2, said);
    } catch {
      // Standard error is as full: the exit code has to do.
    }
  });
}
