import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { accountId, region } from '../contract/ids';
import { evidenceBucket } from '../contract/names';

/** Years for which the report of a day is kept. */
const YEARS = 7;

/**
 * The bucket for reports, as evidence for auditors in later years. The report of a day is locked for a year when it is written
 * (see S3Evidence). The newest report is overwritten each hour, and its earlier versions expire after a month.
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
      // Each object has its own lock: a default would lock the version of the newest report of every hour.
      objectLockEnabled: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { id: 'keep-for-years', expiration: Duration.days(365 * YEARS) },
        { id: 'expire-overwritten-versions', noncurrentVersionExpiration: Duration.days(31) },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'CloudTrail data events record reads of reports where they are enabled; a bucket for access logs would need a log as well.',
    });
    this.bucketName = bucket.bucketName;
    this.bucketArn = bucket.bucketArn;
  }
}
