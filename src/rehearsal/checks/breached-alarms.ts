import { METRIC_NAMESPACE } from '../../contract/metrics';
import { ALARMS, type AlarmSpec } from '../../vault/alarm-table';

/** The metrics of one line of the embedded metric format. */
export interface Measured {
  readonly step: string;
  readonly values: Readonly<Record<string, number>>;
}

/** The metrics in the text of a log, as CloudWatch reads them. */
export function measuredIn(log: string): readonly Measured[] {
  return log.split('\n').flatMap((line) => {
    if (!line.startsWith('{"_aws"')) return [];
    const { _aws, ...fields } = JSON.parse(line) as Record<string, unknown> & {
      _aws: {
        CloudWatchMetrics: readonly { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
      };
    };
    return _aws.CloudWatchMetrics.map(({ Namespace, Dimensions, Metrics }) => {
      if (Namespace !== METRIC_NAMESPACE || JSON.stringify(Dimensions) !== '[["service"]]') {
        throw new Error(`no alarm reads this metric: ${line}`);
      }
      const values = Object.fromEntries(Metrics.map(({ Name }) => [Name, Number(fields[Name])]));
      return { step: String(fields.service), values };
    });
  });
}

const isBad = ({ bad: { when, threshold }, statistic }: AlarmSpec, measured: number): boolean => {
  // Each measurement is one sample, whatever its value.
  const value = statistic === 'SampleCount' ? 1 : measured;
  return when === 'at-least' ? value >= threshold : value < threshold;
};

/** The ids of the alarms that these measurements breach, if they last for the periods of the alarm. */
export const breachedAlarms = (measured: readonly Measured[]): readonly string[] =>
  ALARMS.filter((alarm) =>
    measured.some(({ step, values }) => {
      const { namespace, name, dimensions } = alarm.metric;
      const value = values[name];
      return (
        namespace === METRIC_NAMESPACE && dimensions.service === step && value !== undefined && isBad(alarm, value)
      );
    }),
  ).map(({ id }) => id);
