/** What a stack instance is made to be; what is left out stays. */
export interface PlantedInstance {
  readonly account: string;
  readonly region: string;
  /** `CURRENT`, `OUTDATED`, `INOPERABLE`, or a word that is new. */
  readonly status?: string;
  /** The detailed status, such as `PENDING`. */
  readonly detailed?: string;
  readonly reason?: string;
}
