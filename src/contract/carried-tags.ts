import { PREFIX, RECOVERY_POINT_TAGS } from './names';
import { MAX_TAGS_PER_RESOURCE } from './tags';

/** Tags that a step or an operator may add to a copy later: shared, copied, held, failed, a legal hold, and one spare. */
const RESERVED_TAGS = 6;
/** Characters of the longest key of a tag. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html */
const MAX_KEY_LENGTH = 128;
/** Prefix of a key that only AWS may set. */
const ORIGIN = 'origin:';

/** The tags of a copy, and the keys of tags of the database that do not fit. */
export interface CarriedTags {
  readonly tags: Readonly<Record<string, string>>;
  readonly dropped: readonly string[];
}

/** Tags of Checkvalve and of the plan are not carried over: else a team could write a tag that stops or hides a copy. */
const isOurs = (key: string): boolean =>
  key.toLowerCase().startsWith(`${PREFIX}:`) || Object.values<string>(RECOVERY_POINT_TAGS).includes(key);

/**
 * Carries the tags of a database over to a copy. The tags of Checkvalve win. A tag that only AWS may set is renamed
 * (`aws:cloudformation:stack-name` becomes `origin:aws:cloudformation:stack-name`), and is dropped first when there are too many.
 * Room is left for tags that are added later. The same tags in any order give the same result.
 * https://github.com/cloud-custodian/cloud-custodian/issues/6782 shows what `CopyTags` does with `aws:` keys.
 */
export function carriedTags(theirs: ReadonlyMap<string, string>, ours: Readonly<Record<string, string>>): CarriedTags {
  const named = [...theirs]
    .filter(([key]) => !isOurs(key))
    .map(([key, value]) => ({ key, name: /^(aws|rds):/i.test(key) ? ORIGIN + key : key, value }))
    .sort((a, b) => Number(a.name.startsWith(ORIGIN)) - Number(b.name.startsWith(ORIGIN)) || (a.key < b.key ? -1 : 1));
  const tags = { ...ours };
  const dropped: string[] = [];
  for (const { key, name, value } of named) {
    const fits = Object.keys(tags).length < MAX_TAGS_PER_RESOURCE - RESERVED_TAGS && name.length <= MAX_KEY_LENGTH;
    if (fits && !Object.hasOwn(tags, name)) tags[name] = value;
    else dropped.push(key);
  }
  return { tags, dropped };
}
