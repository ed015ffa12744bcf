import { type Line, MessageText } from '../../../../lambda/vault/report-coverage/message-text';
import { accountId } from '../../../../src/contract/ids';
import { OTHER, SOURCE } from '../../../support/pipeline';

const accountOf = (at: number) => accountId(String(222200000000 + at));
const lines = (count: number, account: string = SOURCE): Line[] =>
  Array.from({ length: count }, (_, at): Line => [account, `line ${at}`]);
const each = (count: number, text = 'x'): Line[] =>
  Array.from({ length: count }, (_, at): Line => [accountOf(at), text]);

test('a text without findings is empty; a kind of finding without lines adds nothing', () => {
  const text = new MessageText();
  text.section('Late', []);
  expect(text.isEmpty).toBe(true);
  text.section('Late', lines(1));
  expect(text.isEmpty).toBe(false);
});

test('kinds stand one under the other, their accounts before the text, unless it is to stand as it is', () => {
  const text = new MessageText();
  text.section('Late', [
    [SOURCE, 'orders'],
    [SOURCE, 'carts of it', 'as it is'],
    ['', 'the registry'],
  ]);
  text.section('Never', [[OTHER, 'ledger']]);
  expect(text.with('The end.')).toBe(
    [
      'Late (3):',
      `- ${SOURCE}: orders`,
      '- carts of it',
      '- the registry',
      '',
      'Never (1):',
      `- ${OTHER}: ledger`,
      '',
      'The end.',
    ].join('\n'),
  );
});

test.each([
  [40, []],
  [41, [`- and 1 more: ${SOURCE} (1)`]],
  [45, [`- and 5 more: ${SOURCE} (5)`]],
])('%d lines of one account: forty are shown, the others are counted', (count, more) => {
  const text = new MessageText();
  text.section('Late', lines(count));
  const shown = Array.from({ length: 40 }, (_, at) => `- ${SOURCE}: line ${at}`);
  expect(text.with('The end.').split('\n')).toEqual([`Late (${count}):`, ...shown, ...more, '', 'The end.']);
});

test('lines about no account are counted without a name', () => {
  const text = new MessageText();
  text.section('Unread', lines(42, ''));
  expect(text.with('The end.')).toContain('\n- and 2 more\n\nThe end.');
});

test('fifty accounts are counted by name, and the end names those that no line is about', () => {
  const exactly = new MessageText();
  exactly.section('Late', each(90));
  const counted = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `${accountOf(from + at)} (1)`).join(', ');
  expect(exactly.with('The end.')).toContain(`\n- and 50 more: ${counted(40, 90)}\n\nThe end.`);

  const text = new MessageText();
  text.section('Late', each(93));
  text.section('Never', [[accountOf(91), 'orders']]);
  const whole = text.with('The end.');
  expect(whole).toContain(`\n- and 53 more: ${counted(40, 90)}, and 3 more accounts\n`);
  expect(whole.endsWith(`\n\nFurther accounts with findings (2): ${accountOf(90)}, ${accountOf(92)}\n\nThe end.`)).toBe(
    true,
  );
});

test('the end names five thousand accounts and counts all', () => {
  const text = new MessageText();
  text.section('Late', each(5093));
  const end = text.with('The end.').split('Further accounts with findings ')[1] ?? '';
  expect(end.startsWith('(5003): ')).toBe(true);
  expect(end.match(/\d{12}/g)).toHaveLength(5000);
});

describe('a text longer than SNS takes', () => {
  const longest = 240_000;
  /** A text of so many bytes, of characters of so many bytes each. */
  const sized = (bytes: number, character = 'x') => {
    const text = new MessageText();
    text.section('Registry', [['', 'r']]);
    const frame = Buffer.byteLength(text.with('The end.')) + Buffer.byteLength(`\n\nLate (1):\n- ${SOURCE}: `);
    const room = bytes - frame;
    const size = Buffer.byteLength(character);
    text.section('Late', [[SOURCE, 'y'.repeat(room % size) + character.repeat(Math.floor(room / size))]]);
    return text.with('The end.');
  };

  test('stands whole as long as it fits', () => {
    const whole = sized(longest);
    expect(Buffer.byteLength(whole)).toBe(longest);
    expect(whole).not.toContain('cut short');
  });

  test.each(['x', 'é', '€', '🔑'])('is cut between two characters (%s), and names its accounts', (character) => {
    const cut = sized(longest + 1, character);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(longest);
    expect(Buffer.byteLength(cut)).toBeGreaterThan(longest - 4);
    expect(cut).not.toContain('\ufffd');
    expect(cut.startsWith('Registry (1):\n- r\n\nLate (1):\n')).toBe(true);
    expect(cut.endsWith(`${character}\n… (cut short)\n\nAccounts with findings (1): ${SOURCE}\n\nThe end.`)).toBe(true);
  });

  test('names those that no line is about as well', () => {
    const text = new MessageText();
    text.section('Late', each(91, 'x'.repeat(7000)));
    const end = text.with('The end.').split('… (cut short)')[1] ?? '';
    expect(end.startsWith(`\n\nAccounts with findings (91): ${accountOf(0)}, `)).toBe(true);
    expect(new Set(end.match(/\d{12}/g))).toContain(accountOf(90));
  });
});
