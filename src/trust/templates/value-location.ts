/** Where a value stands: the resource and the path from it. */
export interface Spot {
  readonly logicalId: string;
  readonly path: readonly string[];
}

/** The spot one step further in. */
export function below({ logicalId, path }: Spot, key: string): Spot {
  return { logicalId, path: [...path, key] };
}

/** What stands in the place of a value that could not be resolved. */
export function markOf({ logicalId, path }: Spot): string {
  return `<unresolved ${[logicalId, ...path].join('.')}>`;
}

/** Whether a text has a part that could not be resolved. */
export function isUnresolved(text: string): boolean {
  return text.includes('<unresolved ');
}
