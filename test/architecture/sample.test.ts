import { pick } from '../support/sample';

const ids = Array.from({ length: 200 }, (_, at) => `one ${at}`);
const none = new Set<string>();

test('a seed picks the same each time, another seed picks others', () => {
  expect(pick('worlds', ids, 20, 20261130, none)).toEqual(pick('worlds', ids, 20, 20261130, none));
  expect(pick('worlds', ids, 20, 20261130, none)).not.toEqual(pick('worlds', ids, 20, 20261201, none));
  expect(pick('worlds', ids, 20, 20261130, none)).not.toEqual(pick('mutants', ids, 20, 20261130, none));
});

test('what failed before is always there, beside the sample; what is gone is not', () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const picked = pick('worlds', ids, 5, seed, new Set(['one 7', 'one 8', 'gone']));
    expect(picked).toContain('one 7');
    expect(picked).toContain('one 8');
    expect(picked).not.toContain('gone');
    expect(picked.size).toBeGreaterThanOrEqual(5);
    expect(picked.size).toBeLessThanOrEqual(7);
  }
});

test('within forty days nearly everything has been picked once', () => {
  const seen = new Set(
    Array.from({ length: 40 }, (_, day) => [...pick('worlds', ids, 20, 20270101 + day, none)]).flat(),
  );
  expect(seen.size).toBeGreaterThan(190);
});
