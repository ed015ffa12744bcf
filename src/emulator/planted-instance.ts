/** The attributes to set on a stack instance; those left out stay as they are. */
export interface PlantedInstance {
  readonly account: string;
  readonly region: string;
  /** `CURRENT`, `OUTDATED`, `INOPERABLE`, or an unknown status. */
  readonly status?: string;
  /** The detailed status, such as `PENDING`. */
  readonly detailed?: string;
  readonly reason?: string;
}
