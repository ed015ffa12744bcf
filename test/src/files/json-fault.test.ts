import * as fc from 'fast-check';
import { jsonFault } from '../../../src/files/json-fault';

test.each([
  ['{ "a": 1, }', 1, 9, 'there is a comma before }; remove the comma'],
  ['{\n  "a": [1,\n  2,\n  ]\n}', 3, 4, 'there is a comma before ]; remove the comma'],
  ['{ "a": 1 "b": 2 }', 1, 10, '"\\"" stands where a comma or } is expected'],
  ['{ a: 1 }', 1, 3, '"a" stands where a name in double quotes is expected'],
  ["{ 'a': 1 }", 1, 3, 'a text is in single quotes; write double quotes'],
  ['{\n  // why\n  "a": 1 }', 2, 3, 'JSON has no comments'],
  ['# why\n{}', 1, 1, 'JSON has no comments'],
  ['accounts:\n  - 1', 1, 1, '"accounts" stands where a value is expected'],
  ['{ "a"', 1, 6, 'the document ends where a colon is expected'],
  ['[1, 2', 1, 6, 'the document ends where a comma or ] is expected'],
  ['["a', 1, 4, 'a text in double quotes does not end'],
  ['["a\nb"]', 1, 4, 'a text in double quotes goes over the end of the line, or holds a control character'],
  ['["C:\\dir"]', 1, 5, 'a backslash begins no escape of JSON; write two of them'],
  ['{} {}', 1, 4, 'there is more text after the end of the document'],
  ['[01]', 1, 3, '"1" stands where a comma or ] is expected'],
  ['[undefined]', 1, 2, '"undefined" stands where a value is expected'],
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

test('it finds a fault where JSON.parse does, and nowhere else', () => {
  fc.assert(
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
        expect(jsonFault(text) === undefined).toBe(isJson);
      },
    ),
    { numRuns: 1000 },
  );
});
