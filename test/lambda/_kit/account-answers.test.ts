import { AccountAnswers, throwCommonFault } from '../../../lambda/_kit/account-answers';
import { errorCode } from '../../../lambda/_kit/refusals';
import { inParallel } from '../../../lambda/_kit/runtime/in-parallel';
import { isNotBegun, TimeBudget } from '../../../lambda/_kit/runtime/time-budget';
import { CheckvalveError } from '../../../src/contract/errors';
import { type AccountId, accountId } from '../../../src/contract/ids';

const ACCOUNTS = ['222200001111', '222200002222', '222200003333'].map(accountId);
const named = (name: string, more: object = {}) => Object.assign(new Error('no'), { name, ...more });

test.each<[unknown, string]>([
  [named('ThrottlingException'), 'ThrottlingException'],
  [named('Error', { code: 'ECONNRESET' }), 'ECONNRESET'],
  [named('InvalidParameterValue', { code: 'x' }), 'InvalidParameterValue'],
  [new CheckvalveError('AWS_CALL_FAILED', 'no', 'no'), 'AWS_CALL_FAILED'],
  [new TypeError('no'), 'TypeError'],
  [named('Error'), 'Unknown'],
  [named(''), 'Unknown'],
  [named('two words'), 'Unknown'],
  [named(`A${'b'.repeat(64)}`), 'Unknown'],
  [named('A\u001b[31m'), 'Unknown'],
  ['no error', 'Unknown'],
  [undefined, 'Unknown'],
])('the code of %p is %s', (error, code) => expect(errorCode(error)).toBe(code));

const well = undefined;

/** What becomes of a run in which the accounts answer so, in this order. */
function faultOf(answers: readonly (readonly [AccountId | undefined, unknown])[], isAnswer?: () => boolean) {
  const all = new AccountAnswers('Listing', isAnswer);
  for (const [account, error] of answers) {
    if (!account) continue;
    if (error === well) all.recordSuccess(account);
    else all.recordFailure(account, error);
  }
  return all.fault?.message;
}

const [A, B, C] = ACCOUNTS;
const slow = named('TimeoutError');
const denied = named('AccessDenied');

test.each([
  ['no account was called', [], undefined],
  ['one account alone fails', [[A, slow]], undefined],
  [
    'two of three fail',
    [
      [A, slow],
      [B, slow],
      [C, well],
    ],
    undefined,
  ],
  [
    'all fail, each in another way',
    [
      [A, slow],
      [B, named('Throttling')],
    ],
    undefined,
  ],
  [
    'all fail, one refuses',
    [
      [A, slow],
      [B, slow],
      [C, denied],
    ],
    undefined,
  ],
  [
    'all refuse',
    [
      [A, denied],
      [B, denied],
    ],
    undefined,
  ],
  [
    'one failed before it went well',
    [
      [A, slow],
      [A, well],
      [B, slow],
    ],
    undefined,
  ],
  [
    'one failed after it went well',
    [
      [A, well],
      [A, slow],
      [B, slow],
    ],
    undefined,
  ],
  [
    'one failed in two ways',
    [
      [A, slow],
      [A, named('Throttling')],
      [B, slow],
    ],
    undefined,
  ],
  [
    'there was no time to ask',
    [
      [A, named('NoTimeLeft')],
      [B, named('NoTimeLeft')],
    ],
    undefined,
  ],
  [
    'all fail alike',
    [
      [A, slow],
      [B, slow],
      [C, slow],
    ],
    'Listing failed alike for all 3 accounts: TimeoutError: no',
  ],
  [
    'all that were asked fail alike, and one was not asked',
    [
      [A, slow],
      [B, slow],
      [C, named('NoTimeLeft')],
    ],
    undefined,
  ],
] as const)('when %s, the fault of the run is: %s', (_, answers, fault) => expect(faultOf(answers)).toBe(fault));

test('a refusal of the vault’s own role by all is a fault of ours', () => {
  expect(
    faultOf(
      [
        [A, denied],
        [B, denied],
      ],
      () => false,
    ),
  ).toContain('AccessDenied');
});

test.each([
  [3, true],
  [5, true],
  [6, false],
  [100, false],
])(
  'of %i followed accounts three fail alike, and no other was asked: it is a fault of ours: %p',
  (followed, isOurs) => {
    const all = new AccountAnswers('Listing', undefined, followed);
    for (const account of ACCOUNTS) all.recordFailure(account, slow);
    expect(all.fault !== undefined).toBe(isOurs);
  },
);

test('the first of several kinds of call that failed alike ends the run', () => {
  const [good, bad] = [new AccountAnswers('Good'), new AccountAnswers('Bad')];
  for (const account of ACCOUNTS) {
    good.recordSuccess(account);
    bad.recordFailure(account, slow);
  }
  expect(() => throwCommonFault(good)).not.toThrow();
  expect(() => throwCommonFault(good, bad)).toThrow(expect.objectContaining({ code: 'STEP_FAILED' }));
});

test('a failed call is returned with its account, code and message', () => {
  expect(new AccountAnswers('Listing').recordFailure(ACCOUNTS[0] as AccountId, denied)).toEqual({
    account: A,
    code: 'AccessDenied',
    because: 'AccessDenied: no',
  });
});

describe('a budget of time', () => {
  const never = () => new Promise<never>(() => {});

  test('ends a call that takes too long, and sends its signal', async () => {
    let seen: AbortSignal | undefined;
    const began = performance.now();
    const call = new TimeBudget(60_000).within(20, (signal) => {
      seen = signal;
      return never();
    });
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - began).toBeLessThan(5000);
    expect(seen?.aborted).toBe(true);
  });

  test('of the run ends a call, and begins none after that', async () => {
    let now = 0;
    const budget = new TimeBudget(10, () => now);
    await expect(budget.within(60_000, never)).rejects.toMatchObject({ name: 'TimeoutError' });
    now = 10;
    let begun = false;
    const late = budget.within(60_000, async () => {
      begun = true;
    });
    const error = await late.catch((caught: unknown) => caught);
    expect([isNotBegun(error), begun]).toEqual([true, false]);
    expect(isNotBegun(slow)).toBe(false);
  });

  test('passes on what the call answers, in time', async () => {
    const budget = new TimeBudget(60_000);
    await expect(budget.within(1000, async () => 7)).resolves.toBe(7);
    await expect(budget.within(1000, () => Promise.reject(denied))).rejects.toBe(denied);
  });
});

test('side by side, the next begins as one ends; results keep their order, and a slow one holds up no other', async () => {
  let [now, most] = [0, 0];
  const ended: number[] = [];
  const results = await inParallel([30, 1, 1, 1, 1, 1], 2, async (ms) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, ms));
    now -= 1;
    ended.push(ms);
    return ms * 2;
  });
  expect(results).toEqual([60, 2, 2, 2, 2, 2]);
  expect(most).toBe(2);
  expect(ended.at(-1)).toBe(30);
});
