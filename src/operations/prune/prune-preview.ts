import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { RdsClock } from '../../../lambda/_kit/aws/aws-clock';
import { DynamoSources } from '../../../lambda/_kit/aws/dynamo-sources';
import { RdsSnapshots } from '../../../lambda/_kit/aws/rds-snapshots';
import { S3Evidence } from '../../../lambda/_kit/aws/s3-evidence';
import { countReasons } from '../../../lambda/_kit/copies';
import { isRoutine } from '../../../lambda/vault/prune-copies/kept-reasons';
import type { MassDeletion } from '../../../lambda/vault/prune-copies/mass-deletion';
import { observe, type PruneReadPorts } from '../../../lambda/vault/prune-copies/observe';
import { plan } from '../../../lambda/vault/prune-copies/plan';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { type AccountId, accountId, type Region, region as regionOf } from '../../contract/ids';
import { evidenceBucket, NAMES } from '../../contract/names';
import type { Distrust } from '../../contract/pruning';
import type { Retention } from '../../contract/retention';
import { callAws } from '../call-aws';

/** A copy that the next run of `prune-copies` would delete. */
export interface DueDeletion {
  readonly snapshot: string;
  /** ARN of the database. */
  readonly database: string;
  readonly because: string;
  /** For a good copy: its class, the retention of the class, and its age in the vault, in days. */
  readonly copyClass?: string;
  readonly termDays?: number;
  readonly ageDays?: number;
}

/** What the next run of `prune-copies` would do in one Region of the vault. */
export interface PrunePreview {
  readonly region: string;
  /** ISO 8601, by the clock of this machine. */
  readonly at: string;
  readonly deletions: readonly DueDeletion[];
  /** The number of snapshots that stay, by reason. */
  readonly kept: Readonly<Record<string, number>>;
  /** Snapshots that stay for an unusual reason. */
  readonly remarkable: ReadonlyArray<{
    readonly snapshot: string;
    readonly database: string;
    readonly because: string;
  }>;
  /** Set when more copies are due at once than a run may delete; then none of them would be deleted. */
  readonly stopped?: MassDeletion;
  /** Why the next run would delete nothing. */
  readonly distrust?: Distrust;
}

/** Endpoint and credentials of the clients; by default those that the SDK finds. */
interface AwsSettings {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The ports of `prune-copies` in one Region of the vault. */
export function prunePorts(vault: AccountId, region: Region, settings: AwsSettings = {}): PruneReadPorts {
  const clients = { region, ...settings };
  const rds = new RDSClient(clients);
  return {
    snapshots: new RdsSnapshots(rds),
    clock: new RdsClock(rds),
    evidence: new S3Evidence(new S3Client(clients), evidenceBucket(vault, region), vault),
    sources: new DynamoSources(new DynamoDBClient(clients), NAMES.sourcesTable),
  };
}

/** Observes and plans as `prune-copies` does, and changes nothing. */
export async function previewPruning(
  region: string,
  ports: PruneReadPorts,
  retention: Retention,
  now: Date,
): Promise<PrunePreview> {
  const { actions, kept, stopped, distrust } = plan(await observe(ports, { retention }, now, () => {}));
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
      .filter(({ because }) => !isRoutine(because))
      .map(({ snapshot, database = '', because }) => ({ snapshot: snapshot.arn, database, because })),
    ...(stopped && { stopped }),
    ...(distrust && { distrust }),
  };
}

/**
 * The preview of every configured Region, with the credentials that the AWS SDK finds.
 * @throws CheckvalveError `UNSAFE_OPERATION` for credentials of another account than the vault, and what {@link callAws}
 * throws
 */
export const previewVault = ({ vault, regions }: CheckvalveConfig): Promise<readonly PrunePreview[]> =>
  callAws(
    {
      failed: 'The vault cannot be read',
      whose: `the vault account ${vault.account}`,
      needs:
        'rds:DescribeDBSnapshots and rds:DescribeDBClusterSnapshots, dynamodb:Scan on the table of sources, s3:GetObject and s3:ListBucket on the evidence bucket',
      otherwise: 'Or use --rehearsal, which needs no AWS account.',
    },
    async () => {
      const { Account } = await new STSClient({ region: regions[0] }).send(new GetCallerIdentityCommand({}));
      if (Account !== vault.account) {
        const message = `The credentials belong to account ${Account}, and the vault is ${vault.account}`;
        const remedy = 'Use credentials of the vault account with the permissions that checkvalve prune --help lists.';
        throw new CheckvalveError('UNSAFE_OPERATION', message, remedy);
      }
      const now = new Date();
      return Promise.all(
        regions.map((region) => {
          const ports = prunePorts(accountId(vault.account), regionOf(region));
          return previewPruning(region, ports, vault.retention, now);
        }),
      );
    },
  );
