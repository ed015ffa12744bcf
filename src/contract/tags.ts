import { RECOVERY_POINT_TAGS } from './names';

/** A tag as the SDK of any service lists it. */
export interface ListedTag {
  readonly Key?: string;
  readonly Value?: string;
}

/** Tags by key. A tag without a key is left out; one without a value has an empty value. */
export const tagMap = (tags: readonly ListedTag[] = []): ReadonlyMap<string, string> =>
  new Map(tags.flatMap(({ Key, Value }) => (Key ? [[Key, Value ?? ''] as const] : [])));

/** Tags that a resource may have; tags of AWS itself (`aws:…`) do not count.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html */
export const MAX_TAGS_PER_RESOURCE = 50;

/**
 * How many tags a recovery point of a database would have: AWS Backup adds those of the plan to those of the database. Where
 * both have a key, the value of the plan wins. AWS Backup does not copy `aws:…` tags.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
 * @param keys the keys of the tags of the database
 */
export const tagsOnRecoveryPoint = (keys: Iterable<string>): number =>
  new Set([...Object.values(RECOVERY_POINT_TAGS), ...[...keys].filter((key) => !/^aws:/i.test(key))]).size;

/** Whether a database has so many tags, more than 48, that its recovery points have no room for the two of the plan, by which
 * a snapshot is selected for the vault: the verdict `too-many-tags`. */
export const hasTooManyTags = (keys: Iterable<string>): boolean => tagsOnRecoveryPoint(keys) > MAX_TAGS_PER_RESOURCE;
