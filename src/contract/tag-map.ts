/** A tag as AWS's APIs answer it. */
interface ApiTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Tags as a map. A tag without a key is left out; one without a value has an empty one. */
export const tagMap = (tags: readonly ApiTag[] | undefined): ReadonlyMap<string, string> =>
  new Map((tags ?? []).flatMap(({ Key, Value }) => (Key ? [[Key, Value ?? ''] as const] : [])));
