import {
  CopyDBSnapshotCommand,
  type CopyDBSnapshotMessage,
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBSnapshotAttributeCommand,
} from '@aws-sdk/client-rds';
import type { AccountClients, ProbeClients, Side } from './clients';
import { instance, type ProbeDatabase } from './databases';
import type { Scope } from './probe';
import { refusalOf } from './refusals';
import { keyResource, mayUse, stack } from './stacks';

const MAX_MINUTES = 90;
/** Final states. AWS has no closed list of those that begin with `incompatible-`.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html */
const ENDED = /^(available|failed|error|cancell?ed|incompatible-[a-z-]+)$/;

/** Waits for the final state of a snapshot. A time limit is no answer: then the probe could not be asked. */
async function snapshotEnd(scope: Scope, id: string, observe: () => Promise<string | undefined>): Promise<string> {
  let last: string | undefined;
  const end = await scope.within(MAX_MINUTES, async () => {
    last = await observe();
    return ENDED.test(last ?? '') ? last : undefined;
  });
  if (end !== undefined) return end;
  throw new Error(`The snapshot ${id} is ${last ?? 'missing'} after ${MAX_MINUTES} minutes`);
}

/** The final status of a snapshot. @throws Error when it has none after 90 minutes */
export const instanceSnapshotEnd = (scope: Scope, { rds }: AccountClients, id: string): Promise<string> =>
  snapshotEnd(scope, id, async () => {
    const { DBSnapshots: [one] = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id }));
    return one?.Status;
  });

/** The same for a snapshot of a cluster. */
export const clusterSnapshotEnd = (scope: Scope, { rds }: AccountClients, id: string): Promise<string> =>
  snapshotEnd(scope, id, async () => {
    const input = { DBClusterSnapshotIdentifier: id };
    const { DBClusterSnapshots: [one] = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand(input));
    return one?.Status;
  });

/** A manual snapshot of the instance of the run. */
export const instanceSnapshot = (scope: Scope): Promise<string> =>
  scope.once('instance-snapshot', async () => {
    const { id } = await instance(scope);
    const name = scope.name('instance-snapshot');
    await scope.create('source', 'snapshot', name, async (source) => {
      const of = { DBInstanceIdentifier: id, DBSnapshotIdentifier: name, Tags: scope.tags };
      await source.rds.send(new CreateDBSnapshotCommand(of));
      await instanceSnapshotEnd(scope, source, name);
    });
    return name;
  });

/** A manual snapshot of a cluster. */
export const clusterSnapshot = (scope: Scope, database: ProbeDatabase): Promise<string> =>
  scope.once(`snapshot-${database.id}`, async () => {
    const name = `${database.id}-snap`;
    await scope.create('source', 'cluster-snapshot', name, async (source) => {
      const of = { DBClusterIdentifier: database.id, DBClusterSnapshotIdentifier: name, Tags: scope.tags };
      await source.rds.send(new CreateDBClusterSnapshotCommand(of));
      await clusterSnapshotEnd(scope, source, name);
    });
    return name;
  });

/** A copy under a key of the source that the vault account may use, shared with the vault account. */
export interface SharedCopy {
  readonly name: string;
  readonly arn: string;
  readonly keyArn: string;
}

/** Creates such a copy; `condition` restricts how the vault account may use the key. */
export async function shareCopy(
  scope: Scope,
  { source, vault }: ProbeClients,
  what: string,
  condition?: object,
): Promise<SharedCopy> {
  const original = await instanceSnapshot(scope);
  const key = keyResource(source.account, mayUse(vault.account, condition));
  const { Key: keyArn = '' } = await stack(
    scope,
    'source',
    `${what}-key`,
    { Key: key },
    { Key: { 'Fn::GetAtt': ['Key', 'Arn'] } },
  );
  const name = scope.name(what);
  await copy(scope, 'source', { SourceDBSnapshotIdentifier: original, TargetDBSnapshotIdentifier: name }, keyArn);
  const share = { DBSnapshotIdentifier: name, AttributeName: 'restore', ValuesToAdd: [vault.account] };
  await source.rds.send(new ModifyDBSnapshotAttributeCommand(share));
  return { name, arn: `arn:aws:rds:${source.region}:${source.account}:snapshot:${name}`, keyArn };
}

/** The shared copy that several probes import. */
export const sharedCopy = (scope: Scope, clients: ProbeClients): Promise<SharedCopy> =>
  scope.once('shared', () => shareCopy(scope, clients, 'shared'));

/** The outcome of a request to copy. */
export interface CopyEnd {
  readonly end: 'copied' | 'refused' | 'failed';
  readonly refusal?: Error;
}

/** Copies a snapshot of an instance, with the clients of `as` instead of the account’s own. */
export async function copyEnd(
  scope: Scope,
  side: Side,
  order: Pick<CopyDBSnapshotMessage, 'SourceDBSnapshotIdentifier' | 'TargetDBSnapshotIdentifier'>,
  KmsKeyId: string,
  as?: AccountClients,
): Promise<CopyEnd> {
  const name = order.TargetDBSnapshotIdentifier ?? '';
  return scope.create(side, 'snapshot', name, async (account) => {
    const copying = new CopyDBSnapshotCommand({ ...order, KmsKeyId, Tags: scope.tags });
    const refusal = await refusalOf(() => (as ?? account).rds.send(copying));
    if (refusal) return { end: 'refused', refusal };
    return { end: (await instanceSnapshotEnd(scope, account, name)) === 'available' ? 'copied' : 'failed' };
  });
}

async function copy(...of: Parameters<typeof copyEnd>): Promise<void> {
  const { end, refusal } = await copyEnd(...of);
  if (end !== 'copied') throw refusal ?? new Error(`The copy ${of[2].TargetDBSnapshotIdentifier} has failed`);
}
