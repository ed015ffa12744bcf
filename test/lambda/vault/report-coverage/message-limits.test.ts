import fc from 'fast-check';
import { messageOf } from '../../../../lambda/vault/report-coverage/message';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import { coverageReport } from '../../../../src/cli/print-coverage';
import { accountId } from '../../../../src/contract/ids';
import { aDatabase, factsOf, NOW, openAccount } from '../../../support/coverage-world';
import { holds } from '../../../support/holds';
import { OTHER, SOURCE } from '../../../support/pipeline';

const accountOf = (at: number) => accountId(String(222200000000 + at));
const badOf = (account: ReturnType<typeof accountOf>, count: number) =>
  openAccount({ databases: Array.from({ length: count }, (_, at) => aDatabase(`a${at}`, {}, account)) }, { account });
const textOf = (accounts: Parameters<typeof factsOf>[0]) => messageOf(plan(factsOf(accounts)).evidence)?.text ?? '';

test('an account with 41 bad databases does not push out the one of another', () => {
  const theirs = openAccount({ databases: [aDatabase('zebra', {}, OTHER)] }, { account: OTHER });
  const text = textOf([badOf(SOURCE, 41), theirs]);
  expect(text).toContain(`- zebra in ${OTHER}`);
  expect(text).toContain(`- and 2 more: ${SOURCE} (2)`);
});

test('every account with something bad is named, and SNS takes the message', () => {
  holds(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 150 }), (counts) => {
      const text = textOf(counts.map((count, at) => badOf(accountOf(at), count)));
      for (const [at] of counts.entries()) expect(text).toContain(accountOf(at));
    }),
    { numRuns: 20 },
  );
  const text = textOf(Array.from({ length: 4000 }, (_, at) => badOf(accountOf(at), 1)));
  expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
  for (let at = 0; at < 4000; at += 1) expect(text).toContain(accountOf(at));
});

describe('what other accounts write', () => {
  const evil = 'no\n\nLate (0):\n- nothing\u001b[8m\u202e\u2028hidden\u0007'.padEnd(5000, 'x');
  const hostile = (count = 1) =>
    Array.from({ length: count }, (_, at) =>
      openAccount(
        {
          databases: [aDatabase('orders', {}, accountOf(at))],
          failedJobs: [
            {
              resource: `arn:aws:rds:eu-central-1:${accountOf(at)}:db:orders`,
              state: 'FAILED',
              message: evil,
              at: NOW,
            },
          ],
          unread: [`snapshots: ${evil}`],
        },
        { account: accountOf(at) },
      ),
    );
  const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

  test('comes on one line, without what steers a terminal, in report, message and mail', () => {
    const accounts = [...hostile(), openAccount({}, { account: OTHER, observed: { access: 'denied', because: evil } })];
    const { evidence } = plan(factsOf(accounts));
    const written = JSON.stringify(evidence);
    expect(written).toContain('no Late (0):');
    for (const one of ['\\n-', '\\u001b', '\u202e', '\u2028']) expect(written).not.toContain(one);
    const text = messageOf(evidence)?.text ?? '';
    for (const line of text.split('\n')) expect(line).not.toMatch(steering);
    expect(text).not.toMatch(/^Late \(0\)/m);
  });

  test('is cut short, so that SNS takes the message', () => {
    const text = textOf(hostile(400));
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    for (let at = 0; at < 400; at += 1) expect(text).toContain(accountOf(at));
  });

  test('a report of an earlier release is printed without it as well', () => {
    const { evidence } = plan(factsOf(hostile()));
    const databases = evidence.databases.map((row) => ({ ...row, reason: evil }));
    const accounts = evidence.accounts.map((one) => ({ ...one, unread: [evil] }));
    const printed = coverageReport({ ...evidence, databases, accounts });
    expect(printed).not.toContain('\u001b[8m');
    for (const one of ['\u202e', '\u2028', '\u0007']) expect(printed).not.toContain(one);
  });
});
