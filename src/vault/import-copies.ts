import { Duration, Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { admissionRules } from '../config/admission-rules';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { type Allowance, readSnapshots } from '../constructs/permissions';
import { StepLambda, WHOLE_VAULT } from '../constructs/step-lambda';
import { WakeupQueue } from '../constructs/wakeups';
import * as ENV from '../contract/env';
import { region } from '../contract/ids';
import { INTERVALS } from '../contract/intervals';
import { COPY_KEY_ACTIONS, PREFIX, roleNames, TAGS } from '../contract/names';
import type { CopyIndexTable } from './copy-index';
import type { ImportKey } from './import-key';
import type { InboxQueue } from './inbox';
import type { VaultSourcesTable } from './sources';

/** What `import-copies` needs. */
export interface ImportCopiesProps {
  readonly config: CheckvalveConfig;
  readonly limits: Readonly<Record<string, number>>;
  readonly code: string;
  readonly key: ImportKey;
  readonly inbox: InboxQueue;
  readonly sources: VaultSourcesTable;
  readonly index: CopyIndexTable;
}

/** The step `import-copies`: woken by a notification in the inbox, by its own finished copies, and by a sweep. */
export class ImportCopies extends Construct {
  constructor(scope: Construct, id: string, props: ImportCopiesProps) {
    super(scope, id);
    const { config, limits, code, key, inbox, sources, index } = props;
    const here = region(Stack.of(this).region);
    const wakeups = new WakeupQueue(this, 'Wakeups', INTERVALS.vaultSweepMinutes);
    const { handler } = new StepLambda(this, 'Step', {
      step: 'import-copies',
      roleName: roleNames.vaultStep('import-copies', here),
      code,
      size: WHOLE_VAULT,
      environment: {
        [ENV.importCopies.importKeyArn]: key.keyArn,
        [ENV.importCopies.sourcesTable]: sources.tableName,
        [ENV.importCopies.indexTable]: index.tableName,
        [ENV.importCopies.wakeupsUrl]: wakeups.url,
        [ENV.importCopies.limits]: JSON.stringify(limits),
        [ENV.importCopies.admission]: JSON.stringify(admissionRules(config)),
      },
      may: [
        ...permissions({ region: here, account: config.vault.account, inbox, sources, index }),
        wakeups.permissions,
      ],
    });
    // The id of release 0.1.0: Lambda refuses a second mapping of the same queue and function.
    // https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    new EventSourceMapping(this, 'Rings', {
      target: handler,
      eventSourceArn: inbox.queue.queueArn,
      batchSize: 10,
      maxBatchingWindow: Duration.seconds(INTERVALS.gatheringSeconds),
      reportBatchItemFailures: true,
      // However many notifications a source sends, at most two runs go on at a time.
      maxConcurrency: 2,
    });
    wakeups.on('CopyEvents', 'Checkvalve: a copy in the vault has finished', COPY_EVENTS).wake(handler);
  }
}

/** A copy of a snapshot of this or another Region has finished. Copies of clusters end without an event.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
const COPY_EVENTS: EventPattern = {
  source: ['aws.rds'],
  detailType: ['RDS DB Snapshot Event'],
  detail: { EventID: ['RDS-EVENT-0197', 'RDS-EVENT-0060'], SourceIdentifier: [{ prefix: `${PREFIX}-` }] },
};

interface Reach extends Pick<ImportCopiesProps, 'inbox' | 'sources' | 'index'> {
  readonly region: ReturnType<typeof region>;
  readonly account: string;
}

/** Permissions of the step. It can neither share nor delete. Longer than most: one list of statements. */
function permissions({ region: here, account, inbox, sources, index }: Reach): readonly Allowance[] {
  const rds = `arn:aws:rds:${here}:${account}`;
  const throughRds = { StringEquals: { 'kms:ViaService': `rds.${here}.amazonaws.com` } };
  const unmarked = { StringNotEquals: { [`aws:RequestTag/${TAGS.role}`]: 'vault' } };
  // The export keys of all accounts: only the accounts know their ids.
  const keys = [`arn:aws:kms:${here}:*:key/*`];
  const shared = (kind: string) => [`arn:aws:rds:${here}:*:${kind}:${PREFIX}-*`];
  return [
    {
      sid: 'ReceiveNotifications',
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      resources: [inbox.queue.queueArn],
    },
    { sid: 'ReadSources', actions: ['dynamodb:BatchGetItem', 'dynamodb:Scan'], resources: [sources.tableArn] },
    {
      sid: 'KeepCopyIndex',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources: [index.tableArn],
    },
    {
      sid: 'AssumeAccessRoles',
      actions: ['sts:AssumeRole'],
      resources: [`arn:aws:iam::*:role/${roleNames.snapshotAccess(here)}`],
      because: 'Every enrolled account has this access role: the vault decides which of them it assumes.',
    },
    ...readSnapshots(rds),
    // RDS authorizes a copy on its source and on its target. AWS does not document whether the request tags are in the context
    // for the source, nor whether `aws:ResourceAccount` of a shared snapshot is its owner or the caller. The ARN contains the
    // owner: for snapshots of the vault, every copy is denied that is not created with the tag `checkvalve:role`.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    {
      sid: 'CopySharedInstances',
      actions: ['rds:CopyDBSnapshot'],
      resources: shared('snapshot'),
      because: 'Export copies are shared by accounts that are not known at deployment.',
    },
    {
      sid: 'CopySharedClusters',
      actions: ['rds:CopyDBClusterSnapshot'],
      resources: shared('cluster-snapshot'),
      because: 'Export copies are shared by accounts that are not known at deployment.',
    },
    {
      sid: 'DenyCopiesWithoutRoleTag',
      effect: 'Deny',
      actions: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
      resources: [`${rds}:cluster-snapshot:*`, `${rds}:snapshot:*`],
      when: unmarked,
    },
    ...tagCopies([`${rds}:snapshot:${PREFIX}-*`, `${rds}:cluster-snapshot:${PREFIX}-*`]),
    // The keys of all accounts include the import key.
    {
      sid: 'UseKeysThroughRds',
      actions: COPY_KEY_ACTIONS,
      resources: keys,
      when: throughRds,
      because:
        'Only the source accounts know the ids of export keys, and each key policy names the role that it allows.',
    },
    {
      sid: 'GrantKeysToRds',
      actions: ['kms:CreateGrant'],
      resources: keys,
      when: {
        ...throughRds,
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      },
      because:
        'Only the source accounts know the ids of export keys, and each key policy names the role that it allows.',
    },
  ];
}

/**
 * A copy gets its tags when it is created, `checkvalve:role` among them; later the step may add only the tag that it failed. IAM
 * cannot distinguish a new copy from an existing one, so that `prune-copies` trusts the tags of a copy only where they match its
 * name, which no principal can change.
 */
const tagCopies = (copies: readonly string[]): readonly Allowance[] => [
  {
    sid: 'TagNewCopies',
    actions: ['rds:AddTagsToResource'],
    resources: copies,
    when: { StringEquals: { [`aws:RequestTag/${TAGS.role}`]: 'vault' } },
    because: 'The name of a copy contains its snapshot, which is not known at deployment: only the prefix is.',
  },
  {
    sid: 'MarkFailedCopies',
    actions: ['rds:AddTagsToResource'],
    resources: copies,
    when: {
      StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'vault' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.failedAt] },
      Null: { 'aws:TagKeys': 'false' },
    },
    because: 'The name of a copy contains its snapshot, which is not known at deployment: only the prefix is.',
  },
];
