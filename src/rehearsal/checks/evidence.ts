import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBSnapshotAttributesCommand,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { CoverageEvidence } from '../../contract/coverage';
import { CheckvalveError } from '../../contract/errors';
import { accountId, region } from '../../contract/ids';
import { BACKUP_PREFIX, EXPORT_MEMORY, NAMES, TAGS } from '../../contract/names';
import { tagMap } from '../../contract/tags';
import type { Emulator } from '../../emulator/emulator';
import { readCoverage } from '../../operations/status/read-coverage';
import type { World } from '../world';

/** What a check reads: the world as AWS shows it, never what a handler reports. */
export interface EmulatedWorld {
  readonly emulator: Emulator;
  readonly world: World;
}

/** A snapshot as its owner sees it. */
export interface ListedSnapshot {
  readonly arn: string;
  readonly name: string;
  readonly kind: 'instance' | 'cluster';
  /** `awsbackup` for a snapshot of AWS Backup, else `manual`. */
  readonly type: string;
  readonly database: string;
  readonly status: string;
  readonly kmsKeyArn: string;
  readonly tags: ReadonlyMap<string, string>;
  /** The snapshot that RDS names as its source; empty when it is no copy. */
  readonly sourceArn: string;
}

/** All manual snapshots, and those AWS Backup made, of one account and Region: instances and clusters alike. */
export async function snapshotsOf(emulator: Emulator, account: string, region: string): Promise<ListedSnapshot[]> {
  const client = new RDSClient(emulator.client(account, region));
  const found: ListedSnapshot[] = [];
  for (const type of ['manual', 'awsbackup']) {
    for await (const page of paginateDescribeDBSnapshots({ client }, { SnapshotType: type })) {
      for (const snapshot of page.DBSnapshots ?? []) {
        found.push({
          arn: snapshot.DBSnapshotArn ?? '',
          name: snapshot.DBSnapshotIdentifier ?? '',
          kind: 'instance',
          type,
          database: snapshot.DBInstanceIdentifier ?? '',
          status: snapshot.Status ?? '',
          kmsKeyArn: snapshot.KmsKeyId ?? '',
          tags: tagMap(snapshot.TagList),
          sourceArn: snapshot.SourceDBSnapshotIdentifier ?? '',
        });
      }
    }
  }
  for await (const page of paginateDescribeDBClusterSnapshots({ client }, {})) {
    for (const snapshot of page.DBClusterSnapshots ?? []) {
      const name = snapshot.DBClusterSnapshotIdentifier ?? '';
      if (snapshot.SnapshotType === 'automated') continue;
      found.push({
        arn: snapshot.DBClusterSnapshotArn ?? '',
        name,
        kind: 'cluster',
        type: name.startsWith(BACKUP_PREFIX) ? 'awsbackup' : 'manual',
        database: snapshot.DBClusterIdentifier ?? '',
        status: snapshot.Status ?? '',
        kmsKeyArn: snapshot.KmsKeyId ?? '',
        tags: tagMap(snapshot.TagList),
        sourceArn: snapshot.SourceDBClusterSnapshotArn ?? '',
      });
    }
  }
  return found;
}

/** The snapshots of AWS Backup that an account's tooling has recorded as imported, by ARN, and when. */
export async function importedOf(emulator: Emulator, account: string, region: string): Promise<Map<string, string>> {
  const client = new DynamoDBClient(emulator.client(account, region));
  const found = new Map<string, string>();
  for await (const page of paginateScan({ client }, { TableName: NAMES.exportMemoryTable, ConsistentRead: true })) {
    for (const item of page.Items ?? []) {
      const copiedAt = item[EXPORT_MEMORY.importedAt]?.S;
      if (copiedAt) found.set(item[EXPORT_MEMORY.key]?.S ?? '', copiedAt);
    }
  }
  return found;
}

/** The accounts that a snapshot is shared with; `all` when it is public. */
export async function sharedWith(
  emulator: Emulator,
  account: string,
  region: string,
  { kind, name }: ListedSnapshot,
): Promise<readonly string[]> {
  const rds = new RDSClient(emulator.client(account, region));
  if (kind === 'instance') {
    const answer = await rds.send(new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: name }));
    const attributes = answer.DBSnapshotAttributesResult?.DBSnapshotAttributes ?? [];
    return attributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? [];
  }
  const answer = await rds.send(new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: name }));
  const attributes = answer.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes ?? [];
  return attributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues ?? [];
}

/** Names of the stacks in an account and Region. */
export async function stacksOf(emulator: Emulator, account: string, region: string): Promise<string[]> {
  const client = new CloudFormationClient(emulator.client(account, region));
  const names: string[] = [];
  for await (const page of paginateListStacks({ client }, {})) {
    for (const { StackName, StackStatus } of page.StackSummaries ?? []) {
      if (StackName && StackStatus !== 'DELETE_COMPLETE') names.push(StackName);
    }
  }
  return names;
}

/** ARNs of the KMS keys that the stacks of an account and Region made. */
export async function stackKeys(emulator: Emulator, account: string, region: string): Promise<string[]> {
  const client = new CloudFormationClient(emulator.client(account, region));
  const keys: string[] = [];
  for (const StackName of await stacksOf(emulator, account, region)) {
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    for (const { ResourceType, PhysicalResourceId } of StackResources) {
      if (ResourceType === 'AWS::KMS::Key') keys.push(`arn:aws:kms:${region}:${account}:key/${PhysicalResourceId}`);
    }
  }
  return keys;
}

/** The members without a stack of the tooling. */
export async function untouchedAccounts({ emulator, world }: EmulatedWorld): Promise<string[]> {
  const untouched: string[] = [];
  for (const account of [...world.production, ...world.leftAlone]) {
    const stacks = await Promise.all(world.regions.map((region) => stacksOf(emulator, account, region)));
    if (stacks.flat().length === 0) untouched.push(account);
  }
  return untouched;
}

/** A copy in the vault, as the result of a rehearsal lists it. */
export interface VaultCopy {
  readonly arn: string;
  /** The export copy it was made from. */
  readonly sourceArn: string;
  readonly kmsKeyArn: string;
  readonly status: string;
}

/** All copies that Checkvalve made in the vault. */
export async function vaultCopies({
  emulator,
  world,
}: EmulatedWorld): Promise<(VaultCopy & { snapshot: ListedSnapshot })[]> {
  const all = await Promise.all(world.regions.map((region) => snapshotsOf(emulator, world.vault, region)));
  return all
    .flat()
    .filter(({ tags }) => tags.get(TAGS.role) === 'vault')
    .map((snapshot) => ({
      arn: snapshot.arn,
      sourceArn: snapshot.sourceArn,
      kmsKeyArn: snapshot.kmsKeyArn,
      status: snapshot.status,
      snapshot,
    }));
}

/** The newest coverage report of each Region that has one. */
export async function coverageReports({ emulator, world }: EmulatedWorld): Promise<CoverageEvidence[]> {
  const reports = await Promise.all(
    world.regions.map(async (at) => {
      try {
        return [await readCoverage(accountId(world.vault), region(at), emulator.client(world.vault, at))];
      } catch (error) {
        if (error instanceof CheckvalveError && error.code === 'INVALID_INPUT') return [];
        throw error;
      }
    }),
  );
  return reports.flat();
}
