import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { readCoverage } from '../../../src/inspect/read-coverage';
import { HERE, VAULT } from '../../support/pipeline';

const named = (name: string) => Object.assign(new Error(name), { name });

test.each([
  ['NoSuchKey', 'INVALID_INPUT', 'There is no report'],
  ['AccessDenied', 'ACCESS_DENIED', 'may not be read'],
  ['CredentialsProviderError', 'ACCESS_DENIED', 'may not be read'],
  ['NoSuchBucket', 'AWS_CALL_FAILED', 'could not be read'],
])('%s is told as %s, with what helps', async (name, code, message) => {
  mockClient(S3Client).on(GetObjectCommand).rejects(named(name));
  await expect(readCoverage(VAULT, HERE)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
    remedy: expect.stringMatching(/\S{3}/),
  });
});
