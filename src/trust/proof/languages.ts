/**
 * The texts that a condition matches, as finite automata. For several conditions on one key, they give every combination of
 * true and false that a text can produce, with an example of each.
 */
import { unsupported } from '../../policy-evaluator/faults';

/** One step of a pattern: the characters that it accepts, once or any number of times. */
export interface CharacterStep {
  /** The accepted characters; undefined for all except those in `not`. */
  readonly only?: string;
  readonly not?: string;
  readonly many?: true;
}

/** A set of texts: alternatives, each a sequence of steps. */
export type Language = readonly (readonly CharacterStep[])[];

/** An example text of one combination: whether each language contains it. */
export interface Witness {
  readonly text: string;
  readonly holds: readonly boolean[];
}

const DIGITS = '0123456789';
/** The characters of names of roles and users, and a slash for their paths. */
const NAME = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-/';
/** The characters of service names, and a dot for Regional ones. */
const SERVICE = 'abcdefghijklmnopqrstuvwxyz0123456789-.';
const ANY_STEP: CharacterStep = { not: '' };

/** Every text. */
export const ANYTHING: Language = [[{ ...ANY_STEP, many: true }]];

/** The empty text. */
export const EMPTY: Language = [[]];

/** Exactly a text, case-insensitive on request. */
export const exactly = (text: string, ignoreCase = false): readonly CharacterStep[] =>
  [...text].map((char) => ({ only: ignoreCase ? char.toLowerCase() + char.toUpperCase() : char }));

/** A pattern of `StringLike`: `*` and `?` are wildcards for any character. */
export const like = (pattern: string, wild: CharacterStep = ANY_STEP): readonly CharacterStep[] =>
  [...pattern].map((char) => (char === '*' ? { ...wild, many: true } : char === '?' ? wild : { only: char }));

/** A pattern of `ArnLike`: wildcards stay within their part of the ARN, except the last; undefined when nothing matches. */
export function likeArn(pattern: string): readonly CharacterStep[] | undefined {
  const parts = pattern.split(':');
  if (parts.length < 6) return undefined;
  const colon: CharacterStep = { only: ':' };
  const head = parts.slice(0, 5).flatMap((part) => [...like(part, { not: ':' }), colon]);
  return [...head, ...like(parts.slice(5).join(':'))];
}

const account: readonly CharacterStep[] = Array.from({ length: 12 }, () => ({ only: DIGITS }));

/** Ids of accounts. */
export const ACCOUNTS: Language = [account];

/** ARNs of all services. Some, such as those of buckets, have no account. */
export const ARNS: Language = [account, []].map((owner) => [
  ...exactly('arn:aws:'),
  ...([{ not: ':' }, { not: ':', many: true }, { only: ':' }, { not: ':', many: true }, { only: ':' }] as const),
  ...owner,
  ...([{ only: ':' }, ANY_STEP, { ...ANY_STEP, many: true }] as const),
]);

/** ARNs of root users, users, roles and federated users. */
export const CALLERS: Language = [
  [...exactly('arn:aws:iam::'), ...account, ...exactly(':root')],
  ...[
    ['iam', 'role/'],
    ['iam', 'user/'],
    ['sts', 'federated-user/'],
  ].map(([service, kind]) => [
    ...exactly(`arn:aws:${service}::`),
    ...account,
    ...exactly(`:${kind}`),
    ...([{ only: NAME, many: true }, { only: NAME.slice(0, -1) }] as const),
  ]),
];

/** Names of AWS services as principals. */
export const SERVICE_NAMES: Language = [
  [{ only: SERVICE, many: true }, { only: SERVICE.slice(0, -1) }, ...exactly('.amazonaws.com')],
];

const accepts = ({ only, not }: CharacterStep, char: string): boolean =>
  only === undefined ? !(not ?? '').includes(char) : only.includes(char);

/** The automaton of a language. A state is the set of positions in all alternatives that a text can have reached. */
class Automaton {
  private readonly steps: readonly (CharacterStep | null)[];
  readonly start: readonly number[];

  constructor(language: Language) {
    this.steps = language.flatMap((alternative) => [...alternative, null]);
    let at = 0;
    const starts = language.map((alternative) => {
      const here = at;
      at += alternative.length + 1;
      return here;
    });
    this.start = this.settled(starts);
  }

  next(at: readonly number[], char: string): readonly number[] {
    const found: number[] = [];
    for (const position of at) {
      const step = this.steps[position];
      if (step && accepts(step, char)) found.push(step.many ? position : position + 1);
    }
    return this.settled(found);
  }

  ends(at: readonly number[]): boolean {
    return at.some((position) => this.steps[position] === null);
  }

  private settled(positions: readonly number[]): readonly number[] {
    const all = new Set<number>();
    for (let position of positions) {
      all.add(position);
      while (this.steps[position]?.many) all.add(++position);
    }
    return [...all].sort((a, b) => a - b);
  }
}

/** Characters that represent all: every character that a pattern spells out, and of the others a letter, a digit, `:` and `/`. */
function alphabetOf(languages: readonly Language[]): readonly string[] {
  const spelled = new Set<string>();
  for (const { only = '' } of languages.flat(2)) {
    // A class of more than two characters is not spelled out. Two characters are one letter in both cases.
    if (only.length <= 2) for (const char of only) spelled.add(char);
  }
  const fresh = (among: string) => [...among].find((char) => !spelled.has(char)) ?? '';
  return [...new Set([...spelled, fresh('xyzqjkvwabcdefghilmnoprstuXYZ'), fresh(DIGITS), ':', '/'])].filter(Boolean);
}

const MAX_STATES = 40_000;

/**
 * Every combination of "in" and "not in" some languages that a text of `within` can produce, each with a shortest such text,
 * or with a `preferred` one. Exact: no text produces a combination that is missing.
 * @throws CheckvalveError `UNSUPPORTED_POLICY` when there are too many states
 */
export function witnessesOf(
  languages: readonly Language[],
  within: Language = ANYTHING,
  preferred: readonly string[] = [],
): readonly Witness[] {
  const automata = [within, ...languages].map((language) => new Automaton(language));
  const alphabet = alphabetOf([within, ...languages]);
  const found = new Map<string, Witness>();
  const note = (text: string, at: readonly (readonly number[])[]): void => {
    const [inside, ...holds] = automata.map((automaton, i) => automaton.ends(at[i] ?? []));
    if (inside && !found.has(holds.join())) found.set(holds.join(), { text, holds });
  };
  const start = automata.map((automaton) => automaton.start);
  for (const text of preferred) {
    note(
      text,
      [...text].reduce((at, char) => automata.map((one, i) => one.next(at[i] ?? [], char)), start),
    );
  }
  const reached = new Set([start.join(';')]);
  const queue = [{ text: '', at: start }];
  for (const { text, at } of queue) {
    note(text, at);
    for (const char of alphabet) {
      const next = automata.map((automaton, i) => automaton.next(at[i] ?? [], char));
      const state = next.join(';');
      if (next[0]?.length === 0 || reached.has(state)) continue;
      reached.add(state);
      queue.push({ text: text + char, at: next });
    }
    if (reached.size > MAX_STATES) {
      throw unsupported('conditions on one key have too many patterns', 'Use fewer patterns on one key.');
    }
  }
  return [...found.values()];
}
