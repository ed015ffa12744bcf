/** Writes facts: a past-tense event name and fields, `log('copy.started', { snapshot, copy })`. Never prose. */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** How one action of a plan ended. One failure never stops the others. */
export interface Done<Action> {
  readonly action: Action;
  readonly outcome: string;
  readonly because?: string;
}
