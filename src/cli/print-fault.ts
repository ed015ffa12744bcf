import { CheckvalveError } from '../contract/errors';
import { isSystemError, systemReason } from '../files/system-reason';
import { printable } from './printable';
import { red } from './styles';

const out = (text: string) => process.stderr.write(`${printable(text)}\n`);

/** What went wrong and what helps, on standard error; a stack trace only for a fault of Checkvalve's own. */
export function printFault(error: unknown): void {
  if (error instanceof CheckvalveError) {
    out(`${red(error.message, process.stderr)}\n${error.remedy}`);
  } else if (isSystemError(error) && error.path !== undefined) {
    out(red(`${error.path} cannot be used: ${systemReason(error)}`, process.stderr));
    out('Make room on the disk, or the folder writable, and run the command again.');
  } else {
    out(red('This is a fault of Checkvalve itself:', process.stderr));
    out(error instanceof Error ? String(error.stack) : String(error));
    return;
  }
  if (process.env.CHECKVALVE_DEBUG && error instanceof Error) out(String(error.stack));
}
