import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ALARMS, type AlarmSpec } from './alarm-table';

const COMPARISON = {
  'at-least': ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;
const MISSING = {
  breaching: TreatMissingData.BREACHING,
  ignore: TreatMissingData.IGNORE,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const;

/** `Checkvalve: a copy is lost` as a logical id: `ACopyIsLost`. */
const idOf = ({ name }: AlarmSpec): string =>
  name
    .replace(/^Checkvalve: /, '')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

/** The vault's alarms, all of which tell one topic when something begins and when it is over. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { topic }: { readonly topic: ITopic }) {
    super(scope, id);
    const tell = new SnsAction(topic);
    for (const spec of ALARMS) {
      const { namespace, name: metricName, dimensions: dimensionsMap } = spec.metric;
      const alarm = new Alarm(this, idOf(spec), {
        alarmName: spec.name,
        alarmDescription: `${spec.meaning} What to do: docs/runbook.md, “${spec.article}”.`,
        metric: new Metric({
          namespace,
          metricName,
          dimensionsMap,
          statistic: spec.statistic,
          period: Duration.minutes(spec.periodMinutes),
        }),
        comparisonOperator: COMPARISON[spec.bad.when],
        threshold: spec.bad.threshold,
        evaluationPeriods: spec.periods,
        treatMissingData: MISSING[spec.missing],
      });
      alarm.addAlarmAction(tell);
      alarm.addOkAction(tell);
    }
  }
}
