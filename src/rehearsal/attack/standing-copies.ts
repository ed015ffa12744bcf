import { TAGS } from '../../contract/names';
import { type EmulatedWorld, vaultCopies } from '../checks/evidence';

/** The vault's copies, by ARN, with all that they say: their key and their tags. */
export type CopyStates = ReadonlyMap<string, string>;

/** The vault's copies as they stand. */
export async function copiesOf(emulated: EmulatedWorld): Promise<CopyStates> {
  const copies = await vaultCopies(emulated);
  return new Map(
    copies.map(({ arn, kmsKeyArn, seen }) => [arn, JSON.stringify([kmsKeyArn, [...seen.tags].sort()])] as const),
  );
}

/** What became of copies that stood before, in words; nothing when each stands as it stood. */
export const changesOf = (before: CopyStates, after: CopyStates): readonly string[] =>
  [...before].flatMap(([arn, said]) => {
    if (!after.has(arn)) return [`the attack took ${arn} away`];
    return after.get(arn) === said ? [] : [`the attack changed the tags or the key of ${arn}`];
  });

/** What is wrong with a copy that a source has added, in words: it may add one, which the vault files by itself. */
export function checkAddedCopy(
  before: CopyStates,
  after: CopyStates,
  name: string,
  database: string,
): readonly string[] {
  const added = [...after].filter(([arn]) => !before.has(arn));
  const wrong = added.flatMap(([arn, json]) => {
    const [, tags] = JSON.parse(json) as [string, [string, string][]];
    const said = new Map(tags);
    return [
      ...(said.get(TAGS.exportCopy)?.endsWith(`:${name}`) ? [] : [`the attack put ${arn} into the vault`]),
      ...(said.get(TAGS.database) === database ? [] : [`${arn} is filed as a copy of ${said.get(TAGS.database)}`]),
      ...(new Date(said.get(TAGS.importedAt) ?? '').getUTCFullYear() >= 2020
        ? []
        : [`${arn} believes the source’s time`]),
    ];
  });
  const many = added.length === 1 ? [] : [`the attack added ${added.length} copies; one is what a source may add`];
  return [...wrong, ...many];
}
