import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { readCoverage } from '../../../../src/operations/status/read-coverage';
import { HERE, VAULT } from '../../../support/pipeline';

const named = (name: string, code?: string) => Object.assign(new Error(name), { name, ...(code && { code }) });

test.each([
  [named('NoSuchKey'), 'INVALID_INPUT', 'There is no coverage report', 'report-coverage'],
  [named('AccessDenied'), 'ACCESS_DENIED', 'cannot be read: AWS denies access', VAULT],
  [named('CredentialsProviderError'), 'ACCESS_DENIED', 'no AWS credentials were found', '--rehearsal'],
  [named('NoSuchBucket'), 'AWS_CALL_FAILED', 'cannot be read: AWS returned NoSuchBucket', "npx cdk deploy 'Vault-*'"],
  [named('Error', 'ENOTFOUND'), 'AWS_CALL_FAILED', 'cannot be read: AWS cannot be reached', 'network'],
])('readCoverage reports %s as %s with a remedy', async (fault, code, message, remedy) => {
  mockClient(S3Client).on(GetObjectCommand).rejects(fault);
  await expect(readCoverage(VAULT, HERE)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
    remedy: expect.stringContaining(remedy),
  });
});
