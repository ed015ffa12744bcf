import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { RdsClock } from '../../../lambda/_kit/aws/aws-clock';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import { RdsSnapshots } from '../../../lambda/_kit/aws/rds-snapshots';
import { S3Evidence } from '../../../lambda/_kit/aws/s3-evidence';
import { countReasons } from '../../../lambda/_kit/copies';
import { observe, type PruneSight } from '../../../lambda/vault/prune-copies/observe';
import { plan } from '../../../lambda/vault/prune-copies/plan';
import { ORDINARY } from '../../../lambda/vault/prune-copies/prune-copies';
import type { Stopped } from '../../../lambda/vault/prune-copies/sweep';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { type AccountId, accountId, type Region, region as regionOf } from '../../contract/ids';
import { evidenceBucket, NAMES } from '../../contract/names';
import type { Distrust } from '../../contract/pruning';
import type { Retention } from '../../contract/retention';
import { callAws } from '../call-aws';

/** A copy that the next run would delete. */
export interface DueDeletion {
  readonly snapshot: string;
  /** ARN of the database. */
  readonly database: string;
  readonly because: string;
  /** Of a good copy: what it counted as, how long that is kept, and for how long it has been in the vault, in days. */
  readonly copyClass?: string;
  readonly termDays?: number;
  readonly ageDays?: number;
}

/** What the next run of prune-copies would do in one Region of the vault. */
export interface PrunePreview {
  readonly region: string;
  /** ISO 8601: our own clock. */
  readonly at: string;
  readonly deletions: readonly DueDeletion[];
  /** How many snapshots stay, by reason. */
  readonly kept: Readonly<Record<string, number>>;
  /** Of those, the ones that a person should know of. */
  readonly remarkable: ReadonlyArray<{
    readonly snapshot: string;
    readonly database: string;
    readonly because: string;
  }>;
  /** More is due at once than a run may delete: nothing of it would be. */
  readonly stopped?: Stopped;
  /** Why the next run would delete nothing at all. */
  readonly distrust?: Distrust;
}

/** Where AWS is, and with whose credentials; by default as the SDK finds them. */
interface AwsSettings {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What prune-copies looks through, in one Region of the vault, with whatever credentials the settings give. */
export function prunePorts(vault: AccountId, region: Region, settings: AwsSettings = {}): PruneSight {
  const clients = { region, ...settings };
  const rds = new RDSClient(clients);
  return {
    snapshots: new RdsSnapshots(rds),
    clock: new RdsClock(rds),
    evidence: new S3Evidence(new S3Client(clients), evidenceBucket(vault, region), vault),
    sources: new DynamoSources(new DynamoDBClient(clients), NAMES.sourcesTable),
  };
}

/** Looks and plans as prune-copies does, and changes nothing. */
export async function previewPruning(
  region: string,
  sight: PruneSight,
  retention: Retention,
  now: Date,
): Promise<PrunePreview> {
  const { actions, kept, stopped, distrust } = plan(await observe(sight, { retention }, now, () => {}));
  return {
    region,
    at: now.toISOString(),
    deletions: actions.map(({ snapshot, database, because, term }) => ({
      snapshot: snapshot.arn,
      database,
      because,
      ...(term && { copyClass: term.copyClass, termDays: term.days, ageDays: term.ageDays }),
    })),
    kept: countReasons(kept),
    remarkable: kept
      .filter(({ because }) => !ORDINARY.includes(because))
      .map(({ snapshot, database = '', because }) => ({ snapshot: snapshot.arn, database, because })),
    ...(stopped && { stopped }),
    ...(distrust && { distrust }),
  };
}

/**
 * The preview of every Region, with the credentials that the AWS SDK finds.
 * @throws CheckvalveError `UNSAFE_OPERATION` when they are not those of the vault account, and what {@link callAws} throws
 */
export const previewVault = ({ vault, regions }: CheckvalveConfig): Promise<readonly PrunePreview[]> =>
  callAws(
    {
      failed: 'The vault cannot be looked at',
      whose: `the vault account ${vault.account}`,
      needs:
        'rds:DescribeDBSnapshots and rds:DescribeDBClusterSnapshots, dynamodb:Scan on the table of sources, s3:GetObject and s3:ListBucket on the evidence bucket',
      otherwise: 'Or look at an invented vault with --rehearsal.',
    },
    async () => {
      const { Account } = await new STSClient({ region: regions[0] }).send(new GetCallerIdentityCommand({}));
      if (Account !== vault.account) {
        const message = `These credentials are of account ${Account}; the vault is ${vault.account}`;
        const remedy = 'Use credentials of the vault account that may list snapshots.';
        throw new CheckvalveError('UNSAFE_OPERATION', message, remedy);
      }
      const now = new Date();
      return Promise.all(
        regions.map((region) => {
          const sight = prunePorts(accountId(vault.account), regionOf(region));
          return previewPruning(region, sight, vault.retention, now);
        }),
      );
    },
  );
