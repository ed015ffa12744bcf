import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type CheckvalveConfig, DEFAULT_OBJECTIVES } from '../config/checkvalve-config';
import { type Allowance, readSnapshots } from '../constructs/permissions';
import { Step } from '../constructs/step';
import * as ENV from '../contract/env';
import { accountId, region } from '../contract/ids';
import { MANAGEMENT_REGION, NAMES, roleArn, roleNames } from '../contract/names';
import { otherRegions } from '../contract/regions';
import type { Alerts } from './alerts';
import type { EvidenceBucket } from './evidence-bucket';
import type { Sources } from './sources';

/** What tell-coverage needs around it. */
export interface TellCoverageProps {
  readonly config: CheckvalveConfig;
  readonly code: string;
  readonly sources: Sources;
  readonly evidence: EvidenceBucket;
  readonly alerts: Alerts;
}

/** The step tell-coverage: each hour it says of every database how old its newest copy is. */
export class TellCoverage extends Construct {
  constructor(scope: Construct, id: string, props: TellCoverageProps) {
    super(scope, id);
    const { config, code, sources, evidence, alerts } = props;
    const names = ENV.tellCoverage;
    const here = region(Stack.of(this).region);
    const registryDoor = roleArn(accountId(config.organization.managementAccount), NAMES.registryDoor);
    const { handler } = new Step(this, 'Step', {
      step: 'tell-coverage',
      roleName: roleNames.vaultStep('tell-coverage', here),
      code,
      environment: {
        [names.registryDoorArn]: registryDoor,
        [names.registryTable]: NAMES.registryTable,
        [names.registryRegion]: MANAGEMENT_REGION,
        [names.sourcesTable]: sources.tableName,
        [names.evidenceBucket]: evidence.bucketName,
        [names.evidenceOwner]: config.vault.account,
        [names.alertsTopicArn]: alerts.topic.topicArn,
        [names.rules]: JSON.stringify({
          databaseTag: config.databaseTag,
          objectives: config.vault.objectives ?? DEFAULT_OBJECTIVES,
          // One vault looks at the Regions that no vault covers: its access roles are enough for all of them.
          uncoveredRegions: here === config.regions[0] ? otherRegions(config.regions) : [],
        }),
      },
      may: permissions({ ...props, rds: `arn:aws:rds:${here}:${config.vault.account}`, registryDoor, here }),
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: says of every database how old its newest copy is',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(handler)],
    });
  }
}

interface Reach extends Pick<TellCoverageProps, 'sources' | 'evidence' | 'alerts'> {
  readonly rds: string;
  readonly registryDoor: string;
  readonly here: ReturnType<typeof region>;
}

/** What the step may do, and on what: it reads everywhere, and writes its reports and nothing else. */
function permissions({ rds, registryDoor, here, sources, evidence, alerts }: Reach): readonly Allowance[] {
  return [
    {
      sid: 'OpenDoors',
      actions: ['sts:AssumeRole'],
      resources: [registryDoor, `arn:aws:iam::*:role/${roleNames.coverageDoor(here)}`],
      because: 'Every enrolled account has this door: the registry says which of them are looked through.',
    },
    { sid: 'ReadSources', actions: ['dynamodb:Scan'], resources: [sources.tableArn] },
    ...readSnapshots(rds),
    {
      sid: 'KeepReports',
      actions: ['s3:GetObject', 's3:PutObject', 's3:PutObjectRetention'],
      resources: [`${evidence.bucketArn}/coverage/*`],
      because: 'A report is named after its day.',
    },
    // Without it S3 calls a report that is not there yet forbidden.
    { sid: 'KnowWhatIsMissing', actions: ['s3:ListBucket'], resources: [evidence.bucketArn] },
    { sid: 'TellPeople', actions: ['sns:Publish'], resources: [alerts.topic.topicArn] },
    { sid: 'TellUnderTheKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [alerts.keyArn] },
  ];
}
