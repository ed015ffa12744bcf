import { CheckvalveError } from '../contract/errors';
import { databaseArnOf, type World, type WorldDatabase } from './world';

/** The database that stays, and the one that its team deletes. @throws CheckvalveError `REHEARSAL_FAILED` without the two */
export function exampleDatabases({ databases }: World): {
  readonly kept: WorldDatabase;
  readonly deleted: WorldDatabase;
} {
  const kept = databases.find(({ kind }) => kind === 'instance');
  const deleted = databases.find(({ kind }) => kind === 'cluster');
  if (kept && deleted) return { kept, deleted };
  throw new CheckvalveError('REHEARSAL_FAILED', 'The world lacks a database of each kind.', 'Give it both.');
}

/** The databases that are unprotected after the phase `lose-protection`, all in one Region. */
export interface UnprotectedDatabases {
  readonly region: string;
  readonly late: WorldDatabase;
  readonly never: WorldDatabase;
  /** A Multi-AZ DB cluster: RDS cannot copy a snapshot of one. */
  readonly unsupported: WorldDatabase;
  /** The vault has a copy; the access role of its account denies access. */
  readonly deniedAccess: WorldDatabase;
}

/** The unprotected databases of a world. */
export function unprotectedDatabases(world: World): UnprotectedDatabases {
  const { kept: late } = exampleDatabases(world);
  const { region } = late;
  const database = (account: string, id: string, kind: WorldDatabase['kind'] = 'instance'): WorldDatabase => ({
    account,
    region,
    id,
    kind,
    arn: databaseArnOf(region, account, id, kind),
  });
  return {
    region,
    late,
    never: database(late.account, 'invoices'),
    unsupported: database(late.account, 'ratings', 'cluster'),
    deniedAccess: database(world.newcomer, 'payroll'),
  };
}
