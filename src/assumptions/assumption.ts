/**
 * How well a statement about AWS is known: AWS says it on a page; somebody has seen it and said so in public; it follows from
 * what is documented; nothing says it.
 */
export type Certainty = 'documented' | 'seen' | 'inferred' | 'unknown';

/** A statement about AWS that code relies on, or that somebody might rely on one day. */
export interface Assumption {
  /** Kebab-case, stable. */
  readonly id: string;
  readonly statement: string;
  readonly certainty: Certainty;
  /** A page of AWS, or `seen: …`; none where nothing says it. */
  readonly source?: string;
  /** The files that rely on it; none where nothing does. */
  readonly reliedOnIn: readonly string[];
  /** What happens if it is wrong. */
  readonly ifWrong: string;
  /** What keeps that from doing harm. */
  readonly harmlessBy: string;
  /** The probe that asks, or why there is none. */
  readonly probe: { readonly id: string } | { readonly none: string };
  /** Where the emulator, as it runs in rehearsals and tests, does not do what is assumed, but something stricter. */
  readonly stricterInEmulator?: StricterInEmulator;
}

/** How the emulator is stricter than the ledger expects AWS to be. */
export interface StricterInEmulator {
  /** What it does, as one sentence. */
  readonly behavior: string;
  /** The switch that makes it as assumed; `checkvalve probe --rehearsal` sets it. None where the emulator never is. */
  readonly switch?: string;
}
