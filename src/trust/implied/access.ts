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

/** What AWS asks of the caller's permissions before it does the call, or a part of it. */
export interface Access {
  /** `kms:CreateGrant` */
  readonly action: string;
  readonly resource: string;
  /** The account whose resource policy counts. */
  readonly resourceAccount: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** The page of AWS's documentation that says so. */
  readonly page: string;
}

/** What must be known of a snapshot to say what a call on it implies. */
export interface SnapshotFacts {
  /** Empty for a snapshot of another account: its tags are no condition keys here. */
  readonly tags: ReadonlyMap<string, string>;
  /** ARN of the key it is encrypted under; undefined when it is not encrypted. */
  readonly keyArn?: string;
}

/** The world in which a call is made. */
export interface WorldFacts {
  /** A snapshot by ARN; undefined when there is none. */
  snapshot(arn: string): SnapshotFacts | undefined;
  /** ARN of the key that a topic is under; undefined when it is under none. */
  topicKey?(topicArn: string): string | undefined;
  /**
   * Whether the tags that a copy is to have are in the context of its source as well; no by default. AWS documents them for
   * the target alone, so what we ask for must be allowed either way.
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_id-based-policy-examples-grant-permissions-tags-on-create.html
   */
  readonly requestTagOnSource?: boolean;
  /**
   * Whether `aws:ResourceAccount` holds the account of the caller for a snapshot that another account shares; by default it
   * holds the owner. The page of the key says nothing of shared snapshots, so what we ask for must be allowed either way.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
   */
  readonly resourceAccountIsCaller?: boolean;
  /** Id of the organization, `o-…`. */
  readonly organizationId: string;
}

/** Every access that one kind of call needs. */
export type Row = (call: AwsCall, world: WorldFacts) => readonly Access[];

/** A field of a call's input as text; empty when it is missing. */
export const textOf = ({ input }: AwsCall, field: string): string => {
  const value = input[field];
  return typeof value === 'string' ? value : '';
};

type Context = Access['context'];

/** Condition keys of the tags that a request brings along. */
export function requestTags(tags: unknown): Context {
  const list = (Array.isArray(tags) ? tags : []) as readonly { Key?: string; Value?: string }[];
  if (list.length === 0) return {};
  const named = list.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value] as const);
  return { ...Object.fromEntries(named), 'aws:TagKeys': list.map(({ Key = '' }) => Key) };
}

/** Condition keys of the tags that a snapshot has. */
export function resourceTags(arn: string, { tags }: SnapshotFacts): Context {
  const prefix = arn.split(':')[5] === 'cluster-snapshot' ? 'rds:cluster-snapshot-tag' : 'rds:snapshot-tag';
  return Object.fromEntries(
    [...tags].flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`${prefix}/${key}`, value],
    ]),
  );
}
