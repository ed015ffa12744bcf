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

/** What `enable-backup` needs. */
export interface EnableBackupProps {
  readonly code: string;
  readonly serviceOptIn: 'report' | 'set';
  /** The Region whose backup vault receives the copies of all other Regions. */
  readonly copyTo?: Region;
}

/** The step `enable-backup`: CloudFormation runs it when the tooling is deployed or updated, and a rule once a day. */
export class EnableBackup extends Construct {
  /** The service opt-in of AWS Backup, as `RDS on, Aurora off, …`. */
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
      // By default CloudFormation waits an hour for a function that cannot answer.
      serviceTimeout: Duration.minutes(10),
      // A change of these properties makes CloudFormation run the function, which reads its environment instead.
      properties: { ServiceOptIn: serviceOptIn, CopiesVault: copiesVault },
    });
    // Creates the role, its permissions and the log group first.
    resource.node.addDependency(handler);
    this.optIn = resource.getAttString('OptIn');
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: checks whether AWS Backup is opted in to databases',
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(handler)],
    });
  }
}

const because = 'The service opt-in is a setting of the account in a Region, without a resource.';

/** Permissions of the step: it can set the opt-in only where the configuration says so. */
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
          because: 'AWS Backup authorizes the creator of a backup vault for it, without a resource.',
        },
      ]
    : [];
  return [{ sid: 'OptIn', actions: ['backup:DescribeRegionSettings', ...set], resources: ['*'], because }, ...vaults];
}
