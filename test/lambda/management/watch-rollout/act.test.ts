import { act, type RolloutRun } from '../../../../lambda/management/watch-rollout/act';
import type { AccountId } from '../../../../src/contract/ids';
import { subjectOf } from '../../../../src/contract/management-alerts';
import { FakeEnrollment, FakeStackSet, HERE, numbered, OTHER, SOURCE } from '../../../support/enrollment';
import { registryEntry } from '../../../support/rollout';

const NOW = new Date('2026-03-01T12:00:00Z');
const TWO_HOURS_AGO = new Date('2026-03-01T10:00:00Z');
/** A management account in which these accounts are enrolled. */
function world(...accounts: readonly AccountId[]) {
  const stackSet = new FakeStackSet();
  const registry = new FakeEnrollment();
  for (const account of accounts) registry.held.set(account, registryEntry(account, { reason: 'tagged' }));
  const alerts: { subject: string; message: string; article: string }[] = [];
  const run: RolloutRun = {
    ports: {
      rollout: stackSet,
      isOfCell: () => true,
      registry,
      alerts: { publish: async (subject, message, article) => void alerts.push({ subject, message, article }) },
      queue: { send: async () => {}, retryAfter: async () => {} },
    },
    now: NOW,
    postponed: new Set(),
  };
  return { stackSet, registry, alerts, run };
}
const tried = (account: AccountId, revision = 1) => registryEntry(account, { revision, reason: 'tried' });
const reasons = ({ held }: FakeEnrollment) => [...held.values()].map(({ reason }) => reason);

describe('an alert', () => {
  const lines = [SOURCE, OTHER, SOURCE].map((account, at) => ({ account, line: `line ${at}` }));
  const action = { do: 'alert', kind: 'tooling-drifted', lines } as const;

  test('names each account once, and leaves out postponed ones', async () => {
    const { run, alerts } = world();
    expect(await act(action, run)).toEqual({ outcome: 'done' });
    run.postponed.add(SOURCE);
    expect(await act(action, run)).toEqual({ outcome: 'done' });
    expect(alerts).toEqual([
      {
        subject: `${subjectOf('tooling-drifted')}: ${SOURCE} and 1 more`,
        message: expect.stringMatching(/^line 0\nline 1\nline 2\n\n/),
        article: 'tooling-drifted',
      },
      {
        subject: `${subjectOf('tooling-drifted')}: ${OTHER}`,
        message: expect.stringMatching(/^line 1\n\n/),
        article: 'tooling-drifted',
      },
    ]);
  });

  test('about postponed accounts alone is not sent', async () => {
    const { run, alerts } = world();
    for (const { account } of lines) run.postponed.add(account);
    expect(await act(action, run)).toEqual({ outcome: 'postponed' });
    expect(alerts).toEqual([]);
  });
});

test.each([
  ['repair', 'UPDATE', false],
  ['drop', 'DELETE', true],
] as const)('a %s starts one operation, and only then writes the entries', async (done, operation, retain) => {
  const { run, stackSet, registry } = world(SOURCE, OTHER);
  stackSet.before = () => expect(reasons(registry)).toEqual(['tagged', 'tagged']);
  const action = { do: done, regions: [HERE], entries: [tried(SOURCE), tried(OTHER)] } as const;
  expect(await act(action, run)).toEqual({ outcome: 'started' });
  expect(stackSet.operations).toMatchObject([
    { action: operation, accounts: [SOURCE, OTHER], regions: [HERE], retain },
  ]);
  expect(reasons(registry)).toEqual(['tried', 'tried']);
  expect([...run.postponed]).toEqual([]);
});

test('an entry that another run changed or deleted is left out, and its account is postponed', async () => {
  const { run, stackSet, registry } = world(SOURCE, OTHER);
  const entries = [tried(SOURCE), tried(OTHER, 7), tried(numbered(1))];
  expect(await act({ do: 'repair', regions: [HERE], entries }, run)).toEqual({ outcome: 'started' });
  expect(stackSet.operations).toMatchObject([{ accounts: [SOURCE] }]);
  expect(reasons(registry)).toEqual(['tried', 'tagged']);
  expect([...run.postponed]).toEqual([OTHER, numbered(1)]);
});

test('where every entry changed, no operation is started', async () => {
  const { run, stackSet } = world(SOURCE);
  expect(await act({ do: 'drop', regions: [HERE], entries: [tried(SOURCE, 7)] }, run)).toEqual({
    outcome: 'postponed',
    because: 'another run has changed the entries',
  });
  expect(stackSet.operations).toEqual([]);
  expect([...run.postponed]).toEqual([SOURCE]);
});

test.each([
  ['repair', 'UpdateStackInstances'],
  ['drop', 'DeleteStackInstances'],
] as const)(
  'a %s that AWS refuses is no try: nothing is written, and the refusal of %s is alerted after two hours, once a day',
  async (done, call) => {
    const { run, stackSet, registry, alerts } = world(SOURCE);
    stackSet.before = () => {
      throw Object.assign(new Error('not now'), { name: 'StaleRequestException' });
    };
    const action = { do: done, regions: [HERE], entries: [tried(SOURCE)] } as const;
    const refused = { outcome: 'refused', because: 'StaleRequestException: not now' };
    expect(await act(action, run)).toEqual(refused);
    expect(alerts).toEqual([]);
    registry.refused.set(call, { since: TWO_HOURS_AGO, last: NOW });
    expect(await act(action, run)).toEqual(refused);
    expect(await act(action, run)).toEqual(refused);
    expect(alerts).toMatchObject([
      {
        message: expect.stringContaining(
          `AWS refuses ${call} on the StackSet since 2026-03-01T10:00:00.000Z: StaleRequestException: not now`,
        ),
      },
    ]);
    expect(reasons(registry)).toEqual(['tagged']);
    expect([...run.postponed]).toEqual([SOURCE]);
  },
);

test('every entry is written even if others fail, and the first failure is thrown at the end', async () => {
  const accounts = [SOURCE, OTHER, numbered(1)];
  const { run, registry } = world(...accounts);
  let written = 0;
  registry.before = () => {
    written += 1;
    if (written < 3) throw new Error(`failure ${written}`);
  };
  const entries = accounts.map((account) => tried(account));
  await expect(act({ do: 'record', entries }, run)).rejects.toThrow('failure 1');
  expect(reasons(registry)).toEqual(['tagged', 'tagged', 'tried']);
  registry.before = () => {};
  expect(await act({ do: 'record', entries: entries.slice(0, 2) }, run)).toEqual({ outcome: 'done' });
});
