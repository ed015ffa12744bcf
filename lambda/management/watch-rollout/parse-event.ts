import { cellOfStackSet } from '../../../src/contract/cells';
import { ENDED_OPERATION } from '../../../src/contract/stack-set-operations';
import type { ListingPart } from './facts';

/** The first parts to observe: of an operation's results where the event says that it ended, nothing while it runs, and all
 * instances of every cell for any other event.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-cloudformation.html */
export function parseEvent(event: unknown, cells: readonly string[], now: Date): readonly ListingPart[] {
  const all = cells.map((cell): ListingPart => ({ cell, run: now.toISOString(), part: 0 }));
  const { detail } = (event ?? {}) as { readonly detail?: Readonly<Record<string, unknown>> | null };
  const [, operation] = Object.entries(detail ?? {}).find(([name]) => /operation-?id$/i.test(name)) ?? [];
  if (typeof operation !== 'string') return all;
  const { status } = (detail?.['status-details'] ?? {}) as { readonly status?: unknown };
  if (!ENDED_OPERATION.includes(String(status))) return [];
  const [, stackSet] = /:stackset\/([^:]+):/.exec(String(detail?.['stack-set-arn'])) ?? [];
  const cell = stackSet === undefined ? cells[0] : cellOfStackSet(stackSet);
  return cell === undefined || !cells.includes(cell) ? [] : [{ cell, operation, run: operation, part: 0 }];
}
