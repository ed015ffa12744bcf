import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Alerts } from '../ports/alerts';

/** {@link Alerts} on an SNS topic. */
export class SnsAlerts implements Alerts {
  constructor(
    private readonly client: SNSClient,
    private readonly topicArn: string,
  ) {}

  async send(subject: string, message: string): Promise<void> {
    await this.client.send(new PublishCommand({ TopicArn: this.topicArn, Subject: subject, Message: message }));
  }
}
