import { Duration, Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { admissionRules } from '../config/admission-rules';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { type Allowance, readSnapshots } from '../constructs/permissions';
import { StepLambda } from '../constructs/step-lambda';
import { Wakeups } from '../constructs/wakeups';
import * as ENV from '../contract/env';
import { region } from '../contract/ids';
import { INTERVALS } from '../contract/intervals';
import { COPY_KEY_ACTIONS, PREFIX, roleNames, TAGS } from '../contract/names';
import type { ImportKey } from './import-key';
import type { Inbox } from './inbox';
import type { Sources } from './sources';

/** What import-copies needs around it. */
export interface ImportCopiesProps {
  readonly config: CheckvalveConfig;
  readonly limits: Readonly<Record<string, number>>;
  readonly code: string;
  readonly key: ImportKey;
  readonly inbox: Inbox;
  readonly sources: Sources;
}

/** The step import-copies: woken by a ring at the inbox, by its own finished copies, and by a sweep. */
export class ImportCopies extends Construct {
  constructor(scope: Construct, id: string, { config, limits, code, key, inbox, sources }: ImportCopiesProps) {
    super(scope, id);
    const here = region(Stack.of(this).region);
    const wakeups = new Wakeups(this, 'Wakeups');
    const { handler } = new StepLambda(this, 'Step', {
      step: 'import-copies',
      roleName: roleNames.vaultStep('import-copies', here),
      code,
      environment: {
        [ENV.importCopies.importKeyArn]: key.keyArn,
        [ENV.importCopies.sourcesTable]: sources.tableName,
        [ENV.importCopies.wakeupsUrl]: wakeups.url,
        [ENV.importCopies.limits]: JSON.stringify(limits),
        [ENV.importCopies.admission]: JSON.stringify(admissionRules(config)),
      },
      may: [...permissions({ region: here, account: config.vault.account, inbox, sources }), wakeups.permissions],
    });
    new EventSourceMapping(this, 'Rings', {
      target: handler,
      eventSourceArn: inbox.queue.queueArn,
      batchSize: 10,
      maxBatchingWindow: Duration.seconds(INTERVALS.gatheringSeconds),
      reportBatchItemFailures: true,
      // Whoever rings all night wakes two runs at a time and no more: each looks at everything anyway.
      maxConcurrency: 2,
    });
    wakeups.on('CopyEvents', 'Checkvalve: a copy in the vault has finished', COPY_EVENTS).wake(handler);
  }
}

/** A copy has finished, made in this Region or from another. Copies of clusters end without an event.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
const COPY_EVENTS: EventPattern = {
  source: ['aws.rds'],
  detailType: ['RDS DB Snapshot Event'],
  detail: { EventID: ['RDS-EVENT-0197', 'RDS-EVENT-0060'], SourceIdentifier: [{ prefix: `${PREFIX}-` }] },
};

interface Reach extends Pick<ImportCopiesProps, 'inbox' | 'sources'> {
  readonly region: ReturnType<typeof region>;
  readonly account: string;
}

/** What the step may do, and on what. It can neither share nor delete. */
function permissions({ region: here, account, inbox, sources }: Reach): readonly Allowance[] {
  const rds = `arn:aws:rds:${here}:${account}`;
  const throughRds = { StringEquals: { 'kms:ViaService': `rds.${here}.amazonaws.com` } };
  const unmarked = { StringNotEquals: { [`aws:RequestTag/${TAGS.role}`]: 'vault' } };
  // The export keys of all accounts that let us: their ids are known to the accounts alone.
  const keys = [`arn:aws:kms:${here}:*:key/*`];
  const shared = (kind: string) => [`arn:aws:rds:${here}:*:${kind}:${PREFIX}-*`];
  return [
    {
      sid: 'HearRings',
      actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      resources: [inbox.queue.queueArn],
    },
    { sid: 'ReadSources', actions: ['dynamodb:Scan'], resources: [sources.tableArn] },
    {
      sid: 'GrantedAccess',
      actions: ['sts:AssumeRole'],
      resources: [`arn:aws:iam::*:role/${roleNames.snapshotAccess(here)}`],
      because: 'Every enrolled account has this access role: the vault decides which of them it opens.',
    },
    ...readSnapshots(rds),
    // RDS authorizes the source as well as the target. Whether the tags of the request are in the context of a source is not
    // documented, nor whether `aws:ResourceAccount` of a shared snapshot holds its owner or the caller. The ARN says whose a
    // snapshot is: of the vault's own, whatever is not about to be made with our mark is denied.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    {
      sid: 'CopySharedInstances',
      actions: ['rds:CopyDBSnapshot'],
      resources: shared('snapshot'),
      because: 'Copies of our name are copied, whichever account shares them.',
    },
    {
      sid: 'CopySharedClusters',
      actions: ['rds:CopyDBClusterSnapshot'],
      resources: shared('cluster-snapshot'),
      because: 'Copies of our name are copied, whichever account shares them.',
    },
    {
      sid: 'KeepToMarkedCopies',
      effect: 'Deny',
      actions: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
      resources: [`${rds}:cluster-snapshot:*`, `${rds}:snapshot:*`],
      when: unmarked,
    },
    ...tagCopies([`${rds}:snapshot:${PREFIX}-*`, `${rds}:cluster-snapshot:${PREFIX}-*`]),
    // The vault's own key is among the keys of all accounts.
    {
      sid: 'UseKeysThroughRds',
      actions: COPY_KEY_ACTIONS,
      resources: keys,
      when: throughRds,
      because: 'The ids of export keys are known to their accounts alone, and each key says by itself whom it lets in.',
    },
    {
      sid: 'GrantKeysToRds',
      actions: ['kms:CreateGrant'],
      resources: keys,
      when: {
        ...throughRds,
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      },
      because: 'The ids of export keys are known to their accounts alone, and each key says by itself whom it lets in.',
    },
  ];
}

/**
 * A copy is given its tags as it is made, our mark among them; on any copy of ours it may be written that it failed. IAM has
 * no way to tell a new copy from one that is there, so prune-copies believes what a copy says of itself only where its name,
 * which nobody can change, says the same.
 */
const tagCopies = (copies: readonly string[]): readonly Allowance[] => [
  {
    sid: 'TagNewCopies',
    actions: ['rds:AddTagsToResource'],
    resources: copies,
    when: { StringEquals: { [`aws:RequestTag/${TAGS.role}`]: 'vault' } },
    because: 'Copies are named after snapshots yet to be made: our prefix is what is known.',
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
    because: 'Copies are named after snapshots yet to be made: our prefix is what is known.',
  },
];
