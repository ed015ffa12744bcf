import { Aws, CfnCondition, Fn, type IResolvable, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Region } from '../../src/contract/ids';

/** A value that differs in the Region that receives the copies of all other Regions. The template is the same in all Regions:
 * CloudFormation chooses the value. */
export function whereCopiesArrive(scope: Construct, region: Region, there: unknown, elsewhere: unknown): IResolvable {
  const stack = Stack.of(scope);
  const id = 'CopiesArrive';
  const known = stack.node.tryFindChild(id) as CfnCondition | undefined;
  const here = known ?? new CfnCondition(stack, id, { expression: Fn.conditionEquals(Aws.REGION, region) });
  return Fn.conditionIf(here.logicalId, there, elsewhere);
}
