import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { accountId, region } from '../contract/ids';
import { evidenceBucket } from '../contract/names';

/** How long the report of a day is kept. */
const YEARS = 7;

/**
 * The vault's reports, for whoever asks years later. A day's report is locked for a year as it is written (see S3Evidence);
 * the newest one is written over each hour, and its older versions go after a month.
 */
export class EvidenceBucket extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { account, region: place } = Stack.of(this);
    const bucket = new Bucket(this, 'Bucket', {
      bucketName: evidenceBucket(accountId(account), region(place)),
      versioned: true,
      // The lock itself comes with each object: a default would lock every hour's version of the newest report.
      objectLockEnabled: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: 'keep-for-years', expiration: Duration.days(365 * YEARS) },
        { id: 'drop-what-was-written-over', noncurrentVersionExpiration: Duration.days(31) },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Who reads a report is in the trail of data events where somebody wants it; a log bucket would want a log too.',
    });
    this.bucketName = bucket.bucketName;
    this.bucketArn = bucket.bucketArn;
  }
}
