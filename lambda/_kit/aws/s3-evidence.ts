import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { AccountId } from '../../../src/contract/ids';
import type { Evidence } from '../ports/evidence';

/**
 * {@link Evidence} in a bucket with versions and Object Lock. After a bucket is deleted, any account can create one of that name:
 * S3 refuses a call when the owner is not the expected account.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 */
export class S3Evidence implements Evidence {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly owner: AccountId,
  ) {}

  private get place() {
    return { Bucket: this.bucket, ExpectedBucketOwner: this.owner };
  }

  async read(name: string): Promise<string | undefined> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ ...this.place, Key: name }));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  replace(name: string, text: string): Promise<void> {
    return this.write(name, text);
  }

  keep(name: string, text: string, until: Date): Promise<void> {
    return this.write(name, text, until);
  }

  /** Governance, not compliance: a principal with `s3:BypassGovernanceRetention` can correct a mistake.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
  private async write(Key: string, Body: string, until?: Date): Promise<void> {
    const lock = until && { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate: until };
    const input = { ...this.place, Key, Body, ContentType: 'application/json', ...lock };
    await this.client.send(new PutObjectCommand(input));
  }
}
