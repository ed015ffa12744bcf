import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { SnapshotArn } from '../../../src/contract/ids';
import { announce } from '../../../src/contract/message';
import type { Announcements } from '../ports/announcements';

/** {@link Announcements} on an SNS topic. */
export class SnsAnnouncements implements Announcements {
  constructor(
    private readonly client: SNSClient,
    private readonly topicArn: string,
  ) {}

  async announce(copy: SnapshotArn): Promise<void> {
    await this.client.send(new PublishCommand({ TopicArn: this.topicArn, Message: announce(copy) }));
  }
}
