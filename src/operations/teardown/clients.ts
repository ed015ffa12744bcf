import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';

/** What a tear-down speaks to, in one Region. */
export interface TeardownClients {
  readonly cloudformation: CloudFormationClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly sts: STSClient;
}

/** Clients with one set of settings: those of a Region, and where given an endpoint and credentials. */
export const clientsWith = (settings: { readonly region: string }): TeardownClients => ({
  cloudformation: new CloudFormationClient(settings),
  events: new EventBridgeClient(settings),
  lambda: new LambdaClient(settings),
  sts: new STSClient(settings),
});
