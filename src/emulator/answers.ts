// Longer than most: the shape of each answer of the control entries, in one place.
/** A Lambda function that would run now: which, where, and with what event. */
export interface Wakeup {
  readonly functionArn: string;
  readonly account: string;
  readonly region: string;
  readonly event: unknown;
  /** The rule that woke it; null for an asynchronous invocation or a custom resource. */
  readonly ruleArn: string | null;
}

/** A deployed rule with a schedule expression. */
export interface Schedule {
  readonly ruleArn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly schedule: string;
  readonly enabled: boolean;
  readonly targets: ReadonlyArray<{ readonly arn: string; readonly input: string | null }>;
}

/** A message on its way from a topic to a queue, held until the queue's policy was judged. */
export interface Delivery {
  readonly id: string;
  readonly topicArn: string;
  readonly subscriptionArn: string;
  /** The queue's ARN. */
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly sourceAccount: string;
  readonly body: string;
}

/** A message that an AWS service sends to a topic, held until the policies of the topic and of its key were judged. */
export interface Publication {
  readonly id: string;
  /** The service principal: `events.amazonaws.com`. */
  readonly service: string;
  /** What it publishes for: a rule, an alarm. */
  readonly sourceArn: string;
  readonly topicArn: string;
  readonly subject: string | null;
  readonly message: string;
}

/** The key of a topic or a queue. */
export interface ResourceKey {
  /** Null without a key of KMS. */
  readonly keyArn: string | null;
  readonly enabled: boolean;
}

/** A target that EventBridge did not reach: one of FailedInvocations of the rule. */
export interface FailedInvocation {
  readonly at: string;
  readonly ruleArn: string;
  readonly targetArn: string;
}

/** One Publish, whoever was subscribed. */
export interface Notification {
  readonly at: string;
  readonly topicArn: string;
  readonly account: string;
  readonly subject: string | null;
  readonly message: string;
  readonly messageId: string;
  readonly subscriptions: ReadonlyArray<{ readonly protocol: string; readonly endpoint: string }>;
}

/** A function as it is deployed; `code` is the source text of its entry module. */
export interface DeployedFunction {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  readonly role: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly code: string;
}

/** A queue that a function is to be fed from; the caller polls it. */
export interface EventSource {
  readonly functionArn: string;
  readonly queueArn: string;
  readonly queueUrl: string;
  /** Messages that can be received now. */
  readonly waiting: number;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly enabled: boolean;
  readonly reportBatchItemFailures: boolean;
  readonly uuid: string;
}

/** One call as the emulator answered it. */
export interface LoggedCall {
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly principalKey: string;
}

/** Something the emulator could not do; a rehearsal with problems proves nothing. */
export interface Problem {
  readonly kind: string;
  readonly detail: string;
}

/** The next calls of an action answer with an error, late, or both. */
export interface Fault {
  readonly action: string;
  /** The error's code; without one the call is only delayed. */
  readonly code?: string;
  readonly status?: number;
  /** How many calls; one by default. */
  readonly times?: number;
  readonly account?: string;
  readonly region?: string;
  /** Only calls whose decoded body holds this text. */
  readonly match?: string;
  readonly message?: string;
  /** Real milliseconds, not virtual ones. */
  readonly delayMs?: number;
}

/** An organization as it is to be built. */
export interface OrganizationSpec {
  readonly management: string;
  readonly organizationId?: string;
  readonly rootId?: string;
  /** Parents before children; `parent` is the id or name of a unit, or `root`. */
  readonly ous?: ReadonlyArray<{ readonly id?: string; readonly name: string; readonly parent?: string }>;
  readonly accounts?: readonly AccountSpec[];
  /** Services with trusted access; StackSets by default. */
  readonly trustedServices?: readonly string[];
}

/** A member account with the id it is to have. */
export interface AccountSpec {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly ou?: string;
  readonly state?: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';
  readonly tags?: Readonly<Record<string, string>>;
  readonly joined?: string;
}

/** Which deployed backup plans take their turn now, and how. */
export interface BackupRun {
  readonly account: string;
  readonly region: string;
  readonly planName?: string;
  readonly rule?: string;
  /** Only these databases (ARNs), of those the selection picks. */
  readonly databases?: readonly string[];
  readonly durationSeconds?: number;
  readonly eventDelaySeconds?: number;
  readonly fail?: {
    readonly state: 'FAILED' | 'EXPIRED' | 'ABORTED';
    readonly statusMessage?: string;
    readonly afterSeconds?: number;
  };
}

/** What became of one database in a run. NOT_SELECTED and NOT_OPTED_IN mean that no job was started. */
export interface BackupResult {
  readonly jobId: string | null;
  readonly resourceArn: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'EXPIRED' | 'ABORTED' | 'NOT_OPTED_IN' | 'NOT_SELECTED';
  readonly recoveryPointArn: string | null;
  readonly statusMessage?: string | null;
  /** What AWS Backup could not start it for: what its role lacks, or a window of RDS. */
  readonly obstacle?: 'role' | 'window' | null;
  readonly plan?: string;
  readonly rule?: string;
}

/** How many snapshots and copies RDS allows; for one account or Region when they are named. */
export interface RdsLimits {
  readonly account?: string;
  readonly region?: string;
  readonly maxInstanceCopiesInFlight?: number;
  readonly maxClusterCopiesInFlight?: number;
  readonly manualSnapshotQuota?: number;
  readonly manualClusterSnapshots?: number;
}

/** How long snapshots take, in virtual seconds; `byDatabase` is keyed by database identifier. */
export interface RdsDurations {
  readonly defaultSeconds?: number;
  readonly createSeconds?: number;
  readonly byDatabase?: Readonly<Record<string, number>>;
}

/** Attributes to be set on a snapshot or database from outside, for what RDS would not bring about by itself. */
export interface Planted {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** An analyzer of IAM Access Analyzer that stands outside any stack. */
export interface PlantedAnalyzer {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** `ACCOUNT` by default. */
  readonly type?: string;
  readonly archiveRules?: readonly PlantedArchiveRule[];
}

/** A rule by which an analyzer archives findings by itself: criteria by the property of a finding. */
export interface PlantedArchiveRule {
  readonly ruleName: string;
  readonly filter: Readonly<Record<string, Readonly<Record<string, readonly string[] | boolean>>>>;
}

/** An event of an AWS service, planted on an account's default bus. */
export interface PlantedEvent {
  readonly account: string;
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  readonly resources?: readonly string[];
  readonly detail: unknown;
}

/** How StackSets behave. */
export interface StackSetSettings {
  readonly operationSeconds?: number;
  /** Accounts in which every operation fails, with the reason it gives. */
  readonly failAccounts?: Readonly<Record<string, string>>;
}

/** A custom resource, what its function was last asked, and whether it has answered. */
export interface CustomResource {
  readonly stackId: string;
  readonly logicalId: string;
  readonly asked: 'Create' | 'Update' | 'Delete';
  readonly status: 'WAITING' | 'SUCCESS' | 'FAILED';
  readonly data: Readonly<Record<string, string>>;
}

/** How much there is to do at one instant. */
export interface Pending {
  readonly wakeups: number;
  readonly publications: number;
  readonly deliveries: number;
  readonly messages: number;
}
