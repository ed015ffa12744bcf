import { CheckvalveError } from '../contract/errors';

/** Parses the whole number of an option. @throws CheckvalveError `INVALID_INPUT`, with an example, for anything else. */
export const wholeNumber = (option: string, min: number, max: number, example: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new CheckvalveError(
    'INVALID_INPUT',
    `${option} ${JSON.stringify(text)} is not a whole number from ${min} to ${max}`,
    `Give a number such as ${option} ${example}.`,
  );
};
