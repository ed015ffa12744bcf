import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { type Allowance, readSnapshots } from '../constructs/permissions';
import { StepLambda, WHOLE_CELL } from '../constructs/step-lambda';
import * as ENV from '../contract/env';
import { region } from '../contract/ids';
import { INTERVALS } from '../contract/intervals';
import { LATEST_COVERAGE, LATEST_PRUNING, PREFIX, roleNames, TAGS } from '../contract/names';
import type { EvidenceBucket } from './evidence-bucket';
import type { VaultSourcesTable } from './sources';

/** What `prune-copies` needs. */
export interface PruneCopiesProps {
  readonly config: CheckvalveConfig;
  readonly code: string;
  readonly evidence: EvidenceBucket;
  readonly sources: VaultSourcesTable;
}

/**
 * The step `prune-copies`: every few hours it deletes copies past their term. Its role is the only one in the vault that may
 * delete snapshots. IAM limits it to snapshots with the prefix and the tag of a vault copy and without a legal hold. IAM cannot
 * check the age of a copy; the code does.
 */
export class PruneCopies extends Construct {
  constructor(scope: Construct, id: string, { config, code, evidence, sources }: PruneCopiesProps) {
    super(scope, id);
    const here = region(Stack.of(this).region);
    const { handler } = new StepLambda(this, 'Step', {
      step: 'prune-copies',
      roleName: roleNames.vaultStep('prune-copies', here),
      code,
      size: WHOLE_CELL,
      environment: {
        [ENV.pruneCopies.retention]: JSON.stringify(config.vault.retention),
        [ENV.pruneCopies.sourcesTable]: sources.tableName,
        [ENV.pruneCopies.evidenceBucket]: evidence.bucketName,
        [ENV.pruneCopies.evidenceOwner]: config.vault.account,
      },
      may: permissions(`arn:aws:rds:${here}:${config.vault.account}`, evidence, sources),
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: deletes vault copies past their term',
      schedule: Schedule.rate(Duration.hours(INTERVALS.pruneHours)),
      targets: [new LambdaFunction(handler)],
    });
  }
}

/** Permissions of the step. `rds` is the beginning of the ARNs of the vault's snapshots. */
function permissions(rds: string, evidence: EvidenceBucket, sources: VaultSourcesTable): readonly Allowance[] {
  const ours = {
    when: {
      StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'vault' },
      Null: { [`aws:ResourceTag/${TAGS.legalHold}`]: 'true' },
    },
    because:
      'The name of a copy contains its snapshot, which is not known at deployment: the prefix and the tag are required.',
  };
  return [
    ...readSnapshots(rds),
    { sid: 'ReadDecisions', actions: ['dynamodb:Scan'], resources: [sources.tableArn] },
    { sid: 'ReadCoverage', actions: ['s3:GetObject'], resources: [`${evidence.bucketArn}/${LATEST_COVERAGE}`] },
    {
      sid: 'RecordRun',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${evidence.bucketArn}/${LATEST_PRUNING}`],
    },
    // Without s3:ListBucket, S3 answers 403 instead of 404 for an object that does not exist.
    { sid: 'DistinguishMissingObjects', actions: ['s3:ListBucket'], resources: [evidence.bucketArn] },
    {
      sid: 'DeleteInstanceCopies',
      actions: ['rds:DeleteDBSnapshot'],
      resources: [`${rds}:snapshot:${PREFIX}-*`],
      ...ours,
    },
    {
      sid: 'DeleteClusterCopies',
      actions: ['rds:DeleteDBClusterSnapshot'],
      resources: [`${rds}:cluster-snapshot:${PREFIX}-*`],
      ...ours,
    },
  ];
}
