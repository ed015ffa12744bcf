/** Stable codes of everything Checkvalve throws: a machine may match on them, a runbook may be searched for them. */
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

/** Everything Checkvalve throws: a stable `code` for machines, a `remedy` for the person on call, the `cause` kept. */
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
