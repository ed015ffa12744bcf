import { Aws, CustomResource, Duration, Token } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Allowance } from '../../src/constructs/permissions';
import { StepLambda } from '../../src/constructs/step-lambda';
import * as ENV from '../../src/contract/env';
import type { Region } from '../../src/contract/ids';
import { NAMES, roleNames } from '../../src/contract/names';
import { whereCopiesArrive } from './where-copies-arrive';

/** What enable-backup needs to be told. */
export interface EnableBackupProps {
  readonly code: string;
  readonly serviceOptIn: 'report' | 'set';
  /** The Region whose backup vault takes the copies of all others. */
  readonly copyTo?: Region;
}

/** The step enable-backup: run by CloudFormation when the tooling comes or changes, and once a day. */
export class EnableBackup extends Construct {
  /** How AWS Backup's service opt-in stands, as `RDS on, Aurora off, …`. */
  readonly optIn: string;

  constructor(scope: Construct, id: string, { code, serviceOptIn, copyTo }: EnableBackupProps) {
    super(scope, id);
    const copiesVault = copyTo ? Token.asString(whereCopiesArrive(this, copyTo, NAMES.copiesVault, '')) : '';
    const { handler } = new StepLambda(this, 'Step', {
      step: 'enable-backup',
      roleName: roleNames.backupEnabler(Aws.REGION as Region),
      code,
      environment: {
        [ENV.enableBackup.serviceOptIn]: serviceOptIn,
        [ENV.enableBackup.copiesVault]: copiesVault,
      },
      may: permissions(serviceOptIn, copyTo),
    });
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::AwsBackup',
      serviceToken: handler.functionArn,
      // An hour is what CloudFormation would wait for a function that cannot answer.
      serviceTimeout: Duration.minutes(10),
      // What the function is told, so that it is run when that changes; it reads its environment.
      properties: { ServiceOptIn: serviceOptIn, CopiesVault: copiesVault },
    });
    // Not before the role and its rights, and not without the log.
    resource.node.addDependency(handler);
    this.optIn = resource.getAttString('OptIn');
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: looks whether AWS Backup still backs up databases here',
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(handler)],
    });
  }
}

const because = 'The service opt-in is a setting of the account in a Region: there is nothing smaller to name.';

/** What the step may do: what it only reports it cannot set. */
function permissions(serviceOptIn: 'report' | 'set', copyTo: Region | undefined): readonly Allowance[] {
  const set = serviceOptIn === 'set' ? ['backup:UpdateRegionSettings'] : [];
  const vaults: readonly Allowance[] = copyTo
    ? [
        {
          sid: 'MakeCopiesVault',
          actions: ['backup:CreateBackupVault'],
          resources: [`arn:aws:backup:${copyTo}:${Aws.ACCOUNT_ID}:backup-vault:${NAMES.copiesVault}`],
        },
        {
          // https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html
          sid: 'MountCopiesVault',
          actions: ['backup-storage:MountCapsule'],
          resources: ['*'],
          because: 'AWS Backup asks for it on no resource, of whoever makes a backup vault.',
        },
      ]
    : [];
  return [{ sid: 'OptIn', actions: ['backup:DescribeRegionSettings', ...set], resources: ['*'], because }, ...vaults];
}
