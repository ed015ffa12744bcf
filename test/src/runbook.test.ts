import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PROTECTION_STATUSES } from '../../src/contract/coverage';
import { MANAGEMENT_ALERTS } from '../../src/contract/management-alerts';
import { COVERAGE_ARTICLE, EXTERNAL_ACCESS_ARTICLE } from '../../src/contract/runbook';
import { VERDICTS } from '../../src/contract/verdicts';
import { ALARM_MESSAGES, EXTERNAL_ACCESS_MESSAGE } from '../../src/vault/alarm-messages';
import { ALARMS } from '../../src/vault/alarm-table';
import { resourcesOf, templatesOf } from '../support/synthesized';

const runbook = readFileSync('docs/runbook.md', 'utf8');
/** An article has its id as its heading: GitHub makes the same anchor of it. */
const articles = [...runbook.matchAll(/^### ([a-z0-9-]+)$/gm)].map(([, id]) => id ?? '');
const anchors = [...runbook.matchAll(/<a id="([a-z0-9-]+)"><\/a>/g)].map(([, id]) => id ?? '');
const textOf = (article: string) => runbook.split(/^#{1,3} /m).find((part) => part.startsWith(`${article}\n`)) ?? '';

test('each alarm and each alert has an article, and each article an alarm or an alert', () => {
  const named = [
    ...ALARMS.map(({ article }) => article),
    ...Object.keys(MANAGEMENT_ALERTS),
    EXTERNAL_ACCESS_ARTICLE,
    COVERAGE_ARTICLE,
  ];
  expect([...articles].sort()).toEqual([...new Set(named)].sort());
});

test('each verdict has an anchor, each anchor a verdict, and no two places share one', () => {
  expect([...anchors].sort()).toEqual(Object.keys(VERDICTS).sort());
  const all = [...articles, ...anchors];
  expect(all.filter((id, at) => all.indexOf(id) !== at)).toEqual([]);
});

test('each protection status has its row', () => {
  const rows = [...textOf(COVERAGE_ARTICLE).matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, status]) => status);
  expect(rows.sort()).toEqual([...PROTECTION_STATUSES].sort());
});

const QUESTIONS = ['**What happened.**', '**At risk.**', '**Look.**', '**Do.**', '**Escalate.**'];

test.each(articles.filter((one) => one !== COVERAGE_ARTICLE))('%s answers each question of an operator', (article) => {
  const places = QUESTIONS.map((question) => textOf(article).indexOf(question));
  expect(places.every((at) => at > 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('the table of severities is that of the alarms and alerts', () => {
  const severities = { critical: [], warning: [], info: [] } as Record<string, string[]>;
  const all = { ...ALARM_MESSAGES, ...MANAGEMENT_ALERTS, [EXTERNAL_ACCESS_ARTICLE]: EXTERNAL_ACCESS_MESSAGE };
  for (const [id, { severity }] of Object.entries(all)) severities[severity]?.push(id);
  const rows = [...runbook.matchAll(/^\| `(critical|warning|info)` \|.*\|(.*)\|$/gm)];
  const listed = rows.map(([, severity, ids = '']) => [
    severity,
    [...ids.matchAll(/`([a-z-]+)`/g)].map(([, id]) => id),
  ]);
  expect(Object.fromEntries(listed.map(([severity, ids]) => [severity, [...(ids as string[])].sort()]))).toEqual(
    Object.fromEntries(Object.entries(severities).map(([severity, ids]) => [severity, ids.sort()])),
  );
});

test('a link or a message that names an article of the runbook names one that is there', () => {
  const files = execFileSync('git', ['ls-files', 'src', 'lambda', 'docs', 'README.md'], { encoding: 'utf8' });
  const named = files
    .split('\n')
    .filter((file) => /\.(ts|md)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const links =
        file === 'docs/runbook.md' ? text.matchAll(/\]\(#([a-z0-9-]+)\)/g) : text.matchAll(/runbook\.md#([a-z0-9-]+)/g);
      return [...links, ...text.matchAll(/article ([a-z0-9]+-[a-z0-9-]+)\b/g)].map(([, id]) => id);
    });
  expect(named).toContain('coverage-access-denied');
  const headings = [...runbook.matchAll(/^#{1,2} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replace(/ /g, '-'),
  );
  expect(named.filter((id) => ![...articles, ...anchors, ...headings].includes(id ?? ''))).toEqual([]);
});

test('an event that the runbook names is one that a step logs', () => {
  const named = [...runbook.matchAll(/`([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)`/g)].map(([, event]) => event ?? '');
  const settings = /^(vault|limits|rollout|enrollment|trust|regions|alerts)\./;
  const events = named.filter((event) => !settings.test(event));
  const files = execFileSync('git', ['ls-files', 'lambda'], { encoding: 'utf8' }).split('\n');
  const code = files.filter((file) => file.endsWith('.ts')).map((file) => readFileSync(file, 'utf8'));
  expect(events).toContain('account.waits');
  expect(events.filter((event) => !code.some((text) => text.includes(`'${event}'`)))).toEqual([]);
});

test('a rule that the runbook names is in the stack', () => {
  const named = [...runbook.matchAll(/rule \*(\w+)\*/g)].map(([, rule]) => rule ?? '');
  const rules = Object.entries(resourcesOf(templatesOf().vault)).filter(([, { Type }]) => Type === 'AWS::Events::Rule');
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((rule) => !rules.some(([id]) => id.includes(rule)))).toEqual([]);
});
