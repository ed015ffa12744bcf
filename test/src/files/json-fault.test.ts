import * as fc from 'fast-check';
import { jsonFault } from '../../../src/files/json-fault';
import { holds } from '../../support/holds';

test.each([
  ['{ "a": 1, }', 1, 9, 'there is a comma before }; remove the comma'],
  ['{\n  "a": [1,\n  2,\n  ]\n}', 3, 4, 'there is a comma before ]; remove the comma'],
  ['{ "a": 1 "b": 2 }', 1, 10, '"\\"" was found where a comma or a closing bracket is expected'],
  ['{ a: 1 }', 1, 3, '"a" is not a JSON value'],
  ["{ 'a': 1 }", 1, 3, 'JSON strings are in double quotes; replace the single quotes'],
  ['{\n  // why\n  "a": 1 }', 2, 3, 'JSON has no comments; remove the comment'],
  ['# why\n{}', 1, 1, 'JSON has no comments; remove the comment'],
  ['accounts:\n  - 1', 1, 1, '"accounts" is not a JSON value'],
  ['{ 1: 2 }', 1, 3, '"1" was found where a name in double quotes is expected'],
  ['{ "a"', 1, 6, 'the end of the document was found where a colon is expected'],
  ['[1, 2', 1, 6, 'the end of the document was found where a comma or ] is expected'],
  ['["a', 1, 2, 'the string has no closing double quote on its line'],
  ['["a\nb"]', 1, 2, 'the string has no closing double quote on its line'],
  ['["a\tb"]', 1, 2, 'the string contains a control character; write an escape, such as \\n'],
  ['["C:\\dir"]', 1, 2, 'JSON has no such escape; write two backslashes for one'],
  ['["\\u12"]', 1, 2, 'the string contains a \\u that is not followed by four hexadecimal digits'],
  ['{} {}', 1, 4, '"{" follows after the end of the document; remove it'],
  ['[01]', 1, 3, '"1" was found where a comma or a closing bracket is expected'],
  ['[1e]', 1, 2, '"1e" is not a JSON number'],
  ['[undefined]', 1, 2, '"undefined" is not a JSON value'],
  ['{ "a": 1,\n  "b": 2,\n  "a": 3 }', 3, 3, 'the name "a" occurs twice in one object; remove one of the two'],
  [
    '{ "Deny": { "Deny": 1 }, "De\\u006ey": 2 }',
    1,
    26,
    'the name "Deny" occurs twice in one object; remove one of the two',
  ],
])('%j: line %i, column %i: %s', (text, line, column, why) => {
  expect(jsonFault(text)).toEqual({ line, column, why });
});

const piece = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  ' ',
  '\n',
  '1',
  '-',
  '.',
  'e',
  '\\',
  'n',
  'true',
  '\t',
  'ü',
);
const damaged = fc
  .tuple(fc.json(), fc.nat(), fc.nat(3), piece)
  .map(
    ([text, at, length, put]) =>
      text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + length),
  );

test('jsonFault reports a fault of the syntax exactly where JSON.parse throws', () => {
  holds(
    fc.property(
      fc.oneof(
        damaged,
        fc.json(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const isJson = (() => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        })();
        const fault = jsonFault(text);
        expect(fault === undefined || / occurs twice in one object/.test(fault.why)).toBe(isJson);
      },
    ),
    { numRuns: 1000 },
  );
});
