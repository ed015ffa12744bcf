import { readAddressRange, readDecimal, readInstant } from '../../policy-evaluator/comparable-values';
import { unsupported } from '../../policy-evaluator/faults';
import { type Atom, type Comparison, comparisonOf, languageOf } from './condition-lines';
import { ANYTHING, EMPTY, type Language, witnessesOf } from './languages';

/** What a key holds in a request: nothing, one value, or several. */
export type Candidate = undefined | string | readonly string[];

/** What is known of a key, whoever asks. */
export interface KeyFacts {
  /** The texts that it can hold. */
  readonly within?: Language;
  /** Of those, the ones to tell first: they read well. */
  readonly preferred?: readonly string[];
  /** Texts that it cannot hold although `within` does. */
  readonly never?: Language;
  /** Every request has it. */
  readonly always?: true;
}

/**
 * What a key must be tried with, so that its lines come out in every combination that any request can bring about: the key
 * is absent, or has one value for each combination of what its lines compare, or as many of those values as it has lines
 * with a set operator. More values never make a new combination: a line that asks for any value is true through one of
 * them, one that asks for all is false through one, and to leave the others out changes neither.
 */
export function candidatesOf(atoms: readonly Atom[], facts: KeyFacts = {}): readonly Candidate[] {
  const singles = valuesOf(atoms, facts);
  const several = atoms.filter(({ set }) => set !== null).length;
  if (several > 0 && atoms.some(({ set, base }) => set === null && base !== 'Null')) {
    throw unsupported(
      `${atoms[0]?.key} is compared as one value and as several`,
      'A key has either one value or several: use a set operator everywhere, or nowhere.',
    );
  }
  const sets = several > 1 ? subsetsOf(singles, several).filter(({ length }) => length > 1) : [];
  return [...(facts.always ? [] : [undefined]), ...singles, ...sets];
}

function subsetsOf(values: readonly string[], most: number): readonly (readonly string[])[] {
  const sets: (readonly string[])[] = [[]];
  for (const value of values) {
    for (const set of sets.filter(({ length }) => length < most)) sets.push([...set, value]);
  }
  return sets;
}

function valuesOf(atoms: readonly Atom[], { within = ANYTHING, preferred, never = [] }: KeyFacts): readonly string[] {
  const compared = new Set(atoms.map(comparisonOf).filter((one) => one !== 'presence'));
  if (compared.size > 1) {
    throw unsupported(
      `${atoms[0]?.key} is compared as ${[...compared].join(' and as ')}`,
      'Compare a key with operators of one kind.',
    );
  }
  const [how = 'text'] = compared;
  if (how !== 'text')
    return BOUNDARIES[how](atoms.filter(({ base }) => base !== 'Null').flatMap(({ values }) => values));
  const texts = atoms.filter(({ base }) => base !== 'Null').map(languageOf);
  // To AWS a value that is empty is as good as none, for some operators: it is no example of a value.
  return witnessesOf([...texts, never, EMPTY], within, preferred)
    .filter(({ holds }) => holds[texts.length] === false)
    .map(({ text }) => text);
}

/** Values on which typed lines can change their minds, and one in each gap between two. */
const BOUNDARIES: Readonly<Record<Exclude<Comparison, 'text' | 'presence'>, (values: readonly string[]) => string[]>> =
  {
    boolean: () => ['true', 'false'],
    number: (values) =>
      around(
        values.map((value) => readDecimal(value) ?? 0),
        1,
      ).map(String),
    date: (values) =>
      around(
        values.map((value) => readInstant(value) ?? 0),
        1000,
      ).map((ms) => new Date(ms).toISOString()),
    address: (values) => [...new Set([addressText(0n, 32), addressText(0n, 128), ...values.flatMap(edgesOf)])],
  };

/** Numbers themselves, between them, and beyond both ends. */
function around(values: readonly number[], step: number): readonly number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const between = sorted.slice(1).map((value, i) => (value + (sorted[i] ?? value)) / 2);
  return [(sorted[0] ?? 0) - step, ...sorted, ...between, (sorted.at(-1) ?? 0) + step];
}

/** The first address of a range, and the first one after it: between edges no range begins or ends. */
function edgesOf(text: string): readonly string[] {
  const range = readAddressRange(text);
  if (range === null) return [];
  const { first, fixedBits, width } = range;
  const size = 1n << BigInt(width - fixedBits);
  const start = (first / size) * size;
  const inFamily = (at: bigint) => at >= 0n && at < 1n << BigInt(width);
  return [start, start + size].filter(inFamily).map((at) => addressText(at, width));
}

function addressText(at: bigint, width: 32 | 128): string {
  const [bits, base, separator] = width === 32 ? ([8n, 10, '.'] as const) : ([16n, 16, ':'] as const);
  const parts = Array.from(
    { length: width / Number(bits) },
    (_, i) => (at >> (bits * BigInt(i))) & ((1n << bits) - 1n),
  );
  return parts
    .reverse()
    .map((part) => part.toString(base))
    .join(separator);
}
