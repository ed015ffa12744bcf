import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from '../../../src/contract/metrics';
import type { Measure } from '../ports/metrics';

/**
 * Measures by the embedded metric format: one line of the log, from which CloudWatch makes metrics, so that no step needs a
 * permission or a call for them. AWS's own library writes it: the format has limits (100 metrics a line) that it keeps.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfMeasure(step: string): Measure {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: step });
  return (values) => {
    for (const [name, value] of Object.entries(values)) {
      metrics.addMetric(name, name.endsWith('Percent') ? MetricUnit.Percent : MetricUnit.Count, value);
    }
    metrics.publishStoredMetrics();
  };
}
