/** What became of one mutant: https://stryker-mutator.io/docs/mutation-testing-elements/mutant-states-and-metrics/ */
export interface Mutant {
  readonly fileName: string;
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

/** The score of one file: detected mutants of those that could be detected. */
export interface FileScore {
  readonly file: string;
  readonly detected: number;
  readonly valid: number;
  readonly survivors: readonly Mutant[];
}

const DETECTED = ['Killed', 'Timeout'];
const UNDETECTED = ['Survived', 'NoCoverage'];

/** One score per file, in the order of the names. Mutants that do not compile or were ignored do not count. */
export function scoresOf(mutants: readonly Mutant[]): readonly FileScore[] {
  const files = [...new Set(mutants.map(({ fileName }) => fileName))].sort();
  return files.map((file) => {
    const own = mutants.filter(({ fileName }) => fileName === file);
    const survivors = own.filter(({ status }) => UNDETECTED.includes(status));
    const detected = own.filter(({ status }) => DETECTED.includes(status)).length;
    return { file, detected, valid: detected + survivors.length, survivors };
  });
}

const percent = ({ detected, valid }: FileScore): string =>
  valid === 0 ? 'no mutants' : `${((100 * detected) / valid).toFixed(1)} %`;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What `npm run mutants` prints: the surviving mutants with their place, then one line per file. */
export function printScores(scores: readonly FileScore[]): string {
  const survivors = scores.flatMap(({ file, survivors }) =>
    survivors.map(({ location: { start }, mutatorName, replacement = '', status }) => {
      const untested = status === 'NoCoverage' ? ' (no test runs this line)' : '';
      return `${file}:${start.line}:${start.column} ${mutatorName} → ${oneLine(replacement)}${untested}`;
    }),
  );
  const width = Math.max(...scores.map(({ file }) => file.length), 0);
  const lines = scores.map(
    (score) => `${score.file.padEnd(width)}  ${percent(score)}  (${score.detected} of ${score.valid} mutants detected)`,
  );
  return `${[...survivors, ...(survivors.length ? [''] : []), ...lines].join('\n')}\n`;
}
