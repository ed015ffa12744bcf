import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';

/** The AWS clients of a teardown in one Region. */
export interface TeardownClients {
  readonly cloudformation: CloudFormationClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly sts: STSClient;
}

/** Clients with the same settings: the Region, and in a rehearsal the endpoint and the credentials. */
export const clientsWith = (settings: { readonly region: string }): TeardownClients => ({
  cloudformation: new CloudFormationClient(settings),
  events: new EventBridgeClient(settings),
  lambda: new LambdaClient(settings),
  sts: new STSClient(settings),
});
