import type { Kind } from '../../../src/contract/ids';
import { PREFIX } from '../../../src/contract/names';

/** A copy of a snapshot has finished: within a Region, and from another one.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
const FINISHED = ['RDS-EVENT-0197', 'RDS-EVENT-0060'];

/** A copy of the vault that an event reports as finished. */
export interface FinishedCopy {
  readonly name: string;
  readonly kind: Kind;
}

const object = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};

function json(text: unknown): Record<string, unknown> {
  try {
    return object(JSON.parse(String(text)));
  } catch {
    return {};
  }
}

/** Whether a batch has nothing but the step's own reminders. */
export function isReminder(event: unknown): boolean {
  const { Records: records } = object(event);
  return (
    Array.isArray(records) &&
    records.length > 0 &&
    records.every((record) => json(object(record).body).wake === 'again')
  );
}

/** The finished copies that a batch reports; undefined when it has anything else: the schedule, a reminder, a notification. */
export function finishedCopies(event: unknown): readonly FinishedCopy[] | undefined {
  const { Records: records } = object(event);
  if (!Array.isArray(records) || records.length === 0) return undefined;
  const found: FinishedCopy[] = [];
  for (const record of records) {
    const { source, detail } = json(object(record).body);
    const { EventID, SourceIdentifier: name } = object(detail);
    const isFinished = source === 'aws.rds' && FINISHED.includes(String(EventID));
    if (!isFinished || typeof name !== 'string' || !name.startsWith(`${PREFIX}-`)) return undefined;
    // RDS sends no such event for clusters.
    found.push({ name, kind: 'instance' });
  }
  return found;
}
