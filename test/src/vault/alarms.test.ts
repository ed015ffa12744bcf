import { config } from '../../../src/checkvalve.config';
import { FLOW } from '../../../src/contract/flow';
import * as METRICS from '../../../src/contract/metrics';
import { ALARM_MESSAGES } from '../../../src/vault/alarm-messages';
import { ALARMS, type AlarmSpec } from '../../../src/vault/alarm-table';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const { vault } = templatesOf();
const resources = Object.entries(resourcesOf(vault));
const alarmsIn = (template: string) =>
  Object.entries(resourcesOf(template)).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
const deployed = alarmsIn(vault).map(([, one]) => one.Properties);

test('each alarm is named after its id, says its severity, Region and article, and notifies the one topic', () => {
  const [[topicId] = []] = resources.filter(([, { Type }]) => Type === 'AWS::SNS::Topic');
  expect(deployed).toHaveLength(ALARMS.length);
  expect(new Set(ALARMS.map(({ id }) => id)).size).toBe(ALARMS.length);
  expect(ALARMS.map(({ id }) => id).sort()).toEqual(Object.keys(ALARM_MESSAGES).sort());
  for (const { id, article } of ALARMS) {
    const properties = deployed.find(({ AlarmName }) => AlarmName === `checkvalve-${id}`);
    const { severity, title, meaning } = ALARM_MESSAGES[id];
    expect(properties?.AlarmDescription).toBe(
      `[${severity}] eu-central-1: ${title} ${meaning} What to do: docs/runbook.md#${article}`,
    );
    expect(properties?.AlarmActions).toEqual([{ Ref: topicId }]);
    expect(properties?.OKActions).toEqual([{ Ref: topicId }]);
    expect(properties).not.toHaveProperty('ActionsEnabled', false);
  }
});

// CloudWatch takes 1,024 characters.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
test('each alarm points to the configured runbook, and its description fits beside the longest address', () => {
  const runbookUrl = `https://${'r'.repeat(200)}`;
  const descriptions = alarmsIn(templatesOf({ ...config, alerts: { runbookUrl } }).vault).map(([, { Properties }]) =>
    String(Properties.AlarmDescription),
  );
  expect(descriptions).toHaveLength(ALARMS.length);
  for (const text of descriptions) {
    expect(text).toContain(`What to do: ${runbookUrl}#`);
    expect(text.length).toBeLessThanOrEqual(1024);
  }
});

test('missing data is bad where no data is the fault, and nowhere else', () => {
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

/** The step that an alarm watches: by its own metrics, or by those of its Lambda function. */
const stepOf = ({ metric }: AlarmSpec): string =>
  metric.dimensions.service ?? metric.dimensions.FunctionName?.replace(/^checkvalve-/, '') ?? '';

/** The alarm of each step that begins when there is no data; on our own metric, since Lambda's counts a run that did nothing. */
const heartbeats = new Map(
  ALARMS.filter(({ missing }) => missing === 'breaching').map((alarm) => [stepOf(alarm), alarm]),
);

test('no data never hides a fault: each alarm begins by it, is on a queue or a rule, or its step has an alarm that does', () => {
  const blind = ALARMS.filter((alarm) => {
    // A queue that has been idle for hours has no data: that is the good case.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
    const isOfQueue = alarm.metric.namespace === 'AWS/SQS' && alarm.metric.dimensions.QueueName !== undefined;
    // Nor of a rule that matched nothing. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    const isOfRule = alarm.metric.namespace === 'AWS/Events' && alarm.metric.dimensions.RuleName !== undefined;
    return alarm.missing !== 'breaching' && !isOfQueue && !isOfRule && !heartbeats.has(stepOf(alarm));
  });
  expect(blind.map(({ id }) => id)).toEqual([]);
});

test('each step has exactly one alarm for no data, on a metric of its own', () => {
  const breaching = ALARMS.filter(({ missing }) => missing === 'breaching');
  const steps = FLOW.filter(({ account }) => account === 'vault').map(({ name }) => name as string);
  expect(breaching.map(stepOf).sort()).toEqual(steps.sort());
  for (const { metric, bad, statistic } of breaching) {
    expect(metric.namespace).toBe('Checkvalve');
    expect(bad).toEqual({ when: 'below', threshold: 1 });
    // A minimum or a maximum depends on the value that was measured; the number of samples, or the sum of ones, does not.
    expect(['Sum', 'SampleCount']).toContain(statistic);
  }
});

test('CloudWatch evaluates as many periods as each alarm needs', () => {
  const tooFar = ALARMS.filter(({ periodMinutes, periods }) => {
    const max = periodMinutes < 60 ? 24 * 60 : 7 * 24 * 60;
    return periodMinutes * periods > max;
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
  'the alarm for failures of %s begins when each run fails, at whatever minute the runs begin',
  (name) => {
    const every = everyMinutes(`checkvalve-${name}`);
    const { periodMinutes = 0, periods = 0 } =
      ALARMS.find(({ metric }) => metric.dimensions.FunctionName === `checkvalve-${name}`) ?? {};
    for (let minute = 0; minute < every; minute += 1) {
      const runs = Array.from({ length: (3 * 1440) / every }, (_, run) => minute + run * every);
      const failed = new Set(runs.map((at) => Math.floor(at / periodMinutes)));
      const begins = [...failed].some((first) =>
        Array.from({ length: periods }, (_, at) => first + at).every((period) => failed.has(period)),
      );
      expect([minute, begins]).toEqual([minute, true]);
    }
  },
);

test.each([...heartbeats])(
  'the alarm for no data of %s does not begin while the step keeps its schedule',
  (step, alarm) => {
    const { periodMinutes, periods } = alarm;
    const every = everyMinutes(`checkvalve-${step}`);
    // A run may come some minutes later than the one before: it waits in a queue, or reads more.
    const late = 10;
    expect(periodMinutes * periods).toBeGreaterThanOrEqual(every + periodMinutes + late);
  },
);

test('each of our metrics that an alarm watches is one that a step measures', () => {
  const measured = Object.values(METRICS).flatMap((names): string[] =>
    typeof names === 'object' ? Object.values(names) : [],
  );
  const ours = ALARMS.filter(({ metric }) => metric.namespace === 'Checkvalve').map(({ metric }) => metric.name);
  expect(ours.filter((name) => !measured.includes(name) && !/^Databases[A-Z]/.test(name))).toEqual([]);
  // It is in the daily message; a backup that is missed makes a copy late, and that has an alarm.
  expect(measured.filter((name) => !ours.includes(name))).toEqual(['MissedBackups']);
});
