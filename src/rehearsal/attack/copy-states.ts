import { TAGS } from '../../contract/names';
import { type EmulatedWorld, vaultCopies } from '../checks/evidence';

/** The vault's copies by ARN, each with its key and its tags as JSON. */
export type CopyStates = ReadonlyMap<string, string>;

/** The present state of the vault's copies. */
export async function copyStates(emulated: EmulatedWorld): Promise<CopyStates> {
  const copies = await vaultCopies(emulated);
  return new Map(
    copies.map(
      ({ arn, kmsKeyArn, snapshot }) => [arn, JSON.stringify([kmsKeyArn, [...snapshot.tags].sort()])] as const,
    ),
  );
}

/** What an attack changed in the copies that the vault had before, one sentence each. */
export const changesOf = (before: CopyStates, after: CopyStates): readonly string[] =>
  [...before].flatMap(([arn, state]) => {
    if (!after.has(arn)) return [`the attack deleted ${arn}`];
    return after.get(arn) === state ? [] : [`the attack changed the tags or the key of ${arn}`];
  });

/** What is wrong with the copies that a source has added, one sentence each: it may add one, which the vault tags by itself. */
export function checkAddedCopy(
  before: CopyStates,
  after: CopyStates,
  name: string,
  database: string,
): readonly string[] {
  const added = [...after].filter(([arn]) => !before.has(arn));
  const wrong = added.flatMap(([arn, json]) => {
    const [, pairs] = JSON.parse(json) as [string, [string, string][]];
    const tags = new Map(pairs);
    return [
      ...(tags.get(TAGS.exportCopy)?.endsWith(`:${name}`) ? [] : [`the attack put ${arn} into the vault`]),
      ...(tags.get(TAGS.database) === database ? [] : [`${arn} is tagged as a copy of ${tags.get(TAGS.database)}`]),
      ...(new Date(tags.get(TAGS.importStartedAt) ?? '').getUTCFullYear() >= 2020
        ? []
        : [`${arn} has an import time that the source chose`]),
    ];
  });
  const many = added.length === 1 ? [] : [`the attack added ${added.length} copies; a source may add one`];
  return [...wrong, ...many];
}
