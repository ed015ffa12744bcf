/** JSON of values that contain maps and dates, both of which JSON itself does not have. */
export const toStoredJson = (value: unknown): string => JSON.stringify(encoded(value));

/** The value of a text of {@link toStoredJson}. @throws SyntaxError when it is not JSON */
export const fromStoredJson = (text: string): unknown => decoded(JSON.parse(text));

function encoded(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Map) return { $map: [...value].map(encoded) };
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, encoded(one)]));
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value;
  const [only, ...others] = Object.entries(value);
  if (only && others.length === 0) {
    const [key, held] = only;
    if (key === '$date') return new Date(Number(held));
    if (key === '$map' && Array.isArray(held)) return new Map(held.map(decoded) as [unknown, unknown][]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decoded(one)]));
}
