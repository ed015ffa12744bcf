/** Stable codes of all errors of Checkvalve: programs match on them, and the runbook names them. */
export type ErrorCode =
  | 'INVALID_CONFIG'
  | 'INVALID_INPUT'
  | 'INVALID_CASE'
  | 'UNSUPPORTED_POLICY'
  | 'UNRESOLVED_TEMPLATE'
  | 'TRUST_RULE_ACKNOWLEDGED'
  | 'TRUST_BROKEN'
  | 'INCOMPLETE_LISTING'
  | 'UNSAFE_OPERATION'
  | 'ACCESS_DENIED'
  | 'DATABASE_NOT_FOUND'
  | 'UNSUPPORTED'
  | 'NOT_DEPLOYED'
  | 'AWS_CALL_FAILED'
  | 'STEP_FAILED'
  | 'RETENTION_STOPPED'
  | 'TIME_NOT_TRUSTED'
  | 'LIMIT_EXCEEDED'
  | 'REHEARSAL_FAILED'
  | 'SETUP_FAILED'
  | `EMULATOR_${string}`;

/** An error of Checkvalve: a stable `code` for programs, a `remedy` for the operator, and the original `cause`. */
export class CheckvalveError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CheckvalveError';
  }
}
