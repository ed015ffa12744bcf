// Longer than most: the types of all answers of the control API, in one place.
/** A queued invocation of a Lambda function, with its event. */
export interface Wakeup {
  readonly functionArn: string;
  readonly account: string;
  readonly region: string;
  readonly event: unknown;
  /** The rule that invokes it; null for an asynchronous invocation or a custom resource. */
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

/** A message from a topic to a queue, held until the policy of the queue is judged. */
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

/** A message from an AWS service to a topic, held until the policies of the topic and of its key are judged. */
export interface Publication {
  readonly id: string;
  /** The service principal: `events.amazonaws.com`. */
  readonly service: string;
  /** The ARN of the resource that publishes: a rule, an alarm, a backup vault. */
  readonly sourceArn: string;
  readonly topicArn: string;
  readonly subject: string | null;
  readonly message: string;
}

/** The KMS key of a topic or a queue. */
export interface ResourceKey {
  /** Null without a KMS key. */
  readonly keyArn: string | null;
  readonly enabled: boolean;
}

/** A target that EventBridge did not reach: one of the `FailedInvocations` of the rule. */
export interface FailedInvocation {
  readonly at: string;
  readonly ruleArn: string;
  readonly targetArn: string;
}

/** One message published to a topic, with or without subscriptions. */
export interface Notification {
  readonly at: string;
  readonly topicArn: string;
  readonly account: string;
  readonly subject: string | null;
  readonly message: string;
  readonly messageId: string;
  readonly subscriptions: ReadonlyArray<{ readonly protocol: string; readonly endpoint: string }>;
}

/** A deployed function; `code` is the source text of its entry module. */
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

/** An event source mapping from a queue to a function; the rehearsal polls the queue. */
export interface EventSource {
  readonly functionArn: string;
  readonly queueArn: string;
  readonly queueUrl: string;
  /** The number of messages that can be received now. */
  readonly waiting: number;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly enabled: boolean;
  readonly reportBatchItemFailures: boolean;
  readonly uuid: string;
}

/** One AWS call that the emulator answered. */
export interface LoggedCall {
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  readonly principalKey: string;
}

/** What the emulator could not do. A rehearsal with problems proves nothing. */
export interface Problem {
  readonly kind: string;
  readonly detail: string;
}

/** A fault: the next calls of an action get an error, a delay, or both. */
export interface PlantedFault {
  readonly action: string;
  /** The code of the error; without one, calls are only delayed. */
  readonly code?: string;
  readonly status?: number;
  /** The number of calls; 1 by default. */
  readonly times?: number;
  readonly account?: string;
  readonly region?: string;
  /** Only calls whose decoded body contains this text. */
  readonly match?: string;
  readonly message?: string;
  /** Real milliseconds, not virtual ones. */
  readonly delayMs?: number;
}

/** The organization to build. */
export interface OrganizationSpec {
  readonly management: string;
  readonly organizationId?: string;
  readonly rootId?: string;
  /** Parents before children; `parent` is the id or name of an OU, or `root`. */
  readonly ous?: ReadonlyArray<{ readonly id?: string; readonly name: string; readonly parent?: string }>;
  readonly accounts?: readonly AccountSpec[];
  /** Services with trusted access; StackSets by default. */
  readonly trustedServices?: readonly string[];
}

/** A member account, with a given id. */
export interface AccountSpec {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly ou?: string;
  readonly state?: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';
  readonly tags?: Readonly<Record<string, string>>;
  readonly joined?: string;
}

/** The deployed backup plans to run now, and how. */
export interface BackupRun {
  readonly account: string;
  readonly region: string;
  readonly planName?: string;
  readonly rule?: string;
  /** Of the databases that the selection selects, only these (ARNs). */
  readonly databases?: readonly string[];
  readonly durationSeconds?: number;
  readonly eventDelaySeconds?: number;
  readonly fail?: {
    readonly state: 'FAILED' | 'EXPIRED' | 'ABORTED';
    readonly statusMessage?: string;
    readonly afterSeconds?: number;
  };
}

/** The outcome of a run for one database. With NOT_SELECTED and NOT_OPTED_IN no job was started. */
export interface BackupResult {
  readonly jobId: string | null;
  readonly resourceArn: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'EXPIRED' | 'ABORTED' | 'NOT_OPTED_IN' | 'NOT_SELECTED';
  readonly recoveryPointArn: string | null;
  readonly statusMessage?: string | null;
  /** What kept AWS Backup from starting the job: a permission that its role lacks, or a window of RDS. */
  readonly obstacle?: 'role' | 'window' | null;
  readonly plan?: string;
  readonly rule?: string;
}

/** The quotas of RDS on snapshots and copies; for one account or Region when named. */
export interface PlantedLimits {
  readonly account?: string;
  readonly region?: string;
  readonly maxInstanceCopiesInFlight?: number;
  readonly maxClusterCopiesInFlight?: number;
  readonly manualSnapshotQuota?: number;
  readonly manualClusterSnapshots?: number;
}

/** The duration of snapshots and copies in virtual seconds; the keys of `byDatabase` are database identifiers. */
export interface RdsDurations {
  readonly defaultSeconds?: number;
  readonly createSeconds?: number;
  readonly byDatabase?: Readonly<Record<string, number>>;
}

/** Attributes to set on a snapshot or database: states that RDS does not reach by itself. */
export interface Planted {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** An analyzer of IAM Access Analyzer outside any stack. */
export interface PlantedAnalyzer {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** `ACCOUNT` by default. */
  readonly type?: string;
  readonly archiveRules?: readonly PlantedArchiveRule[];
}

/** An archive rule of an analyzer: criteria by the property of a finding. */
export interface PlantedArchiveRule {
  readonly ruleName: string;
  readonly filter: Readonly<Record<string, Readonly<Record<string, readonly string[] | boolean>>>>;
}

/** An event of an AWS service, to emit on the default bus of an account. */
export interface PlantedEvent {
  readonly account: string;
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  readonly resources?: readonly string[];
  readonly detail: unknown;
}

/** Settings of StackSets. */
export interface StackSetSettings {
  readonly operationSeconds?: number;
  /** Accounts in which every operation fails, with the reason. */
  readonly failAccounts?: Readonly<Record<string, string>>;
}

/** A custom resource, its last request, and whether its function has answered. */
export interface CustomResource {
  readonly stackId: string;
  readonly logicalId: string;
  readonly asked: 'Create' | 'Update' | 'Delete';
  readonly status: 'WAITING' | 'SUCCESS' | 'FAILED';
  readonly data: Readonly<Record<string, string>>;
}

/** The number of pending items at one instant. */
export interface Pending {
  readonly wakeups: number;
  readonly publications: number;
  readonly deliveries: number;
  readonly messages: number;
}
