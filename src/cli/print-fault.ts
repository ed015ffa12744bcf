import { CheckvalveError } from '../contract/errors';
import { red } from './styles';

/** What went wrong and what helps, on standard error; a stack trace only for a fault of Checkvalve's own. */
export function printFault(error: unknown): void {
  const out = (text: string) => process.stderr.write(`${text}\n`);
  if (error instanceof CheckvalveError) {
    out(`${red(error.message, process.stderr)}\n${error.remedy}`);
    if (process.env.CHECKVALVE_DEBUG) out(String(error.stack));
    return;
  }
  out(red('This is a fault of Checkvalve itself:', process.stderr));
  out(error instanceof Error ? String(error.stack) : String(error));
}
