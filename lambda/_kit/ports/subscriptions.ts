import type { AccountId, Region } from '../../../src/contract/ids';

/** The inbox's subscriptions to the topics of sources. */
export interface Subscriptions {
  /** Subscribes the inbox to a source's topic. Safe to call twice: SNS answers with the subscription it has. */
  subscribe(account: AccountId, region: Region): Promise<void>;
}
