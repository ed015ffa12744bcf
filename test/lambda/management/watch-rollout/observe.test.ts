import type { StackInstance } from '../../../../lambda/_kit/ports/stack-instances';
import { observe } from '../../../../lambda/management/watch-rollout/observe';
import { region } from '../../../../src/contract/ids';
import { FakeEnrollment, FakeStackSet, HERE, OTHER, SOURCE } from '../../../support/enrollment';
import { instance } from '../../../support/rollout';

const NOW = new Date('2026-03-01T12:00:00Z');
const ENTRY = { account: SOURCE, state: 'enrolled', regions: [HERE], since: 'then', reason: 'tagged' } as const;
/** A StackSet and a registry with spies. */
function world(...held: readonly StackInstance[]) {
  const stackSet = new FakeStackSet();
  for (const one of held) stackSet.put(one);
  const registry = new FakeEnrollment();
  registry.held.set(SOURCE, ENTRY);
  const calls = {
    recentOperations: jest.spyOn(stackSet, 'recentOperations'),
    operationState: jest.spyOn(stackSet, 'operationState'),
    results: jest.spyOn(stackSet, 'results'),
    templateVersion: jest.spyOn(stackSet, 'templateVersion'),
    of: jest.spyOn(registry, 'of'),
  };
  const queue = { send: async () => {}, retryAfter: async () => {} };
  const ports = { rollout: stackSet, isOfCell: () => true, registry, alerts: { publish: async () => {} }, queue };
  const observed = (operation?: string, from?: string) =>
    observe({ run: 'a run', part: 0, ...(operation && { operation }), ...(from && { from }) }, ports, NOW);
  return { stackSet, registry, calls, observed };
}
const NOTHING = { instances: [], entries: new Map(), version: '', isRollingOut: false, now: NOW };

test('it reads all instances, the entry of each account once, and the version of the template', async () => {
  const instances = [
    instance('current'),
    instance('running', { region: region('eu-west-1') }),
    instance('current', { account: OTHER }),
  ];
  const { calls, observed } = world(...instances);
  expect(await observed()).toEqual({
    facts: {
      instances,
      entries: new Map([[SOURCE, ENTRY]]),
      version: 'aaaaaaaaaaaa',
      mayRepair: true,
      isRollingOut: false,
      now: NOW,
    },
    notRemoved: [],
    next: undefined,
  });
  expect(calls.of).toHaveBeenCalledWith([SOURCE, OTHER]);
  // Healthy instances need no explanation by an operation.
  expect(calls.recentOperations).not.toHaveBeenCalled();
});

test('the listing continues with the token of the part before', async () => {
  const { stackSet, observed } = world(instance('current'), instance('current', { account: OTHER }));
  stackSet.pageSize = 1;
  expect(await observed()).toMatchObject({ facts: { instances: [{ account: SOURCE }] }, next: '1' });
  const second = await observed(undefined, '1');
  expect(second).toMatchObject({ facts: { instances: [{ account: OTHER }] } });
  expect(second.next).toBeUndefined();
});

test('an empty StackSet needs no version', async () => {
  const { calls, observed } = world();
  expect(await observed()).toEqual({ facts: { ...NOTHING, mayRepair: true }, notRemoved: [], next: undefined });
  expect(calls.templateVersion).not.toHaveBeenCalled();
});

test.each([
  ['runs', 'UPDATE', false, true],
  ['has ended', 'UPDATE', true, false],
  ['detects drift', 'DETECT_DRIFT', false, false],
])(
  'with an instance that is not up to date, whether an operation that %s is a rollout',
  async (_, action, ended, isRollingOut) => {
    const { stackSet, observed } = world(instance('outdated'), instance('current', { account: OTHER }));
    stackSet.elsewhere.push({ id: 'first', action: 'UPDATE', ended: true }, { id: 'op', action, ended });
    expect((await observed()).facts.isRollingOut).toBe(isRollingOut);
  },
);

test.each([
  ['StackSets no longer knows', undefined],
  ['runs', { id: 'op', action: 'UPDATE', ended: false }],
  ['only detects drift', { id: 'op', action: 'DETECT_DRIFT', ended: true }],
])('an operation that %s gives no facts', async (_, operation) => {
  const { stackSet, calls, observed } = world(instance('failed'));
  if (operation) stackSet.elsewhere.push(operation);
  expect(await observed('op')).toEqual({ facts: { ...NOTHING, mayRepair: false }, notRemoved: [], next: undefined });
  expect(calls.results).not.toHaveBeenCalled();
  expect(calls.recentOperations).not.toHaveBeenCalled();
});

test.each(['CREATE', 'UPDATE'])('the results of a %s that ended are facts as they are', async (action) => {
  const { stackSet, calls, observed } = world();
  stackSet.elsewhere.push({ id: 'op', action, ended: true });
  const items = [instance('failed', { operation: 'op' }), instance('suspended', { account: OTHER, operation: 'op' })];
  calls.results.mockResolvedValue({ items, next: '100' });
  expect(await observed('op', '50')).toEqual({
    facts: {
      instances: items,
      entries: new Map([[SOURCE, ENTRY]]),
      version: 'aaaaaaaaaaaa',
      mayRepair: false,
      isRollingOut: false,
      now: NOW,
    },
    notRemoved: [],
    next: '100',
  });
  expect(calls.results).toHaveBeenCalledWith('op', '50');
  expect(calls.recentOperations).not.toHaveBeenCalled();
});

test('of a removal that ended, only the failures are returned, and not as failures of the rollout', async () => {
  const { stackSet, calls, observed } = world();
  stackSet.elsewhere.push({ id: 'op', action: 'DELETE', ended: true });
  const failed = instance('failed', { reason: 'a bucket is not empty' });
  calls.results.mockResolvedValue({ items: [instance('current', { account: OTHER }), failed] });
  expect(await observed('op')).toEqual({
    facts: { ...NOTHING, mayRepair: false },
    notRemoved: [failed],
    next: undefined,
  });
});

test('the last operation of a failed instance is kept only if it rolled out, and each unknown one is read once', async () => {
  const instances = [
    instance('failed', { operation: 'a detection', reason: 'a role exists' }),
    instance('failed', { operation: 'an older detection', region: region('eu-west-1') }),
    instance('failed', { operation: 'an older detection', region: region('eu-west-2') }),
    instance('failed', { operation: 'forgotten', region: region('eu-west-3') }),
    instance('failed', { operation: 'an update', region: region('eu-north-1') }),
    instance('failed', { region: region('eu-south-1') }),
    instance('outdated', { operation: 'a detection', region: region('eu-south-2') }),
    instance('outdated', { operation: 'not read', region: region('eu-central-2') }),
  ];
  const { stackSet, calls, observed } = world(...instances);
  stackSet.elsewhere.push(
    { id: 'a detection', action: 'DETECT_DRIFT', ended: true },
    { id: 'an update', action: 'UPDATE', ended: true },
  );
  calls.operationState.mockImplementation(async (id) =>
    id === 'an older detection' ? { action: 'DETECT_DRIFT', ended: true } : undefined,
  );
  const { facts } = await observed();
  expect(facts.instances.map(({ operation }) => operation)).toEqual([
    undefined,
    undefined,
    undefined,
    'forgotten',
    'an update',
    undefined,
    'a detection',
    'not read',
  ]);
  expect(facts.instances[0]).toEqual(instance('failed', { reason: 'a role exists' }));
  expect(calls.operationState.mock.calls).toEqual([['an older detection'], ['forgotten']]);
});
