import * as fc from 'fast-check';
import type { RegistryEntry } from '../../../../lambda/_kit/ports/registry';
import type { AccountId, Region } from '../../../../src/contract/ids';
import { subjectOf } from '../../../../src/contract/management-alerts';
import {
  cellNamed,
  FakeStackSet,
  ManagementWorld,
  numbered,
  OTHER_VAULT,
  SETTINGS,
  tagSet,
  VAULT,
} from '../../../support/enrollment';

const SINCE = '2026-03-01T11:00:00Z';
const MOVE = { to: 'south', since: SINCE, by: 'arn:aws:iam::444400003333:user/op', reason: 'north is full' };
const ACCOUNT = numbered(0);

/** A StackSet that deletes its instances only when `finish` is called, as AWS needs minutes for it. */
class SlowStackSet extends FakeStackSet {
  override async withdraw(accounts: readonly AccountId[], regions: readonly Region[], retain: boolean) {
    if (retain) throw new Error('a move retains no stack: its names would be taken');
    this.before('DELETE');
    for (const account of accounts) {
      for (const region of regions) this.put({ account, region, standing: 'pending', operation: 'deleting' });
    }
    const id = `operation-${this.operations.length + 1}`;
    this.operations.push({ id, action: 'DELETE', accounts, regions, results: [] });
    return id;
  }
  finish() {
    for (const [key, { operation }] of this.held) if (operation === 'deleting') this.held.delete(key);
  }
}

/** Two cells, and one account in the first that is to move to the second. */
async function moving() {
  const world = new ManagementWorld();
  world.settings = { ...SETTINGS, cells: [cellNamed('north', VAULT), cellNamed('south', OTHER_VAULT)] };
  const [north, south] = [new SlowStackSet(), new FakeStackSet()];
  world.stackSetOf = (cell) => (cell === 'north' ? north : south);
  world.organization.set(ACCOUNT);
  await world.sweep();
  const entry = () => world.registry.held.get(ACCOUNT) as RegistryEntry;
  world.registry.held.set(ACCOUNT, { ...entry(), moving: MOVE });
  return { world, north, south, entry };
}

test('a move withdraws the tooling of the old cell, waits until it is gone, and deploys that of the new one', async () => {
  const { world, north, south, entry } = await moving();
  await world.sweep();
  expect(north.operations.map(({ action }) => action)).toEqual(['CREATE', 'DELETE']);
  expect(entry()).toMatchObject({ state: 'enrolled', cell: 'north', moving: MOVE });
  expect(south.operations).toEqual([]);
  // The message waits in the queue: another try neither deletes again nor deploys.
  await world.work();
  expect(north.operations).toHaveLength(2);
  north.finish();
  // A queue of the same name can be created a minute later: the message returns once more.
  expect(await world.work()).toBe(false);
  expect([entry().cell, south.enrolled]).toEqual(['south', []]);
  expect(await world.work()).toBe(true);
  expect(south.enrolled).toEqual([ACCOUNT]);
  expect(entry()).toMatchObject({
    state: 'enrolled',
    cell: 'south',
    cellReason: 'moved by arn:aws:iam::444400003333:user/op on 2026-03-01: north is full',
    history: [{ what: 'cell north → south', by: 'the sweep' }, {}],
  });
  expect(entry().moving).toBeUndefined();
  expect(world.alerts).toEqual([]);
  const { operations } = south;
  await world.sweep();
  expect([world.messages, operations.length, north.operations.length]).toEqual([[], 1, 2]);
});

test('an event about an account that moves changes neither StackSet', async () => {
  const { world, north, south } = await moving();
  await world.enroll(tagSet(ACCOUNT));
  north.held.clear();
  await world.enroll(tagSet(ACCOUNT));
  expect([north.operations.length, south.operations.length]).toEqual([1, 0]);
});

test('a move that is not complete after a day is alerted once, and goes on', async () => {
  const { world, north, south } = await moving();
  for (let day = 0; day < 3; day += 1) {
    await world.sweep();
    world.messages.length = 0;
    world.pass(1);
  }
  expect(world.subjects).toEqual([`${subjectOf('move-stuck')}: ${ACCOUNT}`]);
  expect(world.alerts[0]?.message).toContain('the StackSet of the cell north still has instances in eu-central-1.');
  north.finish();
  await world.sweep();
  await world.work();
  expect(south.enrolled).toEqual([ACCOUNT]);
});

test('a move to a cell that is not in the configuration is alerted, and the account keeps its tooling', async () => {
  const { world, north, entry } = await moving();
  world.registry.held.set(ACCOUNT, { ...entry(), moving: { ...MOVE, to: 'east' } });
  await world.sweep();
  expect(world.subjects).toEqual([`${subjectOf('move-stuck')}: ${ACCOUNT}`]);
  expect(world.alerts[0]?.message).toContain('the configuration has no cell east.');
  expect(north.operations).toHaveLength(1);
});

test('an account that leaves while it moves is withdrawn from the cell that it has, and the move is dropped', async () => {
  const { world, north, south, entry } = await moving();
  world.organization.set(ACCOUNT, { tags: {} });
  await world.enroll(tagSet(ACCOUNT));
  expect(entry()).toMatchObject({ state: 'leaving', cell: 'north' });
  expect(entry().moving).toBeUndefined();
  world.pass(15);
  await world.sweep();
  expect([north.operations.length, south.operations.length]).toEqual([2, 0]);
});

/** Fails one call of a port: before it has its effect, or after. */
interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
}

test('a move that is cut off at any calls, before or after their effect, ends in the new cell and never has the tooling of both', async () => {
  let crashes = 0;
  const crash = fc.record({ at: fc.nat(12), when: fc.constantFrom('before', 'after') as fc.Arbitrary<Crash['when']> });
  const runs = fc.array(fc.constantFrom('work', 'finish', 'sweep', 'event', 'watch', 'abandon'), {
    minLength: 4,
    maxLength: 14,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(crash, { maxLength: 6 }), runs, async (planned, steps) => {
      const { world, north, south, entry } = await moving();
      const waiting = [...planned];
      let calls = 0;
      const around = <Port extends object>(port: Port, names: readonly (keyof Port)[]) => {
        for (const name of names) {
          const call = (port[name] as (...given: unknown[]) => Promise<unknown>).bind(port);
          const wrapped = async (...given: unknown[]) => {
            calls += 1;
            const [next] = waiting;
            const fails = next !== undefined && next.at <= calls;
            if (fails) {
              waiting.shift();
              crashes += 1;
              calls = 0;
              if (next.when === 'before') throw new Error('cut off');
            }
            const answer = await call(...given);
            expect(north.enrolled.length + south.enrolled.length).toBeLessThanOrEqual(1);
            if (fails) throw new Error('cut off');
            return answer;
          };
          port[name] = wrapped as Port[keyof Port];
        }
      };
      around(north, ['ofAccount', 'withdraw', 'create']);
      around(south, ['ofAccount', 'withdraw', 'create']);
      around(world.registry, ['of', 'change', 'replaceSweep']);
      const quiet = async (work: () => Promise<unknown>) => void (await work().catch(() => {}));
      for (const step of steps) {
        if (step === 'finish') north.finish();
        else if (step === 'abandon') world.messages.length = 0;
        else if (step === 'work') await quiet(() => world.work());
        else if (step === 'event') await quiet(() => world.enroll(tagSet(ACCOUNT)));
        else if (step === 'watch') await quiet(() => world.watch());
        else await quiet(() => world.sweep());
      }
      // Nothing fails any more: the next sweeps complete it.
      waiting.length = 0;
      for (let round = 0; round < 3; round += 1) {
        world.pass(1);
        world.messages.length = 0;
        await world.sweep();
        north.finish();
      }
      expect({ ...entry(), moving: entry().moving }).toMatchObject({
        state: 'enrolled',
        cell: 'south',
        moving: undefined,
      });
      expect([north.enrolled, south.enrolled]).toEqual([[], [ACCOUNT]]);
    }),
    { numRuns: 300 },
  );
  process.stdout.write(`moves that were cut off: ${crashes} times\n`);
  expect(crashes).toBeGreaterThan(150);
});
