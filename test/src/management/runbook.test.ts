import { readFileSync } from 'node:fs';
import { type AlertKind, alertText, anchorOf, MANAGEMENT_ALERTS } from '../../../src/contract/management-alerts';
import { SOURCE } from '../../support/enrollment';

const [, ours = ''] = readFileSync('docs/runbook.md', 'utf8').split(/^# The management account$/m);
const articles = ours.split(/^### /m).slice(1);
const headings = articles.map((article) => article.split('\n')[0] ?? '');

test('every alert of the management account has an article in the runbook, and every article an alert', () => {
  expect([...headings].sort()).toEqual(Object.values(MANAGEMENT_ALERTS).sort());
});

test.each(articles)('an article says what it means and what to do: %s', (article) => {
  expect(article).toContain('**What it means.**');
  expect(article).toContain('**What to do.**');
});

test.each(Object.keys(MANAGEMENT_ALERTS) as AlertKind[])(
  'the alert %s has a subject that SNS takes, and a link',
  (kind) => {
    const accounts = Array.from({ length: 3000 }, () => SOURCE);
    const { subject, message } = alertText({ kind, accounts, lines: accounts.map((one) => `${one} is told of.`) });
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(Buffer.byteLength(message)).toBeLessThan(256 * 1024);
    expect(message).toContain(`docs/runbook.md#${anchorOf(MANAGEMENT_ALERTS[kind])}`);
    expect(headings.map(anchorOf)).toContain(anchorOf(MANAGEMENT_ALERTS[kind]));
  },
);
