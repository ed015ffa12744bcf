import type { CoverageEvidence } from '../../../src/contract/coverage';
import * as METRICS from '../../../src/contract/metrics';
import { COVERAGE_ARTICLE } from '../../../src/contract/runbook';
import type { Alerts } from '../../_kit/ports/alerts';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Measure } from '../../_kit/ports/metrics';
import type { CoverageReadPorts } from './observe';
import type { CoverageAction } from './plan';

/** What report-coverage reads and writes. */
export interface CoveragePorts extends CoverageReadPorts {
  readonly evidence: Evidence;
  readonly alerts: Alerts;
  readonly measure: Measure;
}

/** What the actions of one run share. */
export interface CoverageRun {
  readonly ports: Pick<CoveragePorts, 'evidence' | 'alerts' | 'measure'>;
  readonly evidence: CoverageEvidence;
  /** What the run has done so far. */
  done: Pick<CoverageEvidence, 'alertedAt' | 'kept'>;
}

/**
 * Performs one action. The last one writes the latest report, which says what the run did before: a run that is cut off notifies
 * and keeps again, rather than not at all.
 */
export async function act(action: CoverageAction, run: CoverageRun): Promise<{ readonly outcome: string }> {
  const { alerts, evidence, measure } = run.ports;
  switch (action.do) {
    case 'notify':
      await alerts.publish(action.message.subject, action.message.text, COVERAGE_ARTICLE);
      run.done = { ...run.done, alertedAt: run.evidence.at };
      break;
    case 'keep':
      await evidence.keep(action.name, asText(run.evidence), action.until);
      run.done = { ...run.done, kept: action.name };
      break;
    case 'replace':
      await evidence.replace(action.name, asText({ ...run.evidence, ...run.done }));
      measure({ [METRICS.reportCoverage.written]: 1 });
      break;
  }
  return { outcome: 'done' };
}

const asText = (evidence: CoverageEvidence): string => `${JSON.stringify(evidence, null, 1)}\n`;
