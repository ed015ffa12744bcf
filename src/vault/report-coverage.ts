import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type CheckvalveConfig, DEFAULT_RPO } from '../config/checkvalve-config';
import { runbookUrlOf } from '../config/runbook-url';
import { type Allowance, readSnapshots } from '../constructs/permissions';
import { StepLambda, WHOLE_CELL } from '../constructs/step-lambda';
import { registryAccessOf } from '../contract/cells';
import * as ENV from '../contract/env';
import { accountId, region } from '../contract/ids';
import { MANAGEMENT_REGION, NAMES, roleArn, roleNames } from '../contract/names';
import { otherRegions } from '../contract/regions';
import type { EvidenceBucket } from './evidence-bucket';
import type { VaultSourcesTable } from './sources';
import type { VaultAlerts } from './vault-alerts';

/** What `report-coverage` needs. */
export interface ReportCoverageProps {
  readonly config: CheckvalveConfig;
  readonly code: string;
  readonly sources: VaultSourcesTable;
  readonly evidence: EvidenceBucket;
  readonly alerts: VaultAlerts;
}

/** The step `report-coverage`: each hour it reports the age of the newest copy of every database. */
export class ReportCoverage extends Construct {
  constructor(scope: Construct, id: string, props: ReportCoverageProps) {
    super(scope, id);
    const { config, code, sources, evidence, alerts } = props;
    const names = ENV.reportCoverage;
    const here = region(Stack.of(this).region);
    const registryAccess = roleArn(accountId(config.organization.managementAccount), registryAccessOf(config.cell));
    const { handler } = new StepLambda(this, 'Step', {
      step: 'report-coverage',
      roleName: roleNames.vaultStep('report-coverage', here),
      code,
      size: WHOLE_CELL,
      environment: {
        ...(config.cell && { [names.cell]: config.cell }),
        [names.registryAccessArn]: registryAccess,
        [names.registryTable]: NAMES.registryTable,
        [names.registryRegion]: MANAGEMENT_REGION,
        [names.sourcesTable]: sources.tableName,
        [names.evidenceBucket]: evidence.bucketName,
        [names.evidenceOwner]: config.vault.account,
        [names.alertsTopicArn]: alerts.topic.topicArn,
        [names.runbookUrl]: runbookUrlOf(config),
        [names.rules]: JSON.stringify({
          databaseTag: config.databaseTag,
          rpo: config.vault.rpo ?? DEFAULT_RPO,
          // The vault of the first Region observes the Regions without a vault: its access roles cover all Regions.
          uncoveredRegions: here === config.regions[0] ? otherRegions(config.regions) : [],
        }),
      },
      may: permissions({ ...props, rds: `arn:aws:rds:${here}:${config.vault.account}`, registryAccess, here }),
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: reports the age of the newest copy of every database',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(handler)],
    });
  }
}

interface Reach extends Pick<ReportCoverageProps, 'sources' | 'evidence' | 'alerts'> {
  readonly rds: string;
  readonly registryAccess: string;
  readonly here: ReturnType<typeof region>;
}

/** Permissions of the step: it reads in all accounts, and writes nothing but its reports. */
function permissions({ rds, registryAccess, here, sources, evidence, alerts }: Reach): readonly Allowance[] {
  return [
    {
      sid: 'AssumeAccessRoles',
      actions: ['sts:AssumeRole'],
      resources: [registryAccess, `arn:aws:iam::*:role/${roleNames.coverageAccess(here)}`],
      because: 'Every enrolled account has this access role: the registry says which accounts are observed.',
    },
    { sid: 'ReadSources', actions: ['dynamodb:Scan'], resources: [sources.tableArn] },
    ...readSnapshots(rds),
    {
      sid: 'KeepReports',
      actions: ['s3:GetObject', 's3:PutObject', 's3:PutObjectRetention'],
      resources: [`${evidence.bucketArn}/coverage/*`],
      because: 'A report is named after its day.',
    },
    // Without s3:ListBucket, S3 answers 403 instead of 404 for an object that does not exist.
    { sid: 'DistinguishMissingObjects', actions: ['s3:ListBucket'], resources: [evidence.bucketArn] },
    { sid: 'PublishAlerts', actions: ['sns:Publish'], resources: [alerts.topic.topicArn] },
    { sid: 'EncryptAlerts', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [alerts.keyArn] },
  ];
}
