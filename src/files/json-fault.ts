import { type ParseErrorCode, visit } from 'jsonc-parser';

/** Where a text stops being JSON, counted from 1, and why. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly why: string;
}

/** A fault, and the offset of what it is about. */
interface Found {
  readonly offset: number;
  readonly why: string;
}

/** `InvalidCommentToken` of the parser. */
const COMMENT = 10;
/** What is wrong, by the code of the parser: `const enum ParseErrorCode` of jsonc-parser. */
const REASONS: Readonly<Record<ParseErrorCode, (found: string) => string>> = {
  1: (found) => `${found} is not a JSON value`,
  2: (found) => `${found} is not a JSON number`,
  3: (found) => `${found} was found where a name in double quotes is expected`,
  4: (found) => `${found} was found where a value is expected`,
  5: (found) => `${found} was found where a colon is expected`,
  6: (found) => `${found} was found where a comma or a closing bracket is expected`,
  7: (found) => `${found} was found where a comma or } is expected`,
  8: (found) => `${found} was found where a comma or ] is expected`,
  9: (found) => `${found} follows after the end of the document; remove it`,
  10: () => 'JSON has no comments; remove the comment',
  11: () => 'the comment has no end, and JSON has no comments; remove it',
  12: () => 'the string has no closing double quote on its line',
  13: (found) => `${found} is not a JSON number`,
  14: () => 'the string contains a \\u that is not followed by four hexadecimal digits',
  15: () => 'JSON has no such escape; write two backslashes for one',
  16: () => 'the string contains a control character; write an escape, such as \\n',
};

/** The token at an offset, as a fault names it. */
function tokenAt(text: string, offset: number): string {
  const [token] = /^(?:[\p{L}\p{N}_$.+-]+|.)/su.exec(text.slice(offset, offset + 40)) ?? [];
  return token === undefined ? 'the end of the document' : JSON.stringify(token);
}

/** The fault that a code of the parser stands for, with a hint where the text is a habit of another language. */
function faultOf(text: string, code: ParseErrorCode, offset: number): Found {
  const next = text[offset] ?? '';
  if (next === '#') return { offset, why: REASONS[COMMENT]('') };
  if (next === "'") return { offset, why: 'JSON strings are in double quotes; replace the single quotes' };
  const before = text.slice(0, offset).trimEnd();
  if ((next === '}' || next === ']') && before.endsWith(','))
    return { offset: before.length - 1, why: `there is a comma before ${next}; remove the comma` };
  return { offset, why: REASONS[code](tokenAt(text, offset)) };
}

/** The first fault of the syntax, or else the first name that one object has twice: JSON.parse drops all but the last. */
function firstFault(text: string): Found | undefined {
  let syntax: Found | undefined;
  let duplicate: Found | undefined;
  const open: Set<string>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => void open.push(new Set()),
      onObjectEnd: () => void open.pop(),
      onObjectProperty: (name, offset) => {
        const why = `the name ${JSON.stringify(name)} occurs twice in one object; remove one of the two`;
        if (open.at(-1)?.has(name)) duplicate ??= { offset, why };
        open.at(-1)?.add(name);
      },
      onError: (code, offset) => {
        syntax ??= faultOf(text, code, offset);
      },
    },
    { disallowComments: true },
  );
  return syntax ?? duplicate;
}

/**
 * The first fault of a text that must be JSON as RFC 8259 defines it, with each name once in an object; undefined where there
 * is none, or where the text is nested too deeply for the parser.
 */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    const fault = firstFault(text);
    if (!fault) return undefined;
    const before = text.slice(0, fault.offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, why: fault.why };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
