/** Where a text stops being JSON, counted from 1, and why. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly why: string;
}

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has no control characters in texts.
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const TOKEN = /[\p{L}\p{N}_$.+-]+|./uy;

class Fault extends Error {
  constructor(
    readonly at: number,
    why: string,
  ) {
    super(why);
  }
}

/** Reads JSON as RFC 8259 defines it and keeps nothing: what JSON.parse says of a fault depends on the version of Node. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.value();
    if (this.at < this.text.length) this.fail('there is more text after the end of the document');
  }

  private value(): void {
    this.take(BLANK);
    const next = this.text[this.at];
    if (next === '{') this.list('}', () => this.member());
    else if (next === '[') this.list(']', () => this.value());
    else if (next === '"') this.string();
    else if (!this.take(WORD) && !this.take(NUMBER)) this.unexpected('a value');
    this.take(BLANK);
  }

  /** What stands between brackets, with commas between one and the next. */
  private list(end: string, one: () => void): void {
    this.at += 1;
    this.take(BLANK);
    if (this.text[this.at] === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      one();
      const next = this.text[this.at];
      if (next === end) break;
      if (next !== ',') this.unexpected(`a comma or ${end}`);
      const comma = this.at;
      this.at += 1;
      this.take(BLANK);
      if (this.text[this.at] === end) throw new Fault(comma, `there is a comma before ${end}; remove the comma`);
    }
    this.at += 1;
  }

  private member(): void {
    this.take(BLANK);
    if (this.text[this.at] !== '"') this.unexpected('a name in double quotes');
    this.string();
    this.take(BLANK);
    if (this.text[this.at] !== ':') this.unexpected('a colon');
    this.at += 1;
    this.value();
  }

  private string(): void {
    this.take(TEXT);
    if (this.text[this.at] === '"') this.at += 1;
    else if (this.at === this.text.length) this.fail('a text in double quotes does not end');
    else if (this.text[this.at] === '\\') this.fail('a backslash begins no escape of JSON; write two of them');
    else this.fail('a text in double quotes goes over the end of the line, or holds a control character');
  }

  private unexpected(wanted: string): never {
    if (this.at >= this.text.length) this.fail(`the document ends where ${wanted} is expected`);
    const found = this.text[this.at] ?? '';
    if (found === '#' || /^\/[/*]/.test(this.text.slice(this.at, this.at + 2))) this.fail('JSON has no comments');
    if (found === "'") this.fail('a text is in single quotes; write double quotes');
    TOKEN.lastIndex = this.at;
    const [token = found] = TOKEN.exec(this.text) ?? [];
    this.fail(`${JSON.stringify(token.slice(0, 40))} stands where ${wanted} is expected`);
  }

  private fail(why: string): never {
    throw new Fault(this.at, why);
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) return false;
    this.at += found.length;
    return true;
  }
}

/** The first fault of a text that should be JSON; undefined where there is none, or where it is nested too deep to be found. */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    new Reader(text).document();
    return undefined;
  } catch (fault) {
    if (!(fault instanceof Fault)) return undefined;
    const before = text.slice(0, fault.at).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, why: fault.message };
  }
}
