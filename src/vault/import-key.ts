import { RemovalPolicy } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** Actions of the owner of a key, except grants. */
const ALL_BUT_GRANTS: readonly string[] = [
  'CancelKeyDeletion',
  'CreateAlias',
  'Decrypt',
  'DeleteAlias',
  'Describe*',
  'Disable*',
  'Enable*',
  'Encrypt',
  'GenerateDataKey*',
  'Get*',
  'List*',
  'PutKeyPolicy',
  'ReEncrypt*',
  'RetireGrant',
  'RevokeGrant',
  'RotateKeyOnDemand',
  'ScheduleKeyDeletion',
  'TagResource',
  'UntagResource',
  'Update*',
].map((action) => `kms:${action}`);

/**
 * The key of every vault copy. It allows no principal outside the vault, and grants only for AWS services. It denies nothing to
 * all principals: AWS warns that such a statement in a key policy can make copies of RDS fail, even with exceptions. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
export class ImportKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const owner = [new AccountRootPrincipal()];
    const key = new Key(this, 'Key', {
      description: 'Checkvalve: encrypts every copy in the vault',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
      policy: new PolicyDocument({
        statements: [
          new PolicyStatement({ sid: 'VaultAlone', principals: owner, actions: [...ALL_BUT_GRANTS], resources: ['*'] }),
          new PolicyStatement({
            sid: 'GrantsForAwsServicesAlone',
            principals: owner,
            actions: ['kms:CreateGrant'],
            resources: ['*'],
            conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
          }),
        ],
      }),
    });
    this.keyArn = key.keyArn;
  }
}
