import { DAY, HOUR } from '../../src/contract/durations';
import { type AccountId, databaseParts, isDatabaseArn, isSnapshotArn, snapshotParts } from '../../src/contract/ids';
import { attemptOf, PREFIX, TAGS, vaultCopyName } from '../../src/contract/names';
import type { Snapshot } from './ports/snapshots';

/** How far the source's word on when the data was taken may lie from the import, and still be believed. */
const EARLIER = 7 * DAY;
const LATER = HOUR;

/** The vault's own copies: by name and by mark. */
export const isVaultCopy = ({ name, tags }: Snapshot): boolean =>
  name.startsWith(`${PREFIX}-`) && tags.get(TAGS.role) === 'vault';

/** The account whose data a vault copy holds: from a tag that the vault alone writes, out of what RDS says. */
export const originOf = ({ tags }: Snapshot): AccountId => (tags.get(TAGS.database)?.split(':')[4] ?? '') as AccountId;

/**
 * Whether the name of a vault copy, which nobody can change, says the same of its origin as its tags, which the importer's
 * role could: account, kind and name of the database (a long one is cut short in it), and the export copy.
 */
export function nameMatchesTags({ name, kind, tags }: Snapshot): boolean {
  const [database = '', exportCopy = ''] = [tags.get(TAGS.database), tags.get(TAGS.exportCopy)];
  if (!isDatabaseArn(database) || !isSnapshotArn(exportCopy)) return false;
  const [of, from] = [databaseParts(database), snapshotParts(exportCopy)];
  return (
    of.account === from.account && of.kind === kind && name === vaultCopyName(of.name, exportCopy, attemptOf(name))
  );
}

const time = (text: string | undefined): number | undefined => {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
};

/** When the vault made a copy, by the vault's own clock; RDS's where the tag is missing. */
export function importTime(held: Snapshot): Date {
  return new Date(time(held.tags.get(TAGS.importStartedAt)) ?? held.createdAt?.getTime() ?? 0);
}

/**
 * When a copy's data was taken, as far as the vault believes it: what the source wrote, clamped to a plausible range around
 * the import, and never later than RDS's own word. Without a readable word it is taken for the oldest of the range.
 */
export function dataTime(held: Snapshot): Date {
  const imported = importTime(held).getTime();
  const [earliest, latest] = [imported - EARLIER, imported + LATER];
  const said = time(held.tags.get(TAGS.sourceTime)) ?? earliest;
  const believed = Math.min(Math.max(said, earliest), latest);
  return new Date(Math.min(believed, held.takenAt?.getTime() ?? believed));
}
