import { DisableRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import type { CheckvalveStack } from './stacks';

/** Switches off whatever wakes the management account's steps: an account that was withdrawn would be enrolled again. */
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
