import type { DecisionKind } from '../../contract/decisions';
import { CheckvalveError } from '../../contract/errors';
import { isAccountId, isDatabaseArn, isSnapshotArn } from '../../contract/ids';

/** Which decisions are asked for beside what the subjects themselves say. */
export interface DecisionFlags {
  readonly left?: boolean;
  readonly excluded?: boolean;
  readonly clock?: boolean;
}

/** A kind of decision, and what it is about. */
export interface RequestedDecision {
  readonly kind: DecisionKind;
  readonly subject: string;
}

/** What the shape of a subject asks for, unless a flag says otherwise. */
function kindOf(subject: string, { left, excluded }: DecisionFlags): DecisionKind | undefined {
  if (isAccountId(subject)) return excluded ? undefined : left ? 'left' : 'accepted';
  if (isDatabaseArn(subject)) return left ? undefined : excluded ? 'excluded' : 'database';
  return isSnapshotArn(subject) && !left && !excluded ? 'size' : undefined;
}

/**
 * The decisions that subjects and flags ask for.
 * @throws CheckvalveError `INVALID_INPUT` that names everything that cannot be decided; then nothing is
 */
export function requestedDecisions(subjects: readonly string[], flags: DecisionFlags): readonly RequestedDecision[] {
  const all = [...new Set(subjects)].map((subject) => ({ subject, kind: kindOf(subject, flags) }));
  const bad = all.filter(({ kind }) => kind === undefined).map(({ subject }) => JSON.stringify(subject));
  const wants = flags.left
    ? 'With --left give account ids, exactly twelve digits each'
    : flags.excluded
      ? 'With --excluded give ARNs of databases'
      : 'Give account ids (exactly twelve digits), ARNs of databases, or ARNs of export copies';
  const fault = (message: string) => new CheckvalveError('INVALID_INPUT', message, `${wants}; nothing was accepted.`);
  if (flags.left && flags.excluded) throw fault('--left and --excluded are about different things');
  if (bad.length > 0) throw fault(`${bad.join(', ')} cannot be accepted`);
  if (all.length === 0 && !flags.clock) throw fault('Nothing was given that could be accepted');
  const clock: readonly RequestedDecision[] = flags.clock ? [{ kind: 'clock', subject: 'vault' }] : [];
  return [...clock, ...all.flatMap(({ kind, subject }) => (kind ? [{ kind, subject }] : []))];
}
