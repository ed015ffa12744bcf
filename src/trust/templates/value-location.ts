/** The place of a value in a template: the resource and the path from it. */
export interface ValueLocation {
  readonly logicalId: string;
  readonly path: readonly string[];
}

/** The location of a key within a location. */
export function within({ logicalId, path }: ValueLocation, key: string): ValueLocation {
  return { logicalId, path: [...path, key] };
}

/** Replaces a value that could not be resolved. */
export function placeholderOf({ logicalId, path }: ValueLocation): string {
  return `<unresolved ${[logicalId, ...path].join('.')}>`;
}

/** Whether a part of a text could not be resolved. */
export function isUnresolved(text: string): boolean {
  return text.includes('<unresolved ');
}
