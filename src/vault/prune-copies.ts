import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { readSnapshots } from '../constructs/permissions';
import { StepLambda } from '../constructs/step-lambda';
import * as ENV from '../contract/env';
import { region } from '../contract/ids';
import { INTERVALS } from '../contract/intervals';
import { LATEST_COVERAGE, LATEST_PRUNING, PREFIX, roleNames, TAGS } from '../contract/names';
import type { EvidenceBucket } from './evidence-bucket';
import type { Sources } from './sources';

/** What prune-copies needs around it. */
export interface PruneCopiesProps {
  readonly config: CheckvalveConfig;
  readonly code: string;
  readonly evidence: EvidenceBucket;
  readonly sources: Sources;
}

/**
 * The step prune-copies: every few hours it deletes what is past its term. Its role is the only one in the vault that may
 * delete a snapshot, and only one with our name and our mark that is not on hold: IAM holds it to that, whatever the code
 * does. How old a copy must be IAM cannot say; that is the code's to keep.
 */
export class PruneCopies extends Construct {
  constructor(scope: Construct, id: string, { config, code, evidence, sources }: PruneCopiesProps) {
    super(scope, id);
    const here = region(Stack.of(this).region);
    const rds = `arn:aws:rds:${here}:${config.vault.account}`;
    const ours = {
      when: {
        StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'vault' },
        Null: { [`aws:ResourceTag/${TAGS.legalHold}`]: 'true' },
      },
      because:
        'Copies are named after snapshots yet to be made: our prefix is what is known, and the mark must be there.',
    };
    const { handler } = new StepLambda(this, 'Step', {
      step: 'prune-copies',
      roleName: roleNames.vaultStep('prune-copies', here),
      code,
      environment: {
        [ENV.pruneCopies.retention]: JSON.stringify(config.vault.retention),
        [ENV.pruneCopies.sourcesTable]: sources.tableName,
        [ENV.pruneCopies.evidenceBucket]: evidence.bucketName,
        [ENV.pruneCopies.evidenceOwner]: config.vault.account,
      },
      may: [
        ...readSnapshots(rds),
        { sid: 'ReadDecisions', actions: ['dynamodb:Scan'], resources: [sources.tableArn] },
        { sid: 'ReadCoverage', actions: ['s3:GetObject'], resources: [`${evidence.bucketArn}/${LATEST_COVERAGE}`] },
        {
          sid: 'NoteTheRun',
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [`${evidence.bucketArn}/${LATEST_PRUNING}`],
        },
        // Without it S3 calls a report that is not there yet forbidden.
        { sid: 'KnowWhatIsMissing', actions: ['s3:ListBucket'], resources: [evidence.bucketArn] },
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
      ],
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: deletes vault copies past their term',
      schedule: Schedule.rate(Duration.hours(INTERVALS.pruneHours)),
      targets: [new LambdaFunction(handler)],
    });
  }
}
