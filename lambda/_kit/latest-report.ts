import { type CoverageEvidence, readEvidence } from '../../src/contract/coverage';
import { LATEST_COVERAGE } from '../../src/contract/names';
import type { Evidence } from './ports/evidence';
import type { Log } from './ports/log';
import { failure } from './runtime/each';

/** The latest report of report-coverage; undefined, with a log line, when there is none that can be read. */
export async function latestReport(evidence: Pick<Evidence, 'read'>, log: Log): Promise<CoverageEvidence | undefined> {
  try {
    const text = await evidence.read(LATEST_COVERAGE);
    return text === undefined ? undefined : readEvidence(text);
  } catch (error) {
    log('report.unreadable', { because: failure(error) });
    return undefined;
  }
}
