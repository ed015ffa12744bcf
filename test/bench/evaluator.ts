import type { AccessCase } from '../../src/policy-evaluator/case';
import { evaluate } from '../../src/policy-evaluator/evaluate';
import { parseAccessCase } from '../../src/policy-evaluator/parse-case';
import {
  DECISION_FILES,
  type DecisionCase,
  load,
  loadOperators,
  wholeCaseOf,
} from '../src/policy-evaluator/cases/load';

const ROUNDS = 100;

/**
 * Times single evaluations of every written case, in microseconds: each case is parsed once, evaluated once to warm up, and
 * then `ROUNDS` times, as a proof over an organization does with policies it has seen before.
 */
export async function benchEvaluator(): Promise<{ cases: number; medianMicros: number; p99Micros: number }> {
  const cases: readonly AccessCase[] = [
    ...DECISION_FILES.flatMap((file) => load<DecisionCase>(file)).map((each) => parseAccessCase(each.case)),
    ...loadOperators().map((each) => parseAccessCase(wholeCaseOf(each))),
  ];
  for (const each of cases) evaluate(each);
  const micros: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of cases) {
      const start = process.hrtime.bigint();
      evaluate(each);
      micros.push(Number(process.hrtime.bigint() - start) / 1000);
    }
  }
  micros.sort((a, b) => a - b);
  const at = (share: number): number => micros[Math.floor((micros.length - 1) * share)] ?? Number.NaN;
  return { cases: cases.length, medianMicros: at(0.5), p99Micros: at(0.99) };
}

if (require.main === module) {
  void benchEvaluator().then(
    (figures) => process.stdout.write(`${JSON.stringify(figures)}\n`),
    (error) => {
      process.exitCode = 1;
      process.stderr.write(`${error}\n`);
    },
  );
}
