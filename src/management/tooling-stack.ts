import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SourceTooling, type SourceToolingProps } from '../../stacksets/source-tooling/source-tooling';
import { ToolingStackSet } from './tooling-stack-set';

/** What is pushed, and where the StackSet stands. */
export interface ToolingStackProps extends StackProps {
  readonly tooling: SourceToolingProps;
}

/**
 * The StackSet, in a stack of its own: CloudFormation waits for a StackSet's operation, and rolls the whole stack back
 * when it fails.
 */
export class ToolingStack extends Stack {
  constructor(scope: Construct, id: string, { tooling, ...props }: ToolingStackProps) {
    super(scope, id, props);
    new ToolingStackSet(this, 'StackSet', { tooling: new SourceTooling(this, 'SourceTooling', tooling) });
  }
}
