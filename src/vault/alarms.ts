import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { PREFIX } from '../contract/names';
import { articleUrl } from '../contract/runbook';
import { ALARM_MESSAGES } from './alarm-messages';
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

/** What the alarms notify, and where their articles are. */
export interface AlarmsProps {
  readonly topic: ITopic;
  readonly runbookUrl: string;
}

/** Physical name of an alarm, and so the subject of its mail. */
export const alarmNameOf = (id: string): string => `${PREFIX}-${id}`;

/** `quota-full` as a logical id: `QuotaFull`. It derives from the id only, so that a new sentence does not replace the alarm. */
const logicalIdOf = (id: string): string =>
  id
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

function descriptionOf({ id, article }: AlarmSpec, region: string, runbookUrl: string): string {
  const { severity, title, meaning } = ALARM_MESSAGES[id];
  return `[${severity}] ${region}: ${title} ${meaning} What to do: ${articleUrl(runbookUrl, article)}`;
}

/** The alarms of the vault, each of which notifies one topic when it begins and when it ends. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { topic, runbookUrl }: AlarmsProps) {
    super(scope, id);
    const notify = new SnsAction(topic);
    for (const spec of ALARMS) {
      const { namespace, name: metricName, dimensions: dimensionsMap } = spec.metric;
      const alarm = new Alarm(this, logicalIdOf(spec.id), {
        alarmName: alarmNameOf(spec.id),
        alarmDescription: descriptionOf(spec, Stack.of(this).region, runbookUrl),
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
      alarm.addAlarmAction(notify);
      alarm.addOkAction(notify);
    }
  }
}
