import { Aws, CfnCondition, Fn, type IResolvable, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Region } from '../../src/contract/ids';

/** A value that is one thing in the Region in which copies of all others arrive, and another elsewhere. The template is the
 * same in all Regions: CloudFormation chooses. */
export function whereCopiesArrive(scope: Construct, region: Region, there: unknown, elsewhere: unknown): IResolvable {
  const stack = Stack.of(scope);
  const id = 'CopiesArrive';
  const known = stack.node.tryFindChild(id) as CfnCondition | undefined;
  const here = known ?? new CfnCondition(stack, id, { expression: Fn.conditionEquals(Aws.REGION, region) });
  return Fn.conditionIf(here.logicalId, there, elsewhere);
}
