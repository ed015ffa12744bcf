import * as fc from 'fast-check';
import { Capacity } from '../../../lambda/_kit/capacity';
import { holds } from '../../support/holds';

const LIMITS = { slot: 2, place: 0, quota: -1 };
type Name = keyof typeof LIMITS;
const capacity = () => new Capacity<Name>((name) => LIMITS[name]);

test('one is left until as many are reserved as there are', () => {
  const copies = capacity();
  expect(copies.has('slot')).toBe(true);
  copies.reserve(['slot']);
  copies.reserve(['slot']);
  expect([copies.has('slot'), copies.left('slot')]).toEqual([false, 0]);
});

test('a limit that is exceeded before the plan begins leaves none, also when one is released', () => {
  const copies = capacity();
  copies.release(['quota']);
  expect([copies.has('quota'), copies.left('quota')]).toEqual([false, 0]);
});

test('a release of several names frees one of each', () => {
  const copies = capacity();
  copies.release(['place', 'slot']);
  expect([copies.left('place'), copies.left('slot'), copies.left('quota')]).toEqual([1, 3, -1]);
});

test('what is left is the limit, less reservations, plus releases, in any order', () => {
  const step = fc.tuple(
    fc.constantFrom('reserve' as const, 'release' as const),
    fc.constantFrom<Name[]>('slot', 'place', 'quota'),
  );
  holds(
    fc.property(fc.array(step), (steps) => {
      const copies = capacity();
      for (const [call, name] of steps) {
        const before = copies.left(name);
        copies[call]([name]);
        expect(copies.left(name)).toBe(before + (call === 'reserve' ? -1 : 1));
      }
      for (const name of ['slot', 'place', 'quota'] as const) {
        const net = steps
          .filter(([, of]) => of === name)
          .reduce((sum, [call]) => sum + (call === 'reserve' ? 1 : -1), 0);
        expect([copies.left(name), copies.has(name)]).toEqual([LIMITS[name] - net, LIMITS[name] - net >= 1]);
      }
    }),
  );
});
