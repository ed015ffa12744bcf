import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type CoverageEvidence, readEvidence } from '../../contract/coverage';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId, Region } from '../../contract/ids';
import { evidenceBucket, LATEST_COVERAGE } from '../../contract/names';
import { awsFault } from '../call-aws';

/**
 * The newest report of coverage of a vault in one Region, out of a bucket of the vault alone, read with whatever credentials the settings or the SDK's own
 * chain give.
 * @throws CheckvalveError `INVALID_INPUT` when there is no report yet or it cannot be understood, `ACCESS_DENIED` when the
 * credentials do not let it be read, `AWS_CALL_FAILED` for all else
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
    const remedy = 'report-coverage writes one each hour: look at its log.';
    return new CheckvalveError('INVALID_INPUT', `There is no report at ${where} yet`, remedy, { cause });
  }
  const asked = {
    failed: `${where} cannot be read`,
    whose: `the vault account ${vault}`,
    needs: 's3:GetObject on its evidence bucket',
    helps: "Is the vault deployed in this Region, with this configuration? npx cdk deploy 'Vault-*' deploys it.",
    otherwise: 'Or see the report of a rehearsal: checkvalve status --rehearsal.',
  };
  return awsFault(asked, cause);
}
