import { GetKeyPolicyCommand, type KMSClient } from '@aws-sdk/client-kms';
import {
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { KeyPolicy } from './facts';

/** The maximum number of keys that are read: a vault has one, and each source that shares with it has one. */
const MAX_KEYS = 200;

/** The policies of the import key and of every other key of databases and snapshots here, shared ones included. The policy of
 * another account's key is rarely readable: an unreadable one is skipped, except that of the import key. */
export async function observeKeyPolicies(
  kms: KMSClient,
  rds: RDSClient,
  importKey: string,
): Promise<readonly KeyPolicy[]> {
  const read = async (KeyId: string): Promise<string> => {
    const { Policy = '{}' } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
    return Policy;
  };
  const own = { key: importKey, isImportKey: true, policy: await read(importKey) };
  const others = (await keysInUse(rds)).filter((key) => !key.endsWith(`/${importKey}`) && key !== importKey);
  const found = await Promise.all(
    others.slice(0, MAX_KEYS).map(async (key): Promise<readonly KeyPolicy[]> => {
      try {
        return [{ key, isImportKey: false, policy: await read(key) }];
      } catch {
        return [];
      }
    }),
  );
  return [own, ...found.flat()];
}

async function keysInUse(client: RDSClient): Promise<readonly string[]> {
  const keys = new Set<string>();
  const keep = (all: readonly { readonly KmsKeyId?: string }[] = []) => {
    for (const { KmsKeyId } of all) if (KmsKeyId) keys.add(KmsKeyId);
  };
  for await (const page of paginateDescribeDBInstances({ client }, {})) keep(page.DBInstances);
  for (const input of [{}, { SnapshotType: 'shared', IncludeShared: true }]) {
    for await (const page of paginateDescribeDBSnapshots({ client }, input)) keep(page.DBSnapshots);
    for await (const page of paginateDescribeDBClusterSnapshots({ client }, input)) keep(page.DBClusterSnapshots);
  }
  return [...keys].sort();
}
