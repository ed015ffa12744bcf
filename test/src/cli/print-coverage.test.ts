import { messageOf } from '../../../lambda/vault/report-coverage/message';
import { plan } from '../../../lambda/vault/report-coverage/plan';
import { coverageReport } from '../../../src/cli/print-coverage';
import { aCopy, aDatabase, factsOf, openAccount } from '../../support/coverage-world';

const many = Array.from({ length: 60 }, (_, at) => aDatabase(`orders-${String(at).padStart(2, '0')}`));
const reportOf = (copied: number) =>
  plan(
    factsOf(
      [openAccount({ databases: many })],
      many.slice(0, copied).map((one) => aCopy(one, 5)),
    ),
  ).evidence;

test('coverageReport is a table with the most urgent first, then the reasons, then the counts', () => {
  const lines = coverageReport(reportOf(58)).split('\n');
  const rows = lines
    .filter((line) => /│ \d{12} │/.test(line))
    .map((line) => line.split('│').map((cell) => cell.trim()));
  expect(rows).toHaveLength(60);
  expect(rows.slice(0, 3).map((cells) => cells.slice(1, 6))).toEqual([
    ['222200001111', 'orders-58', 'never', '-', '26 h'],
    ['222200001111', 'orders-59', 'never', '-', '26 h'],
    ['222200001111', 'orders-00', 'protected', '5 h', '26 h'],
  ]);
  expect(lines.at(-1)).toBe('eu-central-1, 2026-11-25T12:00:00.000Z: 2 never, 58 protected');
});

test('coverageReport lists what could not be read in accounts and in the registry', () => {
  const unread = ['snapshots: AccessDenied: no', 'dead letters: QueueDoesNotExist: no'];
  const { evidence } = plan({ ...factsOf([openAccount({ unread })]), registryUnread: 'ResourceNotFound: no table' });
  const report = coverageReport(evidence);
  for (const part of unread) expect(report).toContain(`not read: 222200001111: ${part}`);
  expect(report).toContain('not read: registry: ResourceNotFound: no table');
  expect(coverageReport(reportOf(60))).not.toContain('not read');
});

test('coverageReport prints an age of weeks in days', () => {
  const { evidence } = plan(
    factsOf(
      [openAccount()],
      many.slice(0, 1).map((one) => aCopy(one, 24 * 60)),
    ),
  );
  expect(coverageReport(evidence)).toMatch(/source-deleted │ 60 days/);
});

test('the message lists forty databases of a kind and the number of the others, and is omitted without faults', () => {
  const message = messageOf(reportOf(0));
  expect(message?.text).toContain('Never copied to the vault (60):');
  expect(message?.text.split('\n').filter((line) => line.startsWith('- orders-'))).toHaveLength(40);
  expect(message?.text).toContain('- and 20 more');
  expect(messageOf(reportOf(60))).toBeUndefined();
});

test('the subject is ASCII of at most 100 characters for every kind of fault', () => {
  const accounts = [
    openAccount({ databases: many }),
    openAccount({ optedOut: ['RDS'] }),
    openAccount({ unread: ['snapshots: no'] }),
    openAccount({}, { observed: { access: 'denied', because: 'no' } }),
    openAccount({ failedJobs: [{ resource: 'arn', state: 'FAILED', message: 'no', at: new Date(0) }] }),
  ];
  for (const account of accounts) {
    const subject = messageOf(plan(factsOf([account])).evidence)?.subject ?? '';
    expect(subject).toMatch(/^Checkvalve: [ -~]{10,88}$/);
  }
});
