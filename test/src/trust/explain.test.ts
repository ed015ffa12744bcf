import { CheckvalveError } from '../../../src/contract/errors';
import { explainCase } from '../../../src/trust/explain';
import { type DecisionCase, load } from './cases/load';

const first = load<DecisionCase>('known-answers')[0];

test('decides the case in a text', () => {
  expect(explainCase(JSON.stringify(first?.case))).toEqual({
    decision: 'ImplicitlyDenied',
    because: [{ policy: 'resource', effect: 'none', why: 'the resource policy does not allow it to this principal' }],
  });
});

test.each([
  ['', 'not JSON'],
  ['{', 'not JSON'],
  ['[]', 'case: []: give an object'],
  ['{"principal": "anonymous"}', 'action: missing'],
  ['{"a": {"Deny": 1, "x": "}", "Den\\u0079" : 2}}', 'names "Deny" twice'],
])('refuses %j', (text, message) => {
  expect(() => explainCase(text)).toThrow(message);
  expect(() => explainCase(text)).toThrow(CheckvalveError);
});

test('the same key in two objects is no fault', () => {
  const text = JSON.stringify(first?.case);
  expect(text.match(/"Effect"/g)?.length).toBeGreaterThan(1);
  expect(() => explainCase(text)).not.toThrow();
});
