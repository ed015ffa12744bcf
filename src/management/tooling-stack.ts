import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SourceTooling, type SourceToolingProps } from '../../stacksets/source-tooling/source-tooling';
import type { RolloutConfig } from '../config/checkvalve-config';
import { ToolingStackSet } from './tooling-stack-set';

/** What the StackSet deploys, and how fast. */
export interface ToolingStackProps extends StackProps {
  /** Name of the StackSet. */
  readonly stackSet: string;
  readonly tooling: SourceToolingProps;
  readonly rollout?: RolloutConfig;
}

/**
 * The StackSet in a stack of its own, because CloudFormation waits for the operation of a StackSet, and rolls the whole stack
 * back when the operation fails.
 */
export class ToolingStack extends Stack {
  constructor(scope: Construct, id: string, { stackSet, tooling, rollout, ...props }: ToolingStackProps) {
    super(scope, id, props);
    new ToolingStackSet(this, 'StackSet', {
      name: stackSet,
      tooling: new SourceTooling(this, 'SourceTooling', tooling),
      rollout,
      managementAccount: this.account,
    });
  }
}
