import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { AccountId, Region } from '../../../src/contract/ids';
import { copiesTopicArn } from '../../../src/contract/names';
import type { Subscriptions } from '../ports/subscriptions';

/** {@link Subscriptions} on SNS. The queue's owner subscribes, so that nothing must be confirmed.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html */
export class SnsSubscriptions implements Subscriptions {
  private readonly clients = new Map<Region, SNSClient>();

  constructor(private readonly inboxArn: string) {}

  async subscribe(account: AccountId, region: Region): Promise<void> {
    // A topic answers in its own Region only. Raw delivery stays off: the envelope names the topic.
    const client = this.clients.get(region) ?? new SNSClient({ region });
    this.clients.set(region, client);
    const TopicArn = copiesTopicArn(account, region);
    await client.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: this.inboxArn }));
  }
}
