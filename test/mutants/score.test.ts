import { importsDirectly, nearbyTests } from './nearby-tests';
import { type Mutant, printScores, scoresOf } from './score';

const mutant = (fileName: string, status: string, line = 1): Mutant => ({
  fileName,
  status,
  mutatorName: 'BooleanLiteral',
  replacement: 'false &&\n  true',
  location: { start: { line, column: 7 } },
});

test('a score is what was detected of what could be: a time-out counts, a mutant that is ignored does not', () => {
  const mutants = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError', 'RuntimeError'];
  expect(scoresOf(mutants.map((status) => mutant('a.ts', status)))).toMatchObject([
    { file: 'a.ts', detected: 2, valid: 4, survivors: [{ status: 'Survived' }, { status: 'NoCoverage' }] },
  ]);
});

test('survivors are printed with their place and replacement on one line, then one line for each file', () => {
  const mutants = [
    mutant('b.ts', 'NoCoverage', 9),
    mutant('a.ts', 'Killed'),
    mutant('b.ts', 'Survived', 3),
    mutant('c.ts', 'Ignored'),
  ];
  expect(printScores(scoresOf(mutants)).split('\n')).toEqual([
    'b.ts:9:7 BooleanLiteral → false && true (no test runs this line)',
    'b.ts:3:7 BooleanLiteral → false && true',
    '',
    'a.ts  100.0 %  (1 of 1 mutants detected)',
    'b.ts  0.0 %  (0 of 2 mutants detected)',
    'c.ts  no mutants  (0 of 0 mutants detected)',
    '',
  ]);
  expect(printScores([])).toBe('\n');
});

test.each([
  ['lambda/source/export-snapshots/plan.ts', 'test/lambda/source'],
  ['lambda/_kit/aws/rds-snapshots.ts', 'test/lambda/_kit'],
  ['lambda/_kit/copies.ts', 'test/lambda'],
  ['src/trust/rules/findings-at.ts', 'test/src/trust/rules'],
  ['src/nothing/like/it.ts', 'test/src'],
  ['main.ts', 'test'],
])('the unit tests of %s lie in %s', (file, folder) => expect(nearbyTests(file)).toBe(folder));

test.each([
  [`import { plan } from '../../../lambda/source/plan';`, true],
  [`import {\n  plan,\n} from '../../../lambda/source/plan';`, true],
  [`import { plan } from '../../../lambda/vault/plan';`, false],
  [`import { plan } from 'lambda/source/plan';`, false],
])('%j imports the file by itself: %p', (text, expected) => {
  expect(importsDirectly('test/lambda/source/plan.test.ts', text, 'lambda/source/plan.ts')).toBe(expected);
});
