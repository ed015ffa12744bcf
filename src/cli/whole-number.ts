import { CheckvalveError } from '../contract/errors';

/** Reads a whole number of an option. @throws CheckvalveError `INVALID_INPUT`, with an example, for anything else. */
export const wholeNumber = (option: string, least: number, most: number, example: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CheckvalveError(
    'INVALID_INPUT',
    `${option} ${JSON.stringify(text)} is not a whole number from ${least} to ${most}`,
    `Give, for example, ${option} ${example}.`,
  );
};
