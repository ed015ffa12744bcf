import { TAGS } from '../../../src/contract/names';
import type { Announcements } from '../../_kit/ports/announcements';
import type { Snapshots } from '../../_kit/ports/snapshots';
import type { ExportAction } from './plan';

/** What export-snapshots touches. */
export interface ExportPorts {
  readonly snapshots: Snapshots;
  readonly announcements: Announcements;
}

/** Does one action. Every call in it may be repeated, and its order makes a stop at any line harmless. */
export async function act(action: ExportAction, { snapshots, announcements }: ExportPorts) {
  switch (action.do) {
    case 'copy': {
      const { kind: outcome, ...more } = await snapshots.copy(action.order);
      return { outcome, ...more };
    }
    case 'publish':
      await snapshots.share(action.copy, action.vaultAccount);
      await announcements.announce(action.copy.arn);
      await snapshots.tag(action.copy.arn, { [TAGS.sharedAt]: action.at.toISOString() });
      return { outcome: 'done' };
    case 'retire':
      // The memory that it crossed comes before the deletion of what else tells so. Deleting ends the share, too.
      if (action.source) await snapshots.tag(action.source.arn, { [TAGS.takenAt]: action.takenAt });
      await snapshots.remove(action.copy);
      return { outcome: 'done' };
  }
}
