import { CheckvalveError } from '../contract/errors';
import { isSystemError, systemReason } from '../files/system-reason';
import { printable } from './printable';
import { red } from './styles';

const out = (text: string) => process.stderr.write(`${printable(text)}\n`);

/** Prints an error and its remedy on standard error, with a stack trace only for a bug of Checkvalve. */
export function printFault(error: unknown): void {
  if (error instanceof CheckvalveError) {
    out(`${red(error.message, process.stderr)}\n${error.remedy}`);
  } else if (isSystemError(error) && error.path !== undefined) {
    out(red(`${error.path} cannot be used: ${systemReason(error)}`, process.stderr));
    out('Free some disk space or make the folder writable, and run the command again.');
  } else {
    out(red('This is a bug in Checkvalve:', process.stderr));
    out(error instanceof Error ? String(error.stack) : String(error));
    return;
  }
  if (process.env.CHECKVALVE_DEBUG && error instanceof Error) out(String(error.stack));
}
