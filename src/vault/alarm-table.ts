// Longer than most: every alarm of the vault, the gravest first, is read in one list.
import { FLOW } from '../contract/flow';
import * as METRICS from '../contract/metrics';
import { databasesMetric, METRIC_DIMENSION, METRIC_NAMESPACE } from '../contract/metrics';
import { NAMES } from '../contract/names';

/** One alarm of the vault: what it watches, and what it means to whoever is woken by it. */
export interface AlarmSpec {
  /** Unique, and the subject of the mail: it says what is wrong, not which metric it is. */
  readonly name: string;
  /** What it means, in one or two sentences. */
  readonly meaning: string;
  /** Heading of its article in docs/runbook.md; several alarms may share one. */
  readonly article: string;
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
  };
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount';
  readonly periodMinutes: number;
  /** Periods in a row that must be bad. CloudWatch looks back a week at the most.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
  readonly periods: number;
  readonly bad: { readonly when: 'at-least' | 'below'; readonly threshold: number };
  /** What a period without data counts as: bad where absence is the fault, else the alarm stays as it was. */
  readonly missing: 'breaching' | 'ignore' | 'notBreaching';
}

type Rest = Omit<AlarmSpec, 'name' | 'article' | 'metric' | 'meaning'>;

const HOURLY: Rest = {
  statistic: 'Maximum',
  periodMinutes: 60,
  periods: 1,
  bad: { when: 'at-least', threshold: 1 },
  missing: 'ignore',
};

/** Every five minutes, where what is counted is there only while it happens. */
const PROMPT: Rest = { ...HOURLY, periodMinutes: 5, missing: 'notBreaching' };

/** Silent for so many periods on end. Each step has one alarm of this kind, which makes up for what its others cannot see
 * while it does not run: see decision 21. */
const silent = (periods: number, rest: Partial<Rest> = {}): Rest => ({
  ...HOURLY,
  statistic: 'Sum',
  ...rest,
  periods,
  bad: { when: 'below', threshold: 1 },
  missing: 'breaching',
});

const ofStep = (step: string, name: string): AlarmSpec['metric'] => ({
  namespace: METRIC_NAMESPACE,
  name,
  dimensions: { [METRIC_DIMENSION]: step },
});
const coverage = (name: string) => ofStep('report-coverage', name);
const queue = (QueueName: string): AlarmSpec['metric'] => ({
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName },
});

const alarm = (name: string, meaning: string, metric: AlarmSpec['metric'], rest: Rest = HOURLY): AlarmSpec => ({
  name: `Checkvalve: ${name}`,
  article: name,
  meaning,
  metric,
  ...rest,
});

const FAILS = 'a step of the vault fails';

type VaultStep = Extract<(typeof FLOW)[number], { readonly account: 'vault' }>['name'];

/**
 * After how many periods in a row with a run that failed a person is told. A period is as long as it takes from one run to
 * the next by the step's own schedule, so that a step that always fails has a failure in each. Of what runs a few times a day a
 * person hears at once, and hears that it is over when a run went well, not when an hour went by.
 */
const PATIENCE: Readonly<Record<VaultStep, Pick<AlarmSpec, 'periodMinutes' | 'periods'> & Partial<AlarmSpec>>> = {
  'follow-sources': { periodMinutes: 60, periods: 2 },
  'import-copies': { periodMinutes: 15, periods: 3 },
  'prune-copies': { periodMinutes: 60, periods: 1, missing: 'ignore' },
  'report-coverage': { periodMinutes: 60, periods: 2 },
};

/** Errors of each step, however many steps there are: one article for all of them. */
const stepFails = FLOW.filter((step) => step.account === 'vault').map(
  ({ name }): AlarmSpec => ({
    name: `Checkvalve: ${name} fails in the vault`,
    article: FAILS,
    meaning: `A run of ${name} ended with an error. The next run tries again; if the alarm stays, it does not help itself.`,
    metric: { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: `checkvalve-${name}` } },
    ...PROMPT,
    ...PATIENCE[name],
    statistic: 'Sum',
  }),
);

/** Every alarm of the vault, the gravest first. */
export const ALARMS: readonly AlarmSpec[] = [
  alarm(
    'nobody has looked at the copies for hours',
    'report-coverage has written no report for three hours: every other alarm about databases is blind.',
    coverage(METRICS.reportCoverage.written),
    silent(3),
  ),
  alarm(
    'nobody has looked for copies to take in for an hour',
    'import-copies has not run, or has not come so far as to look around: no copy comes in, and the alarms about room are blind.',
    ofStep('import-copies', METRICS.importCopies.quotaUsed),
    // How often it was measured, not what: a run that looked around has measured.
    silent(4, { statistic: 'SampleCount', periodMinutes: 15 }),
  ),
  alarm(
    'a copy has vanished from the vault',
    'The newest copy that the vault had of a database is gone, and no newer one has come. Nothing of Checkvalve deletes it.',
    coverage(databasesMetric('lost')),
  ),
  alarm(
    'an account does not let the vault look in',
    'AWS answers that an account does not let the vault look in: whether its databases have new backups is unknown, which is worse than late.',
    coverage(METRICS.reportCoverage.unknownAccounts),
  ),
  alarm(
    'what coverage looks at cannot be read',
    'For six hours an account could not be asked, or a part of one that lets the vault look in, or the registry, could not be read: what is said of the rest may be too good.',
    coverage(METRICS.reportCoverage.unreadParts),
    { ...HOURLY, periods: 6 },
  ),
  alarm(
    'a database has never been copied',
    'A database that should be protected has no copy in the vault, although one was due.',
    coverage(databasesMetric('never')),
  ),
  alarm(
    'a copy is older than its RPO',
    'The newest copy of a database is older than its RPO: more data would be lost than was agreed.',
    coverage(databasesMetric('late')),
  ),
  alarm(
    'a source says otherwise than RDS',
    'In the last week the vault imported a copy whose tags name another database, or a later time, than RDS does. It is filed under what RDS says.',
    coverage(METRICS.reportCoverage.disputedCopies),
  ),
  alarm(
    'a production database stands where no vault is',
    'An account has databases that are tagged for backup in a Region that the configuration does not name: they are not copied to any vault.',
    coverage(METRICS.reportCoverage.databasesElsewhere),
  ),
  alarm(
    'a database can no longer be copied',
    'A database was found that cannot be copied as it is, and was not known as such an hour ago.',
    coverage(METRICS.reportCoverage.newlyUnsupported),
  ),
  alarm(
    'the vault is nearly full',
    'More than 80 % of the manual snapshots that the vault may have are in use. When it is full no copy comes in.',
    ofStep('import-copies', METRICS.importCopies.quotaUsed),
    { ...HOURLY, bad: { when: 'at-least', threshold: 80 } },
  ),
  alarm(
    'nobody has cleared the vault of old copies for a day',
    'prune-copies has not run for 26 hours, or has not come so far as to delete: the vault fills up, and then takes nothing in.',
    ofStep('prune-copies', METRICS.pruneCopies.done),
    silent(26),
  ),
  alarm(
    'copies wait for a slot for hours',
    'For six hours copies have been due that RDS let nobody start: as many as it allows were in flight.',
    ofStep('import-copies', METRICS.importCopies.waitingForSlots),
    { ...HOURLY, statistic: 'Minimum', periods: 6 },
  ),
  alarm(
    'new databases wait for admission',
    'The vault does not copy some databases yet: its room is reserved, or their account has more new databases than it may have in a day. The log of import-copies names the account.',
    ofStep('import-copies', METRICS.importCopies.waitingForAdmission),
  ),
  alarm(
    'more room is reserved than the vault has',
    'The databases in the vault need more manual snapshots than its quota allows: their accounts share what there is, and copies come late.',
    ofStep('import-copies', METRICS.importCopies.reservedBeyondQuota),
  ),
  alarm(
    'copies wait for room',
    'For six hours copies of admitted databases have found no place: the vault is full, or a database has more copies than its backup plan makes.',
    ofStep('import-copies', METRICS.importCopies.waitingForRoom),
    { ...HOURLY, statistic: 'Minimum', periods: 6 },
  ),
  alarm(
    'a copy waits for a decision on its size',
    'A copy is larger than the vault copies by itself, or its account has had more copied in a day than it may. The log of import-copies names it, and what its storage would cost.',
    ofStep('import-copies', METRICS.importCopies.waitingForSize),
  ),
  alarm(
    'an account is slowed because its copies fail',
    'Three or more copies of an account failed within 24 hours: the vault starts fewer of its copies until one is good. Other accounts are not affected.',
    ofStep('import-copies', METRICS.importCopies.accountsInBackoff),
  ),
  alarm(
    'an export copy was deleted before it was copied',
    'An export copy was deleted, or is shared no more, before its copy into the vault was finished: this backup is not copied to the vault. The log of import-copies names the database.',
    ofStep('import-copies', METRICS.importCopies.deletedOnTheWay),
    { ...HOURLY, statistic: 'Sum', missing: 'notBreaching' },
  ),
  alarm(
    'findings about openings are not delivered',
    'EventBridge could not publish a finding of IAM Access Analyzer to the alerts topic: something may be open to others, and no message says so.',
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    { namespace: 'AWS/Events', name: 'FailedInvocations', dimensions: { RuleName: NAMES.findingsRule } },
    { ...PROMPT, statistic: 'Sum' },
  ),
  alarm(
    'export copies are not taken',
    'An export copy was shared with the vault more than six hours ago, and the vault has not taken it.',
    coverage(METRICS.reportCoverage.exportCopiesNotImported),
    { ...HOURLY, periods: 2 },
  ),
  alarm(
    'rings at the inbox were not understood',
    'Messages lie in the inbox’s dead-letter queue: the importer could not deal with them five times.',
    queue(`${NAMES.inbox}-dead-letters`),
    PROMPT,
  ),
  alarm(
    'wake-ups of the vault were lost',
    'Events that should have woken a step of the vault led to nothing. The schedules make up for it, later.',
    queue(NAMES.wakeupsDeadLetters),
    PROMPT,
  ),
  alarm(
    'wake-ups of a source were lost',
    'Events that should have woken the exporter of a source led to nothing. Its schedule makes up for it, later.',
    coverage(METRICS.reportCoverage.sourceDeadLetters),
  ),
  alarm(
    'somebody unknown rings at the inbox',
    'Messages came from a topic of our name in an account that the vault does not follow, or were no notifications.',
    ofStep('import-copies', METRICS.importCopies.messagesRejected),
    { ...PROMPT, statistic: 'Sum' },
  ),
  alarm(
    'an account sends too many notifications',
    'In an hour the inbox received 500 or more notifications that may all be of one account. They cost runs of import-copies, and no other account its turn. The log of import-copies names the account.',
    ofStep('import-copies', METRICS.importCopies.notificationsOfOneAccount),
    // An account exports at most 25 copies at a time: even copies of five minutes are no more than 300 in an hour.
    { ...HOURLY, statistic: 'Sum', bad: { when: 'at-least', threshold: 500 }, missing: 'notBreaching' },
  ),
  alarm(
    'the registry of accounts is out of reach',
    'For 26 hours the vault has read no registry that has entries: new accounts are not followed.',
    ofStep('follow-sources', METRICS.followSources.registryRead),
    silent(26),
  ),
  alarm(
    'many accounts leave at once',
    'The registry ends more accounts than may leave in a day, or says of some what cannot be read. The vault follows them on.',
    ofStep('follow-sources', METRICS.followSources.exitsWaiting),
  ),
  alarm(
    'accounts are about to leave',
    'The registry says that accounts left. The vault follows them for a day more, then imports no new copies from them.',
    ofStep('follow-sources', METRICS.followSources.exitsPending),
  ),
  alarm(
    'accounts have left',
    'The vault imports no new copies from accounts that left, and no operator has confirmed that this is meant.',
    ofStep('follow-sources', METRICS.followSources.exitsUnconfirmed),
  ),
  alarm(
    'accounts wait to be accepted',
    'More accounts came in a day than the vault accepts by itself: their databases are copied on a later day, or when an operator accepts them.',
    ofStep('follow-sources', METRICS.followSources.accountsWaiting),
  ),
  alarm(
    'a topic does not let the vault subscribe',
    'The topic of a followed account refuses the inbox: copies of that account come in later, by the sweep, or not at all.',
    ofStep('follow-sources', METRICS.followSources.subscriptionsRefused),
    { ...HOURLY, periods: 2 },
  ),
  alarm(
    'the registry of accounts is not kept up',
    'For 26 hours nothing was heard of the daily sweep over the organization: who came and who left is not known.',
    ofStep('follow-sources', METRICS.followSources.registryAge),
    { ...HOURLY, bad: { when: 'at-least', threshold: 26 } },
  ),
  ...stepFails,
];
