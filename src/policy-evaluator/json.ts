/** A JSON object of unknown shape. */
export type UnknownObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is UnknownObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values of an element that may be one value or a list. */
export function valuesIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
