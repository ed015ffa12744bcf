import type { ExecutionRole } from '../management/execution-role/execution-role';

/** What the emulator authorizes the deployment of stack instances by; what is left out stays as it is. */
export interface ExecutionRoleSettings extends Partial<ExecutionRole> {
  /** Whether AWS::CloudFormation::StackSet takes the template of an execution role; `refused` until it is set. */
  readonly property?: 'taken' | 'refused';
}
