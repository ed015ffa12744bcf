/**
 * The texts that a condition means, as finite automata: so that for several conditions on one key every combination of
 * true and false that any text can bring about is found, with a text that does.
 */
import { unsupported } from '../../policy-evaluator/faults';

/** One step of a pattern: characters that it takes, once or any number of times. */
export interface Step {
  /** The characters by name; undefined: all but those in `not`. */
  readonly only?: string;
  readonly not?: string;
  readonly many?: true;
}

/** A set of texts: alternatives, each a row of steps. */
export type Language = readonly (readonly Step[])[];

/** One text for one combination: whether each of the languages holds it. */
export interface Witness {
  readonly text: string;
  readonly holds: readonly boolean[];
}

const DIGITS = '0123456789';
/** What names of roles and users are made of, and a slash for their paths. */
const NAME = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-/';
/** What names of services are made of, a dot for those of a Region. */
const SERVICE = 'abcdefghijklmnopqrstuvwxyz0123456789-.';
const ANY_STEP: Step = { not: '' };

/** Every text. */
export const ANYTHING: Language = [[{ ...ANY_STEP, many: true }]];

/** The empty text. */
export const EMPTY: Language = [[]];

/** A text as it stands; upper and lower case alike on demand. */
export const exactly = (text: string, ignoreCase = false): readonly Step[] =>
  [...text].map((char) => ({ only: ignoreCase ? char.toLowerCase() + char.toUpperCase() : char }));

/** A pattern of `StringLike`: `*` and `?` are wildcards, and run over everything. */
export const like = (pattern: string, wild: Step = ANY_STEP): readonly Step[] =>
  [...pattern].map((char) => (char === '*' ? { ...wild, many: true } : char === '?' ? wild : { only: char }));

/** A pattern of `ArnLike`: wildcards stay within their part of the ARN, but for the last; undefined when nothing matches. */
export function likeArn(pattern: string): readonly Step[] | undefined {
  const parts = pattern.split(':');
  if (parts.length < 6) return undefined;
  const colon: Step = { only: ':' };
  const head = parts.slice(0, 5).flatMap((part) => [...like(part, { not: ':' }), colon]);
  return [...head, ...like(parts.slice(5).join(':'))];
}

const account: readonly Step[] = Array.from({ length: 12 }, () => ({ only: DIGITS }));

/** Ids of accounts. */
export const ACCOUNTS: Language = [account];

/** ARNs of all services; those of some, such as buckets, do not name their account. */
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

const takes = ({ only, not }: Step, char: string): boolean =>
  only === undefined ? !(not ?? '').includes(char) : only.includes(char);

/** Where one may stand in a language: positions over all its alternatives, the free ones passed as well. */
class Automaton {
  private readonly steps: readonly (Step | null)[];
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
      if (step && takes(step, char)) found.push(step.many ? position : position + 1);
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

/** Characters that stand for all: every one that a pattern spells out, and of the others a letter, a digit, `:` and `/`. */
function alphabetOf(languages: readonly Language[]): readonly string[] {
  const spelled = new Set<string>();
  for (const { only = '' } of languages.flat(2)) {
    // A class of many characters is no spelling: those of them that nobody spells out are alike. Two are one in both cases.
    if (only.length <= 2) for (const char of only) spelled.add(char);
  }
  const fresh = (among: string) => [...among].find((char) => !spelled.has(char)) ?? '';
  return [...new Set([...spelled, fresh('xyzqjkvwabcdefghilmnoprstuXYZ'), fresh(DIGITS), ':', '/'])].filter(Boolean);
}

const MOST_STATES = 40_000;

/**
 * For languages, every combination of "in" and "not in" that a text of `within` brings about, each with a shortest such
 * text; `preferred` texts are taken where they fit. Exact: a combination that is missing is brought about by no text.
 * @throws CheckvalveError `UNSUPPORTED_POLICY` when there are too many to look through
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
  const seen = new Set([start.join(';')]);
  const queue = [{ text: '', at: start }];
  for (const { text, at } of queue) {
    note(text, at);
    for (const char of alphabet) {
      const next = automata.map((automaton, i) => automaton.next(at[i] ?? [], char));
      const mark = next.join(';');
      if (next[0]?.length === 0 || seen.has(mark)) continue;
      seen.add(mark);
      queue.push({ text: text + char, at: next });
    }
    if (seen.size > MOST_STATES) {
      throw unsupported('conditions on one key are too many to look through', 'Write fewer patterns on one key.');
    }
  }
  return [...found.values()];
}
