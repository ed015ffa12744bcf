import type { PrincipalInput } from '../../policy-evaluator/case';
import type { Access } from '../implied/access';
import type { CallingRole } from '../step-calls';

/** A permission that a step needs, or a service that starts or notifies it. */
export interface Need {
  readonly principal: PrincipalInput;
  /** The role that needs it; undefined when a service needs it to deliver a message or to run a function. */
  readonly caller?: CallingRole;
  /** Sets of accesses. All accesses of one set must be allowed. */
  readonly ways: readonly (readonly Access[])[];
}
