import type { CoverageEvidence } from '../../../src/contract/coverage';
import * as METRICS from '../../../src/contract/metrics';
import { COVERAGE_ARTICLE } from '../../../src/contract/runbook';
import type { Alerts } from '../../_kit/ports/alerts';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Measure } from '../../_kit/ports/metrics';
import type { CoverageSight } from './observe';
import type { CoverageAction } from './plan';

/** What report-coverage touches. */
export interface CoveragePorts extends CoverageSight {
  readonly evidence: Evidence;
  readonly alerts: Alerts;
  readonly measure: Measure;
}

/**
 * Does the actions of one run. The newest report is written last and says what was done before it: a run that is cut off
 * tells again and keeps again, rather than not at all.
 */
export class CoverageActor {
  private done: Pick<CoverageEvidence, 'alertedAt' | 'kept'> = {};

  constructor(
    private readonly ports: Pick<CoveragePorts, 'evidence' | 'alerts' | 'measure'>,
    private readonly evidence: CoverageEvidence,
  ) {}

  /** Does one action, and says how it ended. */
  async act(action: CoverageAction): Promise<{ readonly outcome: string }> {
    const { alerts, evidence, measure } = this.ports;
    switch (action.do) {
      case 'tell':
        await alerts.publish(action.message.subject, action.message.text, COVERAGE_ARTICLE);
        this.done = { ...this.done, alertedAt: this.evidence.at };
        break;
      case 'keep':
        await evidence.keep(action.name, asText(this.evidence), action.until);
        this.done = { ...this.done, kept: action.name };
        break;
      case 'replace':
        await evidence.replace(action.name, asText({ ...this.evidence, ...this.done }));
        measure({ [METRICS.reportCoverage.written]: 1 });
        break;
    }
    return { outcome: 'done' };
  }
}

const asText = (evidence: CoverageEvidence): string => `${JSON.stringify(evidence, null, 1)}\n`;
