import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { articleUrl } from '../../../src/contract/runbook';
import type { Alerts } from '../ports/alerts';

/** {@link Alerts} on an SNS topic: adds to each message where its article is. */
export class SnsAlerts implements Alerts {
  constructor(
    private readonly client: SNSClient,
    private readonly topicArn: string,
    private readonly runbookUrl: string,
  ) {}

  async publish(subject: string, message: string, article: string): Promise<void> {
    const Message = `${message}\n\nWhat to do: ${articleUrl(this.runbookUrl, article)}`;
    await this.client.send(new PublishCommand({ TopicArn: this.topicArn, Subject: subject, Message }));
  }
}
