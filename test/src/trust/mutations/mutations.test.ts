import { brokenPromisesOf, RULES } from '../../../../src/trust/rules/rules';
import { rememberFailed, TAKES_ALL, testOfAll } from '../../../support/sample';
import { HARMS } from './harmful-statements';
import { statementsIn } from './mutant';
import { MutatedTemplates, TEMPLATE_KEYS } from './mutated-templates';
import { scoreOf, scoreText } from './score';

const zone = new MutatedTemplates();
const score = scoreOf(zone);

test('the landing zone breaks no promise', () => {
  expect(brokenPromisesOf(zone.judged)).toEqual([]);
});

test('every harmful change is caught, every harmless one passes', () => {
  process.stdout.write(scoreText(score));
  for (const key of TEMPLATE_KEYS) {
    const of = (labels: readonly string[]) => labels.filter((label) => label.startsWith(`${key}: `));
    rememberFailed(`harmful mutants of ${key}`, of(score.harmful.missed));
    rememberFailed(`harmless mutants of ${key}`, of(score.harmless.refused.map((one) => one.replace(/ => .*/s, ''))));
  }
  expect(score.harmful.missed).toEqual([]);
  expect(score.harmless.refused).toEqual([]);
});

test('there are mutants of every statement, and of every kind', () => {
  expect(score.statements).toBeGreaterThan(80);
  expect(score.harmful.mutants).toBeGreaterThan(TAKES_ALL ? 5000 : 500);
  expect(score.harmless.mutants).toBeGreaterThan(TAKES_ALL ? 1200 : 120);
  const kinds = score.harmful.kinds.map(({ kind }) => kind);
  expect(HARMS.map(({ kind }) => kind).filter((kind) => !kinds.includes(kind))).toEqual([]);
  for (const key of TEMPLATE_KEYS.filter((one) => one !== 'tooling')) {
    const { zone: at, template } = zone.templates[key];
    const untouched = statementsIn(at, template).filter((location) =>
      HARMS.every(({ to }) => to(location).length === 0),
    );
    expect(untouched.map(({ path }) => path.join('.'))).toEqual([]);
  }
});

// Where no rule of synthesis looks, because it is no matter of trust between accounts: TLS.
testOfAll('only denials of what comes without TLS are left to the probes', () => {
  const left = score.harmful.mutants - score.harmful.byRule;
  expect(left).toBe(score.harmful.byProbe);
  const denials = TEMPLATE_KEYS.flatMap((key) =>
    statementsIn(zone.templates[key].zone, zone.templates[key].template),
  ).filter(({ statement }) => JSON.stringify(statement.Condition ?? {}).includes('aws:SecureTransport'));
  // Removed; three ways of denying fewer; turned round.
  expect(left).toBe(denials.length * 5);
});

for (const { id } of RULES) {
  testOfAll(`without ${id} something would slip by`, () => {
    expect(score.harmful.rules[id]?.alone).toBeGreaterThan(0);
  });
}
