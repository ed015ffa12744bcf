/** Events of RDS after which `export-snapshots` may have something to do: a manual snapshot was created, a copy has finished, a
 * cluster snapshot was created. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
export const SNAPSHOT_EVENTS: readonly string[] = ['RDS-EVENT-0042', 'RDS-EVENT-0197', 'RDS-EVENT-0075'];
