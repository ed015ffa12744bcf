import { OPERATORS } from '../../../../src/policy-evaluator/operators';
import { DECISION_FILES, type DecisionCase, load, loadOperators } from './load';

/** How many cases there are for each row and column. */
export interface Coverage {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, readonly number[]>;
}

const KINDS = ['match', 'near miss', 'missing key', 'several values'] as const;
const FORMS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => `${name}IfExists`,
  (name) => `ForAnyValue:${name}`,
  (name) => `ForAllValues:${name}`,
];

/** Every operator in every form, by kind of case. */
export function operatorCoverage(): Coverage {
  const cases = loadOperators();
  const names = [...[...OPERATORS.keys()].flatMap((name) => FORMS.map((form) => form(name))), 'Null'];
  const count = (operator: string): readonly number[] =>
    KINDS.map((kind) => cases.filter((each) => each.operator === operator && each.kind === kind).length);
  return { columns: KINDS, rows: new Map(names.map((name) => [name, count(name)])) };
}

/** Every kind of policy, by what it says and whose resource it is. */
export function policyCoverage(): Coverage {
  const cases = DECISION_FILES.flatMap((file) => load<DecisionCase>(file));
  const columns = ['same', 'cross'].flatMap((accounts) =>
    ['allow', 'deny', 'silent'].map((says) => `${says}, ${accounts}`),
  );
  const policies = ['identity', 'resource', 'boundary', 'scp', 'rcp', 'key', 'trust'];
  const count = (policy: string): readonly number[] =>
    columns.map(
      (column) =>
        cases.filter(({ covers }) => covers?.policy === policy && `${covers.says}, ${covers.accounts}` === column)
          .length,
    );
  return { columns, rows: new Map(policies.map((policy) => [policy, count(policy)])) };
}

/** The cells without a case, as `row / column`. */
export function emptyCells({ columns, rows }: Coverage): readonly string[] {
  return [...rows].flatMap(([row, counts]) =>
    counts.flatMap((count, i) => (count === 0 ? [`${row} / ${columns[i]}`] : [])),
  );
}

/** The table as text, one row a line. */
export function printCoverage({ columns, rows }: Coverage): string {
  const width = Math.max(...[...rows.keys()].map((row) => row.length)) + 2;
  const line = (head: string, cells: readonly (string | number)[]): string =>
    head.padEnd(width) + cells.map((cell, i) => String(cell).padStart((columns[i] ?? '').length + 2)).join('');
  return [line('', columns), ...[...rows].map(([row, counts]) => line(row, counts))].join('\n');
}

if (require.main === module) {
  process.stdout.write(`${printCoverage(operatorCoverage())}\n\n${printCoverage(policyCoverage())}\n`);
}
