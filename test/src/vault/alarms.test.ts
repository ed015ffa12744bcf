import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { FLOW } from '../../../src/contract/flow';
import * as METRICS from '../../../src/contract/metrics';
import { VERDICTS } from '../../../src/contract/verdicts';
import { ALARMS, type AlarmSpec } from '../../../src/vault/alarm-table';
import { OPENING } from '../../../src/vault/watch-for-openings';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const articles = runbook.split(/^## /m).slice(1);
const headings = articles.map((article) => article.split('\n')[0]);
const { vault } = templatesOf();
const resources = Object.entries(resourcesOf(vault));
const deployed = resources.filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm').map(([, one]) => one.Properties);

test('every alarm has an article in the runbook, and every article an alarm', () => {
  const wanted = [...new Set([...ALARMS.map(({ article }) => article), OPENING])];
  expect(headings.filter((heading, at) => headings.indexOf(heading) !== at)).toEqual([]);
  expect([...headings].sort()).toEqual([...wanted].sort());
});

test.each(articles.map((article) => [article.split('\n')[0], article]))('“%s” says what, where and how', (_, text) => {
  const parts = ['**What it means.**', '**Investigation.**', '**Resolution.**'].map(
    (part) => text?.indexOf(part) ?? -1,
  );
  expect(parts.every((at) => at > 0)).toBe(true);
  expect(parts).toEqual([...parts].sort((a, b) => a - b));
});

test('every verdict has its row in the runbook, and every row a verdict', () => {
  const [, chapter = ''] = runbook.split(/^# What stops one copy$/m);
  const rows = chapter.split('\n').filter((line) => /^\| `/.test(line));
  const codes = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, code]) => code));
  expect(codes.sort()).toEqual(Object.keys(VERDICTS).sort());
});

test('a message that names an article of the runbook names one that is there', () => {
  const files = execFileSync('git', ['ls-files', 'src', 'lambda'], { encoding: 'utf8' }).split('\n');
  const named = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/docs\/runbook\.md, “([^”$]+)”/g)])
    .map(([, article]) => article);
  expect(named).toContain('an account does not let the vault look in');
  expect(named.filter((article) => !headings.includes(article))).toEqual([]);
});

test('a rule that the runbook names is in the stack', () => {
  const named = [...runbook.matchAll(/rule \*(\w+)\*/g)].map(([, rule]) => rule ?? '');
  const rules = resources.filter(([, { Type }]) => Type === 'AWS::Events::Rule').map(([id]) => id);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((rule) => !rules.some((id) => id.includes(rule)))).toEqual([]);
});

test('every alarm is deployed under a name of its own, says what it means, and tells the one topic', () => {
  const [[topicId] = []] = resources.filter(([, { Type }]) => Type === 'AWS::SNS::Topic');
  expect(deployed).toHaveLength(ALARMS.length);
  expect(new Set(deployed.map(({ AlarmName }) => AlarmName)).size).toBe(ALARMS.length);
  for (const { name, meaning, article } of ALARMS) {
    const properties = deployed.find(({ AlarmName }) => AlarmName === name);
    expect(properties?.AlarmDescription).toContain(meaning);
    expect(properties?.AlarmDescription).toContain(`docs/runbook.md, “${article}”`);
    expect(String(properties?.AlarmDescription).length).toBeLessThanOrEqual(1024);
    expect(properties?.AlarmActions).toEqual([{ Ref: topicId }]);
    expect(properties?.OKActions).toEqual([{ Ref: topicId }]);
    expect(properties).not.toHaveProperty('ActionsEnabled', false);
  }
});

test('where absence is the fault, missing data is bad; nowhere else does silence hide or make an alarm', () => {
  const breaching = deployed.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
  expect(breaching.map(({ MetricName }) => MetricName).sort()).toEqual([
    'CoverageWritten',
    'PruningDone',
    'QuotaUsedPercent',
    'RegistryRead',
  ]);
  for (const { ComparisonOperator, Threshold } of breaching) {
    expect([ComparisonOperator, Threshold]).toEqual(['LessThanThreshold', 1]);
  }
});

/** The step that an alarm hears of something: by its own metrics, or by Lambda's of its function. */
const stepOf = ({ metric }: AlarmSpec): string =>
  metric.dimensions.service ?? metric.dimensions.FunctionName?.replace(/^checkvalve-/, '') ?? '';

/** The one alarm that rings when a step says nothing; of a metric of ours, as Lambda's would count a run that did nothing. */
const heartbeats = new Map(
  ALARMS.filter(({ missing }) => missing === 'breaching').map((alarm) => [stepOf(alarm), alarm]),
);

test('no silence goes unheard: each alarm rings by it, is on a queue, or its step has one that does', () => {
  const deaf = ALARMS.filter((alarm) => {
    // A queue that has been idle for hours has no data: there silence is the good case.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
    const isOfQueue = alarm.metric.namespace === 'AWS/SQS' && alarm.metric.dimensions.QueueName !== undefined;
    // Nor of a rule that matched nothing. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    const isOfRule = alarm.metric.namespace === 'AWS/Events' && alarm.metric.dimensions.RuleName !== undefined;
    return alarm.missing !== 'breaching' && !isOfQueue && !isOfRule && !heartbeats.has(stepOf(alarm));
  });
  expect(deaf.map(({ name }) => name)).toEqual([]);
});

test('each step has one alarm for its silence and no second, on a metric of its own', () => {
  const breaching = ALARMS.filter(({ missing }) => missing === 'breaching');
  const steps = FLOW.filter(({ account }) => account === 'vault').map(({ name }) => name as string);
  expect(breaching.map(stepOf).sort()).toEqual(steps.sort());
  for (const { metric, bad, statistic } of breaching) {
    expect(metric.namespace).toBe('Checkvalve');
    expect(bad).toEqual({ when: 'below', threshold: 1 });
    // A minimum or a maximum would ring by what was measured; how often it was, or the sum of ones, by silence alone.
    expect(['Sum', 'SampleCount']).toContain(statistic);
  }
});

test('CloudWatch can look back as far as each alarm does', () => {
  const tooFar = ALARMS.filter(({ periodMinutes, periods }) => {
    const most = periodMinutes < 60 ? 24 * 60 : 7 * 24 * 60;
    return periodMinutes * periods > most;
  });
  expect(tooFar).toEqual([]);
});

test('each step of the vault has an alarm for its errors', () => {
  const watched = ALARMS.flatMap(({ metric }) => (metric.name === 'Errors' ? [metric.dimensions.FunctionName] : []));
  const steps = FLOW.filter(({ account }) => account === 'vault').map(({ name }) => `checkvalve-${name}`);
  expect(watched).toEqual(steps);
  const functions = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  expect(functions.map(([, { Properties }]) => Properties.FunctionName).sort()).toEqual([...steps].sort());
});

/** Minutes between the runs of a step by its own schedule: of the rule that wakes it, or fills the queue that feeds it. */
function everyMinutes(step: string): number {
  const [id = ''] = resources.find(([, { Properties }]) => Properties.FunctionName === step) ?? [];
  const refersTo = (value: unknown) => (JSON.stringify(value).match(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/) ?? [])[1];
  const feeds = resources.filter(
    ([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::EventSourceMapping' && refersTo(Properties.FunctionName) === id,
  );
  const wakers = [id, ...feeds.map(([, { Properties }]) => refersTo(Properties.EventSourceArn))];
  const rates = resources.flatMap(([, { Type, Properties }]) => {
    const targets = Type === 'AWS::Events::Rule' ? (Properties.Targets as { Arn: unknown }[]) : [];
    const [, number, unit = ''] = /^rate\((\d+) (\w+?)s?\)$/.exec(String(Properties.ScheduleExpression)) ?? [];
    if (!number || !targets.some(({ Arn }) => wakers.includes(refersTo(Arn)))) return [];
    return [Number(number) * ({ minute: 1, hour: 60, day: 1440 }[unit] ?? Number.NaN)];
  });
  expect(rates).toHaveLength(1);
  return rates[0] ?? Number.NaN;
}

test.each(FLOW.filter(({ account }) => account === 'vault').map(({ name }) => [name]))(
  '%s rings when each of its runs fails, at whatever minute they begin',
  (name) => {
    const every = everyMinutes(`checkvalve-${name}`);
    const { periodMinutes = 0, periods = 0 } =
      ALARMS.find(({ metric }) => metric.dimensions.FunctionName === `checkvalve-${name}`) ?? {};
    for (let minute = 0; minute < every; minute += 1) {
      const runs = Array.from({ length: (3 * 1440) / every }, (_, run) => minute + run * every);
      const failed = new Set(runs.map((at) => Math.floor(at / periodMinutes)));
      const rings = [...failed].some((first) =>
        Array.from({ length: periods }, (_, at) => first + at).every((period) => failed.has(period)),
      );
      expect([minute, rings]).toEqual([minute, true]);
    }
  },
);

test.each([...heartbeats])(
  'the alarm for the silence of %s leaves a step alone that keeps its schedule',
  (step, alarm) => {
    const { periodMinutes, periods } = alarm;
    const every = everyMinutes(`checkvalve-${step}`);
    // A run may come some minutes later than the one before did: it waits in a queue, or looks at more.
    const late = 10;
    expect(periodMinutes * periods).toBeGreaterThanOrEqual(every + periodMinutes + late);
  },
);

test('every metric of ours that an alarm waits for is one that a step measures', () => {
  const measured = Object.values(METRICS).flatMap((names): string[] =>
    typeof names === 'object' ? Object.values(names) : [],
  );
  const ours = ALARMS.filter(({ metric }) => metric.namespace === 'Checkvalve').map(({ metric }) => metric.name);
  expect(ours.filter((name) => !measured.includes(name) && !/^Databases[A-Z]/.test(name))).toEqual([]);
  // Told in the daily message with AWS Backup's words; what comes of it is a late copy, which has an alarm.
  expect(measured.filter((name) => !ours.includes(name))).toEqual(['MissedBackups']);
});
