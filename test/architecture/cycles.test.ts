import { cyclesIn, importGraph } from './cycles';

test('no files import each other in a circle, types included', () => {
  const graph = importGraph();
  expect(graph.size).toBeGreaterThan(300);
  expect(cyclesIn(graph)).toEqual([]);
});

const graphOf = (edges: Record<string, readonly string[]>) => new Map(Object.entries(edges));

test.each([
  ['a line', { a: ['b'], b: ['c'], c: [] }, []],
  ['two', { a: ['b'], b: ['a'] }, [['a', 'b']]],
  ['three, and a file beside them', { a: ['b'], b: ['c'], c: ['a'], d: ['a'] }, [['a', 'b', 'c']]],
  [
    'two circles',
    { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] },
    [
      ['c', 'd'],
      ['a', 'b'],
    ],
  ],
  ['a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
])('circles in %s', (_, edges, cycles) => {
  expect(cyclesIn(graphOf(edges))).toEqual(cycles);
});
