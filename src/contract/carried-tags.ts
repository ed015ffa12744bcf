import { PREFIX, RECOVERY_POINT_TAGS } from './names';
import { MAX_TAGS_PER_RESOURCE } from './tags';

/** Marks that a step, or a person, may yet put on a copy: shared, taken, held, failed, a legal hold, and one to spare. */
const MARKS_TO_COME = 6;
/** The longest key of a tag. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html */
const LONGEST_KEY = 128;
/** Before a key that only AWS may set. */
const ORIGIN = 'origin:';

/** The tags of a copy, and the keys of its source's tags that found no place. */
export interface CarriedTags {
  readonly tags: Readonly<Record<string, string>>;
  readonly dropped: readonly string[];
}

/** Ours, and the plan's: none of a source's to give. A team could else write a mark that stops or hides a copy. */
const isOurs = (key: string): boolean =>
  key.toLowerCase().startsWith(`${PREFIX}:`) || Object.values<string>(RECOVERY_POINT_TAGS).includes(key);

/**
 * Carries a database's own tags over to a copy, beside ours. Ours win; what AWS alone may set is renamed
 * (`aws:cloudformation:stack-name` becomes `origin:aws:cloudformation:stack-name`), and goes first when there are too
 * many: a resource may have 50, and room is left for the marks to come. The same tags in any order give the same copy.
 * https://github.com/cloud-custodian/cloud-custodian/issues/6782 shows what `CopyTags` makes of `aws:` keys.
 */
export function carriedTags(theirs: ReadonlyMap<string, string>, ours: Readonly<Record<string, string>>): CarriedTags {
  const named = [...theirs]
    .filter(([key]) => !isOurs(key))
    .map(([key, value]) => ({ key, name: /^(aws|rds):/i.test(key) ? ORIGIN + key : key, value }))
    .sort((a, b) => Number(a.name.startsWith(ORIGIN)) - Number(b.name.startsWith(ORIGIN)) || (a.key < b.key ? -1 : 1));
  const tags = { ...ours };
  const dropped: string[] = [];
  for (const { key, name, value } of named) {
    const fits = Object.keys(tags).length < MAX_TAGS_PER_RESOURCE - MARKS_TO_COME && name.length <= LONGEST_KEY;
    if (fits && !Object.hasOwn(tags, name)) tags[name] = value;
    else dropped.push(key);
  }
  return { tags, dropped };
}
