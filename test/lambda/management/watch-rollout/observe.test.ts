import type { StackInstance } from '../../../../lambda/_kit/ports/stack-instances';
import { observe } from '../../../../lambda/management/watch-rollout/observe';
import { region } from '../../../../src/contract/ids';
import { FakeEnrollment, FakeStackSet, HERE, OTHER, SOURCE } from '../../../support/enrollment';

const NOW = new Date('2026-03-01T12:00:00Z');
const ENTRY = { account: SOURCE, state: 'enrolled', regions: [HERE], since: 'then', reason: 'tagged' } as const;
const instance = (standing: StackInstance['standing'], more: Partial<StackInstance> = {}): StackInstance => ({
  account: SOURCE,
  region: HERE,
  standing,
  ...more,
});

/** A StackSet and a registry that count what is asked of them. */
function world(...held: readonly StackInstance[]) {
  const stackSet = new FakeStackSet();
  for (const one of held) stackSet.put(one);
  const registry = new FakeEnrollment();
  registry.held.set(SOURCE, ENTRY);
  const asked = {
    recentOperations: jest.spyOn(stackSet, 'recentOperations'),
    operationState: jest.spyOn(stackSet, 'operationState'),
    results: jest.spyOn(stackSet, 'results'),
    templateVersion: jest.spyOn(stackSet, 'templateVersion'),
    of: jest.spyOn(registry, 'of'),
  };
  const queue = { send: async () => {}, retryAfter: async () => {} };
  const ports = { rollout: stackSet, registry, alerts: { publish: async () => {} }, queue };
  const look = (operation?: string, from?: string) =>
    observe({ run: 'a run', part: 0, ...(operation && { operation }), ...(from && { from }) }, ports, NOW);
  return { stackSet, registry, asked, look };
}
const NOTHING = { seen: [], entries: new Map(), version: '', rollingOut: false, now: NOW };

test('all instances, the entries of their accounts, each asked for once, and the version of the template', async () => {
  const seen = [
    instance('current'),
    instance('running', { region: region('eu-west-1') }),
    instance('current', { account: OTHER }),
  ];
  const { asked, look } = world(...seen);
  expect(await look()).toEqual({
    facts: {
      seen,
      entries: new Map([[SOURCE, ENTRY]]),
      version: 'aaaaaaaaaaaa',
      repairing: true,
      rollingOut: false,
      now: NOW,
    },
    notRemoved: [],
    next: undefined,
  });
  expect(asked.of).toHaveBeenCalledWith([SOURCE, OTHER]);
  // Where all is well, nobody needs to know which operations there were.
  expect(asked.recentOperations).not.toHaveBeenCalled();
});

test('the listing goes on where it stopped', async () => {
  const { stackSet, look } = world(instance('current'), instance('current', { account: OTHER }));
  stackSet.pageSize = 1;
  expect(await look()).toMatchObject({ facts: { seen: [{ account: SOURCE }] }, next: '1' });
  const second = await look(undefined, '1');
  expect(second).toMatchObject({ facts: { seen: [{ account: OTHER }] } });
  expect(second.next).toBeUndefined();
});

test('an empty StackSet needs no version', async () => {
  const { asked, look } = world();
  expect(await look()).toEqual({ facts: { ...NOTHING, repairing: true }, notRemoved: [], next: undefined });
  expect(asked.templateVersion).not.toHaveBeenCalled();
});

test.each([
  ['runs', 'UPDATE', false, true],
  ['has ended', 'UPDATE', true, false],
  ['looks for drift', 'DETECT_DRIFT', false, false],
])('beside an instance that is not up to date, an operation %s', async (_, action, ended, rollingOut) => {
  const { stackSet, look } = world(instance('outdated'), instance('current', { account: OTHER }));
  stackSet.elsewhere.push({ id: 'first', action: 'UPDATE', ended: true }, { id: 'op', action, ended });
  expect((await look()).facts.rollingOut).toBe(rollingOut);
});

test.each([
  ['is forgotten', undefined],
  ['runs', { id: 'op', action: 'UPDATE', ended: false }],
  ['only looks for drift', { id: 'op', action: 'DETECT_DRIFT', ended: true }],
])('an operation that %s has nothing to say', async (_, operation) => {
  const { stackSet, asked, look } = world(instance('failed'));
  if (operation) stackSet.elsewhere.push(operation);
  expect(await look('op')).toEqual({ facts: { ...NOTHING, repairing: false }, notRemoved: [], next: undefined });
  expect(asked.results).not.toHaveBeenCalled();
  expect(asked.recentOperations).not.toHaveBeenCalled();
});

test.each(['CREATE', 'UPDATE'])(
  'of an operation that ended, a %s, its results are seen as they are',
  async (action) => {
    const { stackSet, asked, look } = world();
    stackSet.elsewhere.push({ id: 'op', action, ended: true });
    const items = [instance('failed', { operation: 'op' }), instance('suspended', { account: OTHER, operation: 'op' })];
    asked.results.mockResolvedValue({ items, next: '100' });
    expect(await look('op', '50')).toEqual({
      facts: {
        seen: items,
        entries: new Map([[SOURCE, ENTRY]]),
        version: 'aaaaaaaaaaaa',
        repairing: false,
        rollingOut: false,
        now: NOW,
      },
      notRemoved: [],
      next: '100',
    });
    expect(asked.results).toHaveBeenCalledWith('op', '50');
    expect(asked.recentOperations).not.toHaveBeenCalled();
  },
);

test('of a removal that ended, only what failed is seen, and it is no failure of a rollout', async () => {
  const { stackSet, asked, look } = world();
  stackSet.elsewhere.push({ id: 'op', action: 'DELETE', ended: true });
  const failed = instance('failed', { reason: 'a bucket is not empty' });
  asked.results.mockResolvedValue({ items: [instance('current', { account: OTHER }), failed] });
  expect(await look('op')).toEqual({
    facts: { ...NOTHING, repairing: false },
    notRemoved: [failed],
    next: undefined,
  });
});

test('the last operation of an instance that failed counts only if it rolled out, and each unknown one is asked for once', async () => {
  const seen = [
    instance('failed', { operation: 'a detection', reason: 'a role exists' }),
    instance('failed', { operation: 'an older detection', region: region('eu-west-1') }),
    instance('failed', { operation: 'an older detection', region: region('eu-west-2') }),
    instance('failed', { operation: 'forgotten', region: region('eu-west-3') }),
    instance('failed', { operation: 'an update', region: region('eu-north-1') }),
    instance('failed', { region: region('eu-south-1') }),
    instance('outdated', { operation: 'a detection', region: region('eu-south-2') }),
    instance('outdated', { operation: 'nobody asks', region: region('eu-central-2') }),
  ];
  const { stackSet, asked, look } = world(...seen);
  stackSet.elsewhere.push(
    { id: 'a detection', action: 'DETECT_DRIFT', ended: true },
    { id: 'an update', action: 'UPDATE', ended: true },
  );
  asked.operationState.mockImplementation(async (id) =>
    id === 'an older detection' ? { action: 'DETECT_DRIFT', ended: true } : undefined,
  );
  const { facts } = await look();
  expect(facts.seen.map(({ operation }) => operation)).toEqual([
    undefined,
    undefined,
    undefined,
    'forgotten',
    'an update',
    undefined,
    'a detection',
    'nobody asks',
  ]);
  expect(facts.seen[0]).toEqual(instance('failed', { reason: 'a role exists' }));
  expect(asked.operationState.mock.calls).toEqual([['an older detection'], ['forgotten']]);
});
