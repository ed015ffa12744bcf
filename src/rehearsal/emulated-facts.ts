import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  type Tag,
} from '@aws-sdk/client-rds';
import type { PolicyDocument } from '../trust/evaluator/policy';
import type { SnapshotFacts } from '../trust/implied/access';
import { awsManagedKeyPolicy, defaultKeyPolicy } from '../trust/key-policies';
import type { Emulator } from './emulator';

const tagMap = (tags: readonly Tag[] = []): ReadonlyMap<string, string> =>
  new Map(tags.flatMap(({ Key, Value }) => (Key ? [[Key, Value ?? ''] as const] : [])));

/** What the emulated world knows of the snapshots and keys that a call touches. */
export class EmulatedFacts {
  constructor(private readonly emulator: Emulator) {}

  /** A snapshot by ARN, as its owner sees it; undefined when there is none. */
  async snapshot(arn: string): Promise<SnapshotFacts | undefined> {
    const [, , , region = '', account = '', type = '', ...name] = arn.split(':');
    const rds = new RDSClient(this.emulator.client(account, region));
    try {
      if (type === 'cluster-snapshot') {
        const input = { DBClusterSnapshotIdentifier: name.join(':') };
        const { DBClusterSnapshots: [one] = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand(input));
        return one && { tags: tagMap(one.TagList), keyArn: one.KmsKeyId };
      }
      const input = { DBSnapshotIdentifier: name.join(':') };
      const { DBSnapshots: [one] = [] } = await rds.send(new DescribeDBSnapshotsCommand(input));
      return one && { tags: tagMap(one.TagList), keyArn: one.KmsKeyId };
    } catch (error) {
      if (error instanceof Error && /NotFound/.test(error.name)) return undefined;
      throw error;
    }
  }

  /** The policy of a key, whoever made it. */
  async keyPolicy(keyArn: string): Promise<PolicyDocument> {
    const [, , , region = '', account = ''] = keyArn.split(':');
    const kms = new KMSClient(this.emulator.client(account, region));
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
    const managedFor = /alias\/aws\/(\w+)/.exec(KeyMetadata?.Description ?? '')?.[1] ?? 'rds';
    if (KeyMetadata?.KeyManager === 'AWS') return awsManagedKeyPolicy(managedFor, account, region);
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default' }));
    return Policy ? (JSON.parse(Policy) as PolicyDocument) : defaultKeyPolicy(account);
  }
}
