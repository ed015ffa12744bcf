import { ENDED_OPERATION } from '../../../src/contract/stack-set-operations';
import type { ListingPart } from './facts';

/** The first part to observe: of an operation's results where the event says that it ended, nothing while it runs, and all
 * instances for any other event.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html */
export function parseEvent(event: unknown, now: Date): ListingPart | undefined {
  const all = { run: now.toISOString(), part: 0 };
  const { detail } = (event ?? {}) as { readonly detail?: Readonly<Record<string, unknown>> | null };
  const [, operation] = Object.entries(detail ?? {}).find(([name]) => /operation-?id$/i.test(name)) ?? [];
  if (typeof operation !== 'string') return all;
  const { status } = (detail?.['status-details'] ?? {}) as { readonly status?: unknown };
  return ENDED_OPERATION.includes(String(status)) ? { operation, run: operation, part: 0 } : undefined;
}
