// Longer than most: every alarm of the vault, the most urgent first, is read in one list.
import { FLOW, type VaultStep } from '../contract/flow';
import * as METRICS from '../contract/metrics';
import { databasesMetric, METRIC_DIMENSION, METRIC_NAMESPACE } from '../contract/metrics';
import { NAMES } from '../contract/names';
import type { AlarmId } from './alarm-messages';

/** One alarm of the vault: its metric and its threshold. Its prose is in alarm-messages.ts. */
export interface AlarmSpec {
  readonly id: AlarmId;
  /** Id of its article in the runbook; several alarms may share one. */
  readonly article: string;
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
  };
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount';
  readonly periodMinutes: number;
  /** Periods in a row that must be bad. CloudWatch evaluates a week at most.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
  readonly periods: number;
  readonly bad: { readonly when: 'at-least' | 'below'; readonly threshold: number };
  /** What a period without data counts as: `breaching` where no data is the fault, else the state of the alarm stays. */
  readonly missing: 'breaching' | 'ignore' | 'notBreaching';
}

type Evaluation = Omit<AlarmSpec, 'id' | 'article' | 'metric'>;

const HOURLY: Evaluation = {
  statistic: 'Maximum',
  periodMinutes: 60,
  periods: 1,
  bad: { when: 'at-least', threshold: 1 },
  missing: 'ignore',
};

/** Every five minutes, for a count that has data only while something happens. */
const PROMPT: Evaluation = { ...HOURLY, periodMinutes: 5, missing: 'notBreaching' };

/** No data for so many periods in a row. Each step has one alarm of this kind, because its other alarms see nothing while
 * the step does not run: see decision 21. */
const noData = (periods: number, evaluation: Partial<Evaluation> = {}): Evaluation => ({
  ...HOURLY,
  statistic: 'Sum',
  ...evaluation,
  periods,
  bad: { when: 'below', threshold: 1 },
  missing: 'breaching',
});

const ofStep = (step: VaultStep, name: string): AlarmSpec['metric'] => ({
  namespace: METRIC_NAMESPACE,
  name,
  dimensions: { [METRIC_DIMENSION]: step },
});
const coverage = (name: string) => ofStep('report-coverage', name);
const importing = (name: string) => ofStep('import-copies', name);
const following = (name: string) => ofStep('follow-sources', name);
const queue = (QueueName: string): AlarmSpec['metric'] => ({
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName },
});

const alarm = (id: AlarmId, metric: AlarmSpec['metric'], evaluation: Evaluation = HOURLY): AlarmSpec => ({
  id,
  article: id,
  metric,
  ...evaluation,
});

/**
 * Periods in a row with a failed run that raise the alarm of a step. A period is as long as the schedule of the step, so that
 * a step that always fails has a failure in each. A step that runs a few times a day raises it at the first failure, and the
 * alarm ends when a run succeeds, not when an hour passes.
 */
const FAILURES: Readonly<Record<VaultStep, Partial<Evaluation>>> = {
  'follow-sources': { periodMinutes: 60, periods: 2 },
  'import-copies': { periodMinutes: 30, periods: 2 },
  'prune-copies': { periodMinutes: 60, periods: 1, missing: 'ignore' },
  'report-coverage': { periodMinutes: 60, periods: 2 },
};

/** Errors of each step: one article for all of them. */
const failing: readonly AlarmSpec[] = FLOW.flatMap((step): readonly AlarmSpec[] => {
  if (step.account !== 'vault') return [];
  const { name } = step;
  const metric = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: `checkvalve-${name}` } };
  const evaluation = { ...PROMPT, ...FAILURES[name], statistic: 'Sum' } as const;
  return [{ ...alarm(`${name}-failing`, metric, evaluation), article: 'step-failing' }];
});

/** Every alarm of the vault, the most urgent first. */
export const ALARMS: readonly AlarmSpec[] = [
  alarm('report-coverage-not-running', coverage(METRICS.reportCoverage.written), noData(3)),
  alarm(
    'import-copies-not-running',
    importing(METRICS.importCopies.quotaUsed),
    // The number of samples, not their value: a run that observed the vault has measured.
    noData(4, { statistic: 'SampleCount', periodMinutes: 15 }),
  ),
  alarm('copy-lost', coverage(databasesMetric('lost'))),
  alarm('coverage-access-denied', coverage(METRICS.reportCoverage.unknownAccounts)),
  alarm('coverage-incomplete', coverage(METRICS.reportCoverage.unreadParts), { ...HOURLY, periods: 6 }),
  alarm('database-never-copied', coverage(databasesMetric('never'))),
  alarm('rpo-exceeded', coverage(databasesMetric('late'))),
  alarm('copy-tags-disputed', coverage(METRICS.reportCoverage.disputedCopies)),
  alarm('database-in-uncovered-region', coverage(METRICS.reportCoverage.databasesElsewhere)),
  alarm('database-newly-unsupported', coverage(METRICS.reportCoverage.newlyUnsupported)),
  alarm('quota-nearly-full', importing(METRICS.importCopies.quotaUsed), {
    ...HOURLY,
    bad: { when: 'at-least', threshold: 80 },
  }),
  alarm('prune-copies-not-running', ofStep('prune-copies', METRICS.pruneCopies.done), noData(26)),
  alarm('copies-waiting-for-slots', importing(METRICS.importCopies.waitingForSlots), {
    ...HOURLY,
    statistic: 'Minimum',
    periods: 6,
  }),
  alarm('databases-waiting-for-admission', importing(METRICS.importCopies.waitingForAdmission)),
  alarm('quota-over-reserved', importing(METRICS.importCopies.reservedBeyondQuota)),
  alarm('copies-waiting-for-room', importing(METRICS.importCopies.waitingForRoom), {
    ...HOURLY,
    statistic: 'Minimum',
    periods: 6,
  }),
  alarm('copy-size-needs-decision', importing(METRICS.importCopies.waitingForSize)),
  alarm('account-slowed', importing(METRICS.importCopies.accountsInBackoff)),
  alarm('export-copy-deleted', importing(METRICS.importCopies.deletedBeforeCopied), {
    ...HOURLY,
    statistic: 'Sum',
    missing: 'notBreaching',
  }),
  alarm(
    'findings-not-delivered',
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    { namespace: 'AWS/Events', name: 'FailedInvocations', dimensions: { RuleName: NAMES.findingsRule } },
    { ...PROMPT, statistic: 'Sum' },
  ),
  alarm('export-copies-not-imported', coverage(METRICS.reportCoverage.exportCopiesNotImported), {
    ...HOURLY,
    periods: 2,
  }),
  alarm('inbox-dlq-not-empty', queue(`${NAMES.inbox}-dead-letters`), PROMPT),
  alarm('vault-wakeups-dlq-not-empty', queue(NAMES.wakeupsDeadLetters), PROMPT),
  alarm('source-wakeups-dlq-not-empty', coverage(METRICS.reportCoverage.sourceDeadLetters)),
  alarm('notifications-rejected', importing(METRICS.importCopies.messagesRejected), { ...PROMPT, statistic: 'Sum' }),
  alarm(
    'too-many-notifications',
    importing(METRICS.importCopies.notificationsOfOneAccount),
    // An account exports at most 25 copies at a time: even copies of five minutes are no more than 300 in an hour.
    { ...HOURLY, statistic: 'Sum', bad: { when: 'at-least', threshold: 500 }, missing: 'notBreaching' },
  ),
  alarm('registry-not-read', following(METRICS.followSources.registryRead), noData(26)),
  alarm('account-exits-held', following(METRICS.followSources.exitsWaiting)),
  alarm('account-exits-pending', following(METRICS.followSources.exitsPending)),
  alarm('account-exits-unconfirmed', following(METRICS.followSources.exitsUnconfirmed)),
  alarm('accounts-waiting-for-acceptance', following(METRICS.followSources.accountsWaiting)),
  alarm('subscription-refused', following(METRICS.followSources.subscriptionsRefused), { ...HOURLY, periods: 2 }),
  alarm('registry-outdated', following(METRICS.followSources.registryAge), {
    ...HOURLY,
    bad: { when: 'at-least', threshold: 26 },
  }),
  ...failing,
];
