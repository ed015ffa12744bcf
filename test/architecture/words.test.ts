import { readFileSync } from 'node:fs';
import { EXCEPTIONS, offences, readFiles } from './words';

test('every identifier, comment, text and document is in the words of the field', () => {
  const files = readFiles();
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((file) => offences(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test('every exception is still needed', () => {
  const needed = new Set<unknown>();
  for (const file of readFiles()) {
    const text = readFileSync(file, 'utf8');
    for (const one of EXCEPTIONS.filter(({ files }) => files.test(file))) {
      const without = EXCEPTIONS.filter((other) => other !== one);
      if (offences(file, text, without).length > offences(file, text).length) needed.add(one);
    }
  }
  expect(EXCEPTIONS.filter((one) => !needed.has(one)).map(({ because }) => because)).toEqual([]);
});

test.each([
  ['const vaultDoor = 1;', 'Door'],
  ["test('nobody is told', () => {});", 'nobody'],
  ['// The copy crosses for want of a tag.', 'crosses'],
  ['const mostStarts = 1;', 'mostStarts'],
  ['readonly additionsADay: number;', 'additionsADay'],
  ['# _tell_point', 'tell'],
  ['The snapshot has to cross.', 'to cross'],
  ["'last-enrolment'", 'enrolment'],
])('%j is found', (line, word) => {
  expect(offences('src/x.ts', line)[0]).toContain(`src/x.ts:1: “${word}”`);
});

test.each([
  "const string = 'doorway';",
  'crossRegionCopy',
  '// a cross-account copy',
  'const furthermost = 1;',
  'AssumeRole',
])('%j is not', (line) => {
  expect(offences('src/x.ts', line)).toEqual([]);
});
