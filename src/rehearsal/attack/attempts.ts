import type { AccountId, Region } from '../../contract/ids';
import { copiesTopicArn, NAMES } from '../../contract/names';
import type { PrincipalInput } from '../../policy-evaluator/case';
import type { PolicyDocument } from '../../policy-evaluator/policy';
import type { PolicyBook } from '../../trust/policy-book';

/** Who attacks: somebody who may do everything in an account of his own. */
export interface Attacker {
  readonly name: string;
  readonly principal: PrincipalInput;
  readonly identityPolicies: readonly PolicyDocument[];
}

/** One try at one access role of the vault, asked of the deployed policies. */
export interface Attempt {
  readonly attacker: Attacker;
  readonly what: string;
  readonly action: string;
  readonly resource: string;
  /** What the request says of itself; nothing unless told. */
  readonly context?: Readonly<Record<string, string>>;
}

const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** The attackers of a world: administrators, a root user, and whoever got hold of the tooling's own role. */
export function attackersOf(
  book: PolicyBook,
  source: string,
  management: string,
  stranger: string,
): readonly Attacker[] {
  const administrator = (name: string, account: string): Attacker => ({
    name,
    principal: `arn:aws:iam::${account}:role/Administrator`,
    identityPolicies: [EVERYTHING],
  });
  const tooling = book.roles.filter((arn) => arn.includes(`::${source}:`));
  return [
    administrator('an administrator of a source', source),
    { ...administrator('the root user of a source', source), principal: `arn:aws:iam::${source}:root` },
    ...tooling.map((arn) => ({
      name: `whoever runs as ${arn.split('/').pop()}`,
      principal: arn,
      identityPolicies: [...book.identityPolicies(arn), EVERYTHING],
    })),
    administrator('an administrator of the management account', management),
    administrator('an administrator of an account that is not enrolled', stranger),
    { name: 'anybody', principal: 'anonymous', identityPolicies: [] },
  ];
}

/** What is tried on each kind of thing in the vault: by service, or by the start of an ARN's last parts. */
const TRIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  iam: {
    assume: 'sts:AssumeRole',
    'change the trust of': 'iam:UpdateAssumeRolePolicy',
    'add rights to': 'iam:PutRolePolicy',
    'make anew from a template': 'iam:AcquireRole',
  },
  sqs: {
    'send to': 'sqs:SendMessage',
    read: 'sqs:ReceiveMessage',
    'take from': 'sqs:DeleteMessage',
    purge: 'sqs:PurgeQueue',
    're-policy': 'sqs:SetQueueAttributes',
    delete: 'sqs:DeleteQueue',
  },
  kms: {
    'encrypt with': 'kms:Encrypt',
    'decrypt with': 'kms:Decrypt',
    'grant away': 'kms:CreateGrant',
    're-policy': 'kms:PutKeyPolicy',
    'share through a new share of RAM': 'ram:CreateResourceShare',
    'share through a share of RAM': 'ram:AssociateResourceShare',
    disable: 'kms:DisableKey',
    'schedule the deletion of': 'kms:ScheduleKeyDeletion',
  },
  dynamodb: {
    read: 'dynamodb:Scan',
    'write to': 'dynamodb:PutItem',
    're-policy': 'dynamodb:PutResourcePolicy',
    delete: 'dynamodb:DeleteTable',
  },
  'lambda:event-source-mapping': {
    'turn off': 'lambda:UpdateEventSourceMapping',
    delete: 'lambda:DeleteEventSourceMapping',
  },
  lambda: {
    invoke: 'lambda:InvokeFunction',
    'change the code of': 'lambda:UpdateFunctionCode',
    'open up': 'lambda:AddPermission',
    're-policy': 'lambda:PutResourcePolicy',
    'strip of its policy': 'lambda:DeleteResourcePolicy',
  },
  s3: {
    read: 's3:GetObject',
    overwrite: 's3:PutObject',
    'delete from': 's3:DeleteObject',
    're-policy': 's3:PutBucketPolicy',
  },
  events: { silence: 'events:DisableRule', redirect: 'events:PutTargets', delete: 'events:DeleteRule' },
  logs: { read: 'logs:FilterLogEvents', subscribe: 'logs:PutSubscriptionFilter', delete: 'logs:DeleteLogGroup' },
  cloudwatch: {
    silence: 'cloudwatch:DisableAlarmActions',
    'set at ease': 'cloudwatch:SetAlarmState',
    delete: 'cloudwatch:DeleteAlarms',
  },
  'access-analyzer': {
    'teach to overlook': 'access-analyzer:CreateArchiveRule',
    delete: 'access-analyzer:DeleteAnalyzer',
  },
  sns: { 'publish to': 'sns:Publish', 'subscribe to': 'sns:Subscribe', 're-policy': 'sns:SetTopicAttributes' },
  rds: {
    read: 'rds:DescribeDBSnapshots',
    copy: 'rds:CopyDBSnapshot',
    share: 'rds:ModifyDBSnapshotAttribute',
    restore: 'rds:RestoreDBInstanceFromDBSnapshot',
    retag: 'rds:AddTagsToResource',
    delete: 'rds:DeleteDBSnapshot',
  },
};

const serviceOf = (arn: string): string => arn.split(':')[2] ?? '';
/** Objects are what can be read and written in a bucket, the bucket itself is what has a policy. */
const target = (arn: string, action: string): string =>
  serviceOf(arn) === 's3' && action.endsWith('Object') ? `${arn}/coverage/latest.json` : arn;
const cluster = (action: string): string =>
  action.replace('DBSnapshot', 'DBClusterSnapshot').replace('DBInstance', 'DBCluster');

/** What is tried on a resource. @throws Error for a kind of thing that nobody tries: it would count as safe unasked */
function triesOn(arn: string): readonly (readonly [string, string])[] {
  const [, , service = '', , , ...rest] = arn.split(':');
  const found = TRIES[`${service}:${rest[0]}`] ?? TRIES[service];
  if (!found) throw new Error(`the attack knows nothing to try on ${arn}: say it in attempts.ts`);
  return Object.entries(found);
}

/** Every try of every attacker at every one of these resources. */
export function attempts(attackers: readonly Attacker[], resources: readonly string[]): readonly Attempt[] {
  return resources.flatMap((arn) =>
    triesOn(arn).flatMap(([what, plain]) => {
      const action = arn.includes(':cluster-snapshot:') ? cluster(plain) : plain;
      return attackers.map((attacker) => ({ attacker, what, action, resource: target(arn, action) }));
    }),
  );
}

/** Tries at the bell of another source: to hear of its copies, to have the vault hear what one wants, to ring it. */
export function topicAttempts(
  attackers: readonly Attacker[],
  { source, vault, region }: Readonly<Record<'source' | 'vault' | 'region', string>>,
): readonly Attempt[] {
  const resource = copiesTopicArn(source as AccountId, region as Region);
  const endpoint = (account: string, queue: string) => ({
    'sns:Protocol': 'sqs',
    'sns:Endpoint': `arn:aws:sqs:${region}:${account}:${queue}`,
  });
  return attackers.flatMap((attacker) => {
    const [, , , , own = vault] = String(attacker.principal).split(':');
    const subscribe = { attacker, action: 'sns:Subscribe', resource };
    return [
      { ...subscribe, what: 'subscribe a queue of his own to', context: endpoint(own, 'elsewhere') },
      { ...subscribe, what: 'subscribe the inbox to', context: endpoint(vault, NAMES.inbox) },
      { attacker, what: 'publish to', action: 'sns:Publish', resource },
    ];
  });
}
