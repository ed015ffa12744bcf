import { readAddressRange, readDecimal, readInstant } from '../../policy-evaluator/comparable-values';
import { unsupported } from '../../policy-evaluator/faults';
import type { ConditionLine } from '../templates/condition-line';
import { type Comparison, comparisonOf, languageOf } from './comparisons';
import { ANYTHING, EMPTY, type Language, witnessesOf } from './languages';

/** The values of a key in a request: none, one, or several. */
export type Candidate = undefined | string | readonly string[];

/** What is known about a key. */
export interface KeyFacts {
  /** The texts that it can hold. */
  readonly within?: Language;
  /** Texts among them that read well in a report, taken first. */
  readonly preferred?: readonly string[];
  /** Texts of `within` that it cannot hold. */
  readonly never?: Language;
  /** Every request has it. */
  readonly always?: true;
}

/**
 * The values to try for a key, so that its lines hold in every combination that a request can produce: the key is absent, or
 * has one value for each combination of what its lines compare, or as many of those values as there are lines with a set
 * operator. More values produce no new combination: one value makes a ForAnyValue line true, one makes a ForAllValues line
 * false, and leaving out the others changes neither.
 */
export function candidatesOf(lines: readonly ConditionLine[], facts: KeyFacts = {}): readonly Candidate[] {
  const singles = valuesOf(lines, facts);
  const several = lines.filter(({ set }) => set !== null).length;
  if (several > 0 && lines.some(({ set, base }) => set === null && base !== 'Null')) {
    throw unsupported(
      `${lines[0]?.key} is compared with a set operator and without one`,
      'Use a set operator in every condition on the key, or in none.',
    );
  }
  const sets = several > 1 ? subsetsOf(singles, several).filter(({ length }) => length > 1) : [];
  return [...(facts.always ? [] : [undefined]), ...singles, ...sets];
}

function subsetsOf(values: readonly string[], maxSize: number): readonly (readonly string[])[] {
  const sets: (readonly string[])[] = [[]];
  for (const value of values) {
    for (const set of sets.filter(({ length }) => length < maxSize)) sets.push([...set, value]);
  }
  return sets;
}

function valuesOf(
  lines: readonly ConditionLine[],
  { within = ANYTHING, preferred, never = [] }: KeyFacts,
): readonly string[] {
  const compared = new Set(lines.map(comparisonOf).filter((one) => one !== 'presence'));
  if (compared.size > 1) {
    throw unsupported(
      `${lines[0]?.key} is compared as ${[...compared].join(' and as ')}`,
      'Use operators of one kind for the key.',
    );
  }
  const [how = 'text'] = compared;
  if (how !== 'text')
    return BOUNDARIES[how](lines.filter(({ base }) => base !== 'Null').flatMap(({ values }) => values));
  const texts = lines.filter(({ base }) => base !== 'Null').map(languageOf);
  // For some operators AWS treats an empty value as an absent key, so it is no example of a value.
  return witnessesOf([...texts, never, EMPTY], within, preferred)
    .filter(({ holds }) => holds[texts.length] === false)
    .map(({ text }) => text);
}

/** The values at which typed lines change their result, and one value between each two. */
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

/** Numbers themselves, between them, and unlistedPermissions both ends. */
function around(values: readonly number[], step: number): readonly number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const between = sorted.slice(1).map((value, i) => (value + (sorted[i] ?? value)) / 2);
  return [(sorted[0] ?? 0) - step, ...sorted, ...between, (sorted.at(-1) ?? 0) + step];
}

/** The first address of a range, and the first address after it. No range begins or ends between two edges. */
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
