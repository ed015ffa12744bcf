import { RECOVERY_POINT_TAGS } from './names';

/** Tags that a resource of AWS may have; those of AWS itself (`aws:…`) do not count.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html */
export const MAX_TAGS_PER_RESOURCE = 50;

/**
 * How many tags the recovery point of a database would have: AWS Backup adds those of the plan to the database's own, and
 * takes the plan's where both have one key. `aws:…` tags are not copied.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
 * @param keys the keys of the database's tags
 */
export const tagsOnRecoveryPoint = (keys: Iterable<string>): number =>
  new Set([...Object.values(RECOVERY_POINT_TAGS), ...[...keys].filter((key) => !/^aws:/i.test(key))]).size;

/** Whether a database has so many tags that its recovery points cannot carry those that make them cross: the verdict
 * `too-many-tags`. More than 48 of its own are. */
export const hasTooManyTags = (keys: Iterable<string>): boolean => tagsOnRecoveryPoint(keys) > MAX_TAGS_PER_RESOURCE;
