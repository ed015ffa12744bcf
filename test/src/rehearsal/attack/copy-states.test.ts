import { TAGS } from '../../../../src/contract/names';
import { AttackLogs, logged, measured } from '../../../../src/rehearsal/attack/attack-action';
import { type CopyStates, changesOf, checkAddedCopy } from '../../../../src/rehearsal/attack/copy-states';

const copy = (key: string, tags: Readonly<Record<string, string>> = {}) =>
  JSON.stringify([key, Object.entries(tags).sort()]);
const BEFORE: CopyStates = new Map([
  ['a', copy('ours')],
  ['b', copy('ours')],
]);
const GOOD = {
  [TAGS.exportCopy]: 'x:added',
  [TAGS.database]: 'orders',
  [TAGS.importStartedAt]: '2026-11-25T00:00:00Z',
};
const added = (tags: Readonly<Record<string, string>>): CopyStates => new Map([...BEFORE, ['c', copy('ours', tags)]]);

test.each<readonly [string, CopyStates, readonly string[]]>([
  ['as it was', BEFORE, []],
  ['one more', added(GOOD), []],
  ['one is gone', new Map([['a', copy('ours')]]), ['the attack deleted b']],
  ['one has another key', new Map([...BEFORE, ['b', copy('mine')]]), ['the attack changed the tags or the key of b']],
  [
    'one has a tag',
    new Map([...BEFORE, ['b', copy('ours', { x: '1' })]]),
    [expect.stringContaining('changed the tags')],
  ],
])('copies that stood before: %s', (_, after, expected) => {
  expect(changesOf(BEFORE, after)).toEqual(expected);
});

test.each<readonly [string, CopyStates, readonly string[]]>([
  ['the one that may be', added(GOOD), []],
  ['none', BEFORE, [expect.stringContaining('added 0 copies')]],
  ['another one', added({ ...GOOD, [TAGS.exportCopy]: 'x:forged' }), ['the attack put c into the vault']],
  ['under another name', added({ ...GOOD, [TAGS.database]: 'ledger' }), ['c is tagged as a copy of ledger']],
  [
    'by the source’s clock',
    added({ ...GOOD, [TAGS.importStartedAt]: '1999-01-01' }),
    ['c has an import time that the source chose'],
  ],
  ['two', new Map([...added(GOOD), ['d', copy('ours', GOOD)]]), [expect.stringContaining('added 2 copies')]],
])('what a source has added: %s', (_, after, expected) => {
  expect(checkAddedCopy(BEFORE, after, 'added', 'orders')).toEqual(expected);
});

test('an action verifies that a function logged a line, and measured a metric above zero', async () => {
  const run = { functionArn: '', account: '', outcome: { kind: 'returned', value: null }, calls: [] } as const;
  const first = { ...run, functionName: 'step', refusals: 0, ms: 0, logs: '{"ExitsWaiting":0}' };
  const lacking = new AttackLogs([first]);
  expect(measured(lacking, 'ExitsWaiting')).toContain('no alarm is raised');
  expect(await logged('rejected')(lacking)).toContain('rejected');
  const logs = new AttackLogs([first, { ...first, logs: '{"ExitsWaiting":57} rejected' }]);
  expect([measured(logs, 'ExitsWaiting'), await logged('rejected')(logs)]).toEqual([undefined, undefined]);
  expect([logs.runs('step'), logs.runs('other')]).toEqual([2, 0]);
});
