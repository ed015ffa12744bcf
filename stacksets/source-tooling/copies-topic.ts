import { Aws } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AccountId, Region } from '../../src/contract/ids';
import { NAMES, roleArn, roleNames } from '../../src/contract/names';

/** The topic that notifies the vault of export copies. Only the vault may subscribe, and only its inbox. */
export class CopiesTopic extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, { vaultAccount }: { readonly vaultAccount: AccountId }) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { topicName: NAMES.copiesTopic, enforceSSL: true });
    this.topicArn = topic.topicArn;
    const region = Aws.REGION as Region;
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'VaultSubscribes',
        principals: [new AccountPrincipal(vaultAccount)],
        actions: ['sns:Subscribe'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: {
            'aws:PrincipalArn': roleArn(vaultAccount, roleNames.vaultStep('follow-sources', region)),
            'sns:Protocol': 'sqs',
            'sns:Endpoint': `arn:aws:sqs:${region}:${vaultAccount}:${NAMES.inbox}`,
          },
        },
      }),
    );
  }
}
