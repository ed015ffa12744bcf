import { RemovalPolicy } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** The key of every vault copy. No principal outside the vault, ever; grants for AWS services alone. */
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
          new PolicyStatement({ sid: 'VaultAlone', principals: owner, actions: ['kms:*'], resources: ['*'] }),
          PolicyStatement.fromJson({
            Sid: 'GrantsForAwsServicesAlone',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'kms:CreateGrant',
            Resource: '*',
            Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } },
          }),
        ],
      }),
    });
    this.keyArn = key.keyArn;
  }
}
