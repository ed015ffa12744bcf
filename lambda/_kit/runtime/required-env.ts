import { CheckvalveError } from '../../../src/contract/errors';

/** The value of an environment variable that the stack sets. @throws CheckvalveError `INVALID_INPUT` when it is missing. */
export function requiredEnv(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new CheckvalveError('INVALID_INPUT', `${name} is not set`, 'Deploy the stack again: it sets this variable.');
}

/** The same, read as JSON. */
export function requiredJson<T>(name: string): T {
  const text = requiredEnv(name);
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new CheckvalveError('INVALID_INPUT', `${name} is not JSON: ${text}`, 'Deploy the stack again.', { cause });
  }
}
