import { type Line, MessageText } from '../../../../lambda/vault/report-coverage/message-text';
import { accountId } from '../../../../src/contract/ids';
import { OTHER, SOURCE } from '../../../support/pipeline';

const accountOf = (at: number) => accountId(String(222200000000 + at));
const lines = (count: number, account: string = SOURCE): Line[] =>
  Array.from({ length: count }, (_, at): Line => [account, `line ${at}`]);
const each = (count: number, text = 'x'): Line[] =>
  Array.from({ length: count }, (_, at): Line => [accountOf(at), text]);

test('a section without lines adds nothing', () => {
  const text = new MessageText();
  text.addSection('Late', []);
  expect(text.toText('The end.')).toBe('\n\nThe end.');
});

test('sections follow each other, with a line for each finding', () => {
  const text = new MessageText();
  text.addSection('Late', [
    [SOURCE, 'orders'],
    [SOURCE, 'carts'],
    ['', 'the registry'],
  ]);
  text.addSection('Never', [[OTHER, 'ledger']]);
  expect(text.toText('The end.')).toBe(
    ['Late (3):', '- orders', '- carts', '- the registry', '', 'Never (1):', '- ledger', '', 'The end.'].join('\n'),
  );
});

test.each([
  [40, []],
  [41, [`- and 1 more: ${SOURCE} (1)`]],
  [45, [`- and 5 more: ${SOURCE} (5)`]],
])('%d lines of one account: forty are shown, the others are counted', (count, more) => {
  const text = new MessageText();
  text.addSection('Late', lines(count));
  const shown = Array.from({ length: 40 }, (_, at) => `- line ${at}`);
  expect(text.toText('The end.').split('\n')).toEqual([`Late (${count}):`, ...shown, ...more, '', 'The end.']);
});

test('lines about no account are counted without a name', () => {
  const text = new MessageText();
  text.addSection('Unread', lines(42, ''));
  expect(text.toText('The end.')).toContain('\n- and 2 more\n\nThe end.');
});

test('fifty accounts are counted by name, and the end names those without a line', () => {
  const exactly = new MessageText();
  exactly.addSection('Late', each(90));
  const counted = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `${accountOf(from + at)} (1)`).join(', ');
  expect(exactly.toText('The end.')).toContain(`\n- and 50 more: ${counted(40, 90)}\n\nThe end.`);

  const text = new MessageText();
  text.addSection('Late', each(93));
  text.addSection('Never', [[accountOf(91), 'orders']]);
  const whole = text.toText('The end.');
  expect(whole).toContain(`\n- and 53 more: ${counted(40, 90)}, and 3 more accounts\n`);
  expect(whole.endsWith(`\n\nFurther accounts with findings (2): ${accountOf(90)}, ${accountOf(92)}\n\nThe end.`)).toBe(
    true,
  );
});

test('the end names five thousand accounts and counts all', () => {
  const text = new MessageText();
  text.addSection('Late', each(5093));
  const end = text.toText('The end.').split('Further accounts with findings ')[1] ?? '';
  expect(end.startsWith('(5003): ')).toBe(true);
  expect(end.match(/\d{12}/g)).toHaveLength(5000);
});

describe('a text beyond the limit of SNS', () => {
  const longest = 240_000;
  /** A text of so many bytes, of characters of so many bytes each. */
  const sized = (bytes: number, character = 'x') => {
    const text = new MessageText();
    text.addSection('Registry', [['', 'r']]);
    const frame = Buffer.byteLength(text.toText('The end.')) + Buffer.byteLength('\n\nLate (1):\n- ');
    const room = bytes - frame;
    const size = Buffer.byteLength(character);
    text.addSection('Late', [[SOURCE, 'y'.repeat(room % size) + character.repeat(Math.floor(room / size))]]);
    return text.toText('The end.');
  };

  test('is whole while it fits', () => {
    const whole = sized(longest);
    expect(Buffer.byteLength(whole)).toBe(longest);
    expect(whole).not.toContain('truncated');
  });

  test.each(['x', 'é', '€', '🔑'])('is truncated between two characters (%s), and names its accounts', (character) => {
    const cut = sized(longest + 1, character);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(longest);
    expect(Buffer.byteLength(cut)).toBeGreaterThan(longest - 4);
    expect(cut).not.toContain('\ufffd');
    expect(cut.startsWith('Registry (1):\n- r\n\nLate (1):\n')).toBe(true);
    expect(cut.endsWith(`${character}\n… (truncated)\n\nAccounts with findings (1): ${SOURCE}\n\nThe end.`)).toBe(true);
  });

  test('names accounts without a line as well', () => {
    const text = new MessageText();
    text.addSection('Late', each(91, 'x'.repeat(7000)));
    const end = text.toText('The end.').split('… (truncated)')[1] ?? '';
    expect(end.startsWith(`\n\nAccounts with findings (91): ${accountOf(0)}, `)).toBe(true);
    expect(new Set(end.match(/\d{12}/g))).toContain(accountOf(90));
  });
});
