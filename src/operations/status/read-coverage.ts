import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type CoverageEvidence, readEvidence } from '../../contract/coverage';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId, Region } from '../../contract/ids';
import { evidenceBucket, LATEST_COVERAGE } from '../../contract/names';
import { awsFault } from '../call-aws';

/**
 * Reads the newest coverage report of a vault in one Region. The bucket must belong to the vault account.
 * @throws CheckvalveError `INVALID_INPUT` when there is no report yet or it is not a report, `ACCESS_DENIED` without
 * credentials that may read it, `AWS_CALL_FAILED` for any other error
 */
export async function readCoverage(
  vault: AccountId,
  region: Region,
  settings: S3ClientConfig = {},
): Promise<CoverageEvidence> {
  const Bucket = evidenceBucket(vault, region);
  let text: string | undefined;
  try {
    const client = new S3Client({ region, ...settings });
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket, Key: LATEST_COVERAGE, ExpectedBucketOwner: vault }),
    );
    text = await Body?.transformToString();
  } catch (error) {
    throw unread(`s3://${Bucket}/${LATEST_COVERAGE}`, vault, error);
  }
  return readEvidence(text ?? '');
}

function unread(where: string, vault: AccountId, cause: unknown): unknown {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NoSuchKey') {
    const remedy = 'Read the log of checkvalve-report-coverage, which writes a report each hour.';
    return new CheckvalveError('INVALID_INPUT', `There is no coverage report at ${where} yet`, remedy, { cause });
  }
  const call = {
    failed: `${where} cannot be read`,
    whose: `the vault account ${vault}`,
    needs: 's3:GetObject on its evidence bucket',
    helps: "Deploy the vault in this Region with this configuration if it is missing: npx cdk deploy 'Vault-*'.",
    otherwise: 'Or use checkvalve status --rehearsal, which needs no AWS account.',
  };
  return awsFault(call, cause);
}
