import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { confirm } from '../../../src/cli/confirm';

jest.mock('node:readline/promises');

const answer = (question: () => Promise<string>) =>
  jest
    .mocked(createInterface)
    .mockReturnValue(Object.assign(new EventEmitter(), { question, close: jest.fn() }) as never);
const failed = (name: string) => () => Promise.reject(Object.assign(new Error('Aborted'), { name }));

beforeEach(() => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test.each([
  ['yes', true],
  [' Y ', true],
  ['no', false],
  ['', false],
  ['yesterday', false],
])('the answer %j means %s', async (text, agreed) => {
  answer(async () => text);
  expect(await confirm('Create these resources?')).toBe(agreed);
});

test('Ctrl-C and Ctrl-D mean no', async () => {
  answer(failed('AbortError'));
  expect(await confirm('Create these resources?')).toBe(false);
});

test('confirm throws another error of the terminal', async () => {
  answer(failed('TypeError'));
  await expect(confirm('Create these resources?')).rejects.toThrow('Aborted');
});
