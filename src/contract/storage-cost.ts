/**
 * Price of one GiB of manual snapshots of RDS for a month, in US dollars: us-east-1, November 2026. An order of
 * magnitude: prices differ between Regions and engines, and RDS may store less than a database allocates.
 * https://aws.amazon.com/rds/postgresql/pricing/
 */
export const SNAPSHOT_USD_PER_GIB_MONTH = 0.095;

/** Monthly cost of a snapshot, in whole US dollars. */
export const monthlyUsd = (sizeGiB: number): number => Math.round(sizeGiB * SNAPSHOT_USD_PER_GIB_MONTH);
