/**
 * How certain a statement about AWS is: a page of AWS states it; a public report shows it; it follows from documentation; no
 * source states it.
 */
export type Certainty = 'documented' | 'observed' | 'inferred' | 'unknown';

/** A statement about AWS that code relies on, or could rely on later. */
export interface Assumption {
  /** Kebab-case, stable. */
  readonly id: string;
  readonly statement: string;
  readonly certainty: Certainty;
  /** A page of AWS, or `observed: …`; none without a source. */
  readonly source?: string;
  /** The files that rely on it, if any. */
  readonly reliedOnIn: readonly string[];
  /** What happens if it is wrong. */
  readonly ifWrong: string;
  /** The mitigation of that effect. */
  readonly mitigation: string;
  /** The probe that tests it, or why there is none. */
  readonly probe: { readonly id: string } | { readonly none: string };
  /** Where the emulator is stricter in rehearsals and tests than the statement. */
  readonly stricterInEmulator?: StricterInEmulator;
}

/** How the emulator is stricter than the statement. */
export interface StricterInEmulator {
  /** What the emulator does, in one sentence. */
  readonly behavior: string;
  /** The switch for the assumed behavior, which `checkvalve probe --rehearsal` sets; none where there is none. */
  readonly switch?: string;
}
