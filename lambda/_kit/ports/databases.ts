import type { Windows } from '../../../src/contract/backup-windows';
import type { DatabaseArn, Kind } from '../../../src/contract/ids';

/** A database that AWS Backup could back up: an instance that stands alone, or a cluster. */
export interface Database {
  readonly arn: DatabaseArn;
  readonly kind: Kind;
  /** Stable id, where RDS gives it: survives a rename. */
  readonly resourceId?: string;
  readonly engine: string;
  readonly encrypted: boolean;
  /** Undefined while RDS creates it. */
  readonly createdAt?: Date;
  readonly tags: ReadonlyMap<string, string>;
  /** Of an instance: when RDS itself works on it. */
  readonly windows?: Windows;
}

/** The databases of one account and Region. */
export interface Databases {
  /** Every database; the members of a cluster are part of it and not listed. Reads all pages. */
  all(): Promise<readonly Database[]>;
}
