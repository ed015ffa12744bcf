import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, type Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import {
  AccountRootPrincipal,
  PolicyDocument,
  PolicyStatement,
  type PolicyStatementProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { NAMES } from '../contract/names';

/** The alarms of this account: the principals and conditions of a statement. */
type AlarmsOfTheVault = Required<Pick<PolicyStatementProps, 'principals' | 'conditions'>>;

const keyPolicy = (alarms: AlarmsOfTheVault): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'VaultAlone',
        principals: [new AccountRootPrincipal()],
        actions: ['kms:*'],
        resources: ['*'],
      }),
      new PolicyStatement({
        sid: 'AlarmsOfTheVault',
        ...alarms,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    ],
  });

/**
 * The topic for the alarms and the daily message of the vault, encrypted under a key of its own, because alarms cannot publish
 * to a topic under the AWS managed key. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class VaultAlerts extends Construct {
  readonly topic: Topic;
  readonly keyArn: string;
  private readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const alarms: AlarmsOfTheVault = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    };
    const key = new Key(this, 'Key', {
      description: 'Checkvalve: encrypts alerts of the vault',
      enableKeyRotation: true,
      // SNS deletes what is encrypted under it once it is delivered.
      removalPolicy: RemovalPolicy.DESTROY,
      policy: keyPolicy(alarms),
    });
    this.key = key;
    this.keyArn = key.keyArn;
    this.topic = new Topic(this, 'Topic', {
      topicName: NAMES.alertsTopic,
      displayName: 'Checkvalve',
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfTheVault',
        ...alarms,
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
      }),
    );
  }

  /** Publishes each event that matches a rule: `sentence`, the resource and the id of the finding. */
  publishFindings(rule: Rule, sentence: string): void {
    const found = {
      resource: EventField.fromPath('$.detail.resource'),
      id: EventField.fromPath('$.detail.id'),
    };
    const input = RuleTargetInput.fromText(`${sentence} Resource: ${found.resource}; finding: ${found.id}.`);
    // The target of the CDK allows every rule of every account to publish.
    rule.addTarget({ bind: () => ({ arn: this.topic.topicArn, input }) });
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'FindingsOfTheVault',
        principals,
        // Without `aws:SourceAccount` and `aws:SourceArn`: in the key policy of an encrypted topic neither is supported for
        // EventBridge, and no message would arrive. The policy of the topic names the rule.
        // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'FindingsOfTheVault',
        principals,
        // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
        conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
      }),
    );
  }
}
