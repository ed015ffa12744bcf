import { DisableRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import type { CheckvalveStack } from './stacks';

/** Disables the rules and event source mappings of the management account's steps, which would enroll withdrawn accounts again. */
export async function pauseEnrollment(
  { resources }: CheckvalveStack,
  { events, lambda }: { readonly events: EventBridgeClient; readonly lambda: LambdaClient },
): Promise<void> {
  for (const { type, id } of resources.values()) {
    if (type === 'AWS::Events::Rule') await events.send(new DisableRuleCommand({ Name: id }));
    if (type === 'AWS::Lambda::EventSourceMapping') {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: id, Enabled: false }));
    }
  }
}
