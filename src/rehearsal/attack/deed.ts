/** Something that an attacker is free to do where he rules, and what it must come to. */
export interface Deed {
  readonly who: string;
  readonly what: string;
  readonly comesTo: string;
  /** What the vault's log must say of it; what is judged by the state of the vault alone has none. */
  readonly log?: string;
  readonly do: () => Promise<unknown>;
}

/** Who does it, as the table of the attack names him. */
export const SOURCE = 'an administrator of a source';
export const OUTSIDER = 'an account that is not enrolled';
export const MANAGER = 'an administrator of the management account';
