import type { ExecutionRole } from '../management/execution-role/execution-role';

/** What the emulator authorizes the deployment of stack instances with; fields left out stay as they are. */
export interface ExecutionRoleSettings extends Partial<ExecutionRole> {
  /** Whether AWS::CloudFormation::StackSet accepts the template of an execution role; `refused` by default. */
  readonly property?: 'taken' | 'refused';
}
