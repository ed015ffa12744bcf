import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, type Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { NAMES } from '../contract/names';

/**
 * Where people are told: one topic for the vault's alarms and for the daily message. It stands under a key of its own, since
 * alarms cannot publish to a topic under the AWS managed key.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class Alerts extends Construct {
  readonly topic: Topic;
  readonly keyArn: string;
  private readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const alarms = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    };
    const key = new Key(this, 'Key', {
      description: 'Checkvalve: encrypts what people are told',
      enableKeyRotation: true,
      // Nothing under it outlives its delivery.
      removalPolicy: RemovalPolicy.DESTROY,
      policy: new PolicyDocument({
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
      }),
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
  /** Lets a rule tell people: `sentence`, what it is about, and whose finding it is. */
  tellFrom(rule: Rule, sentence: string): void {
    const found = {
      resource: EventField.fromPath('$.detail.resource'),
      id: EventField.fromPath('$.detail.id'),
    };
    const input = RuleTargetInput.fromText(`${sentence} Resource: ${found.resource}; finding: ${found.id}.`);
    // The library's own target lets every rule of every account publish.
    rule.addTarget({ bind: () => ({ arn: this.topic.topicArn, input }) });
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'FindingsOfTheVault',
        principals,
        // No `aws:SourceAccount` and no `aws:SourceArn`: for EventBridge and an encrypted topic neither is supported in the key
        // policy, and nothing would arrive. The topic's policy names the rule.
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
