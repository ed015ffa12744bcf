/** A call as a handler makes it. */
export interface AwsCall {
  /** Account of the principal that makes it. */
  readonly account: string;
  readonly region: string;
  /** IAM's prefix of the service: `rds`. */
  readonly service: string;
  /** The API's name of the operation: `CopyDBSnapshot`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A permission that AWS checks before it performs a call, or a part of it. */
export interface Access {
  /** `kms:CreateGrant` */
  readonly action: string;
  readonly resource: string;
  /** The account whose resource policy counts. */
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** AWS’s page that documents it. */
  readonly page: string;
}

/** The facts about a snapshot that the accesses of a call depend on. */
export interface SnapshotFacts {
  /** Empty for a snapshot of another account: AWS sets no condition keys for its tags. */
  readonly tags: ReadonlyMap<string, string>;
  /** ARN of the key it is encrypted under; undefined when it is not encrypted. */
  readonly keyArn?: string;
}

/** The facts that the accesses of a call depend on. */
export interface CallFacts {
  /** A snapshot by ARN; undefined when it does not exist. */
  snapshot(arn: string): SnapshotFacts | undefined;
  /** ARN of the key that encrypts a topic; undefined without one. */
  topicKey?(topicArn: string): string | undefined;
  /**
   * Whether the context of the source also holds the tags of the copy; false by default. AWS documents them for the target only,
   * so both must be allowed.
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_id-based-policy-examples-grant-permissions-tags-on-create.html
   */
  readonly requestTagOnSource?: boolean;
  /**
   * Whether `aws:ResourceAccount` is the caller’s account for a snapshot that another account shares; by default it is the owner.
   * AWS’s page of the key does not mention shared snapshots, so both must be allowed.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
   */
  readonly resourceAccountIsCaller?: boolean;
  /** Id of the organization, `o-…`. */
  readonly organizationId: string;
}

/** Returns every access that one kind of call needs. */
export type AccessRow = (call: AwsCall, facts: CallFacts) => readonly Access[];

/** A field of a call’s input as text; empty when it is missing. */
export const textOf = ({ input }: AwsCall, field: string): string => {
  const value = input[field];
  return typeof value === 'string' ? value : '';
};

type Context = Access['context'];

/** Condition keys of the tags in a request. */
export function requestTags(tags: unknown): Context {
  const list = (Array.isArray(tags) ? tags : []) as readonly { Key?: string; Value?: string }[];
  if (list.length === 0) return {};
  const named = list.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value] as const);
  return { ...Object.fromEntries(named), 'aws:TagKeys': list.map(({ Key = '' }) => Key) };
}

/** Condition keys of the tags of a snapshot. */
export function resourceTags(arn: string, { tags }: SnapshotFacts): Context {
  const prefix = arn.split(':')[5] === 'cluster-snapshot' ? 'rds:cluster-snapshot-tag' : 'rds:snapshot-tag';
  return Object.fromEntries(
    [...tags].flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`${prefix}/${key}`, value],
    ]),
  );
}
