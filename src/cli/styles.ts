import { styleText } from 'node:util';

/** Styles a text for a terminal; the text stays plain in a file, in a pipe and with NO_COLOR. */
const style =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string, stream: NodeJS.WriteStream = process.stdout): string =>
    stream.isTTY && !process.env.NO_COLOR ? styleText(format, text, { validateStream: false }) : text;

/** For failures. */
export const red = style('red');
/** For successes. */
export const green = style('green');
/** For warnings. */
export const yellow = style('yellow');
/** For details and progress. */
export const dim = style('dim');
