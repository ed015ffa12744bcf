import type { DecisionKind } from '../../contract/decisions';
import { CheckvalveError } from '../../contract/errors';
import { isAccountId, isDatabaseArn, isSnapshotArn } from '../../contract/ids';

/** Options that change what is decided about the subjects. */
export interface DecisionFlags {
  readonly left?: boolean;
  readonly excluded?: boolean;
  readonly clock?: boolean;
}

/** A kind of decision and its subject. */
export interface RequestedDecision {
  readonly kind: DecisionKind;
  readonly subject: string;
}

/** The kind of decision that the type of a subject selects, together with the flags. */
function kindOf(subject: string, { left, excluded }: DecisionFlags): DecisionKind | undefined {
  if (isAccountId(subject)) return excluded ? undefined : left ? 'left' : 'accepted';
  if (isDatabaseArn(subject)) return left ? undefined : excluded ? 'excluded' : 'database';
  return isSnapshotArn(subject) && !left && !excluded ? 'size' : undefined;
}

/**
 * The decisions that subjects and flags request.
 * @throws CheckvalveError `INVALID_INPUT` that lists every invalid subject; then no decision is recorded
 */
export function requestedDecisions(subjects: readonly string[], flags: DecisionFlags): readonly RequestedDecision[] {
  const all = [...new Set(subjects)].map((subject) => ({ subject, kind: kindOf(subject, flags) }));
  const invalid = all.filter(({ kind }) => kind === undefined).map(({ subject }) => JSON.stringify(subject));
  const remedy = flags.left
    ? 'Give account ids of exactly twelve digits with --left'
    : flags.excluded
      ? 'Give ARNs of databases with --excluded'
      : 'Give account ids of exactly twelve digits, ARNs of databases, or ARNs of export copies';
  const fault = (message: string) =>
    new CheckvalveError('INVALID_INPUT', message, `${remedy}. No decision was recorded.`);
  if (flags.left && flags.excluded) throw fault('--left and --excluded exclude each other');
  if (invalid.length > 0) throw fault(`${invalid.join(', ')} is not a valid subject`);
  if (all.length === 0 && !flags.clock) throw fault('The command has no subject');
  const clock: readonly RequestedDecision[] = flags.clock ? [{ kind: 'clock', subject: 'vault' }] : [];
  return [...clock, ...all.flatMap(({ kind, subject }) => (kind ? [{ kind, subject }] : []))];
}
