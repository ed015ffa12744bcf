import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { SnapshotArn } from '../../../src/contract/ids';
import { notify } from '../../../src/contract/message';
import type { Notifications } from '../ports/notifications';

/** {@link Notifications} on an SNS topic. */
export class SnsNotifications implements Notifications {
  constructor(
    private readonly client: SNSClient,
    private readonly topicArn: string,
  ) {}

  async notify(copy: SnapshotArn): Promise<void> {
    await this.client.send(new PublishCommand({ TopicArn: this.topicArn, Message: notify(copy) }));
  }
}
