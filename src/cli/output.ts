import { dim } from './styles';

/** Prints a result on standard output. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Prints a line of progress on standard error. */
export const progress = (line: string): void => {
  process.stderr.write(`${dim(line, process.stderr)}\n`);
};
