import { TAGS } from '../../../src/contract/names';
import type { ImportPorts } from './observe';
import type { ImportAction } from './plan';

/** Does one action; each may be repeated. */
export async function act(action: ImportAction, { snapshots, doors }: ImportPorts) {
  if (action.do === 'import') {
    const { kind: outcome, ...more } = await snapshots.copy(action.order);
    return { outcome, ...more };
  }
  const taken = { [TAGS.takenAt]: action.at.toISOString() };
  await doors.of(action.account).tag(action.exportCopy.arn, taken);
  return { outcome: 'done' };
}
