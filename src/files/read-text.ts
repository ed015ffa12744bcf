import { readFileSync } from 'node:fs';
import { CheckvalveError, type ErrorCode } from '../contract/errors';
import { jsonFault } from './json-fault';
import { systemReason } from './system-reason';

/** What a file is read for: the code and the remedy of its faults. */
export interface Purpose {
  readonly code: ErrorCode;
  /** What to give instead. */
  readonly remedy: string;
}

/** `-` is standard input. */
const nameOf = (file: string): string => (file === '-' ? 'standard input' : file);

/** The error for a file that cannot be used, with its line and column where they are known. */
export function unreadable(
  file: string,
  why: string,
  { code, remedy }: Purpose,
  at: { readonly line?: number; readonly column?: number; readonly cause?: unknown } = {},
): CheckvalveError {
  const column = at.column === undefined ? '' : `, column ${at.column}`;
  const place = at.line === undefined ? '' : `line ${at.line}${column}: `;
  return new CheckvalveError(code, `${nameOf(file)} cannot be read: ${place}${why}`, remedy, { cause: at.cause });
}

/** Why bytes are not UTF-8, from the byte-order mark of another encoding. */
function otherEncoding(bytes: Buffer): string | undefined {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return 'it is UTF-16; save it as UTF-8';
  if (bytes.includes(0)) return 'it holds zero bytes, so it is not UTF-8 text; save it as UTF-8';
  return undefined;
}

/**
 * Reads the text of a file, or of standard input (`-`), without a byte-order mark.
 * @throws CheckvalveError with the code of the purpose: missing, a folder, not allowed, empty, not UTF-8
 */
export function readText(file: string, purpose: Purpose): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (cause) {
    throw unreadable(file, systemReason(cause), purpose, { cause });
  }
  const encoding = otherEncoding(bytes);
  if (encoding) throw unreadable(file, encoding, purpose);
  let text: string;
  try {
    // The decoder removes a byte-order mark.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const line = new TextDecoder('utf-8').decode(bytes).split('\uFFFD')[0]?.split('\n').length;
    throw unreadable(file, 'it is not UTF-8 text; save it as UTF-8', purpose, { line, cause });
  }
  if (text.trim() === '') throw unreadable(file, 'it is empty', purpose);
  return text;
}

/**
 * The value of a JSON text that was read from a file.
 * @throws CheckvalveError with the code of the purpose, and the line and column of the first fault
 */
export function parseJson(text: string, file: string, purpose: Purpose): unknown {
  const fault = jsonFault(text);
  if (fault && /\.ya?ml$/i.test(file)) throw unreadable(file, 'its name ends as YAML does; give JSON', purpose);
  if (fault) throw unreadable(file, fault.why, purpose, fault);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, 'it is not JSON', purpose, { cause });
  }
}

/** Reads the JSON document of a file, or on standard input (`-`). @throws CheckvalveError with the code of the purpose */
export const readJson = (file: string, purpose: Purpose): unknown => parseJson(readText(file, purpose), file, purpose);
