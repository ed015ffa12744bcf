import { carriedTags } from '../../../src/contract/carried-tags';
import { databaseParts, type KeyArn } from '../../../src/contract/ids';
import { attemptOf, optionGroupName, TAGS, vaultCopyName } from '../../../src/contract/names';
import type { CopyOrder, Snapshot } from '../../_kit/ports/snapshots';

/** What an order is made from. */
interface OrderFacts {
  /** The export copies as seen through their doors: RDS shows no tags of a snapshot that is merely shared. */
  readonly throughDoors: ReadonlyMap<string, Snapshot>;
  /** The vault's copies of each export copy, by its ARN. */
  readonly copiesOf: ReadonlyMap<string, readonly Snapshot[]>;
  readonly importKey: KeyArn;
  readonly now: Date;
}

/**
 * The order for the vault's copy of a shared snapshot: under the import key, named after the ARN, which RDS vouches for,
 * and marked with the vault's own words. The source's are carried along as tags, and none of them can be a mark of ours.
 */
export function importOrder(snapshot: Snapshot, { throughDoors, copiesOf, importKey, now }: OrderFacts) {
  const exportCopy = throughDoors.get(snapshot.arn) ?? snapshot;
  const failed = copiesOf.get(snapshot.arn) ?? [];
  const attempt = failed.reduce((most, copy) => Math.max(most, attemptOf(copy.name)), 0) + 1;
  const told = [TAGS.snapshot, TAGS.sourceTime, TAGS.plan, TAGS.resourceId].flatMap((key) => {
    const value = exportCopy.tags.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const { tags, dropped } = carriedTags(exportCopy.tags, {
    ...Object.fromEntries(told),
    [TAGS.role]: 'vault',
    [TAGS.database]: snapshot.database,
    [TAGS.exportCopy]: snapshot.arn,
    [TAGS.importedAt]: now.toISOString(),
  });
  const order: CopyOrder = {
    source: snapshot.arn,
    kind: snapshot.kind,
    name: vaultCopyName(databaseParts(snapshot.database).name, snapshot.arn, attempt),
    key: importKey,
    tags,
    optionGroup: optionGroupName(snapshot.engine, snapshot.engineVersion),
  };
  return { order, exportCopy, dropped };
}
