import { PREFIX, TAGS } from '../../src/contract/names';
import { type Hold, parseHold } from '../../src/contract/verdicts';
import type { Snapshot } from './ports/snapshots';

/** Whether a snapshot is an export copy: by its name and its tag. A team's own copy of an export copy has the tag alone. */
export const isExportCopy = ({ name, tags }: Snapshot): boolean =>
  name.startsWith(`${PREFIX}-`) && tags.get(TAGS.role) === 'export';

/** The verdict that a tag records. */
export const holdOf = ({ tags }: Snapshot): Hold | undefined => parseHold(tags.get(TAGS.held));
