import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Evidence } from '../../lambda/_kit/aws/s3-evidence';
import { evidenceBucket, LATEST_COVERAGE } from '../../src/contract/names';
import type { Emulator } from '../../src/emulator/emulator';
import { readCoverage } from '../../src/operations/status/read-coverage';
import { HERE, OTHER, VAULT } from '../support/pipeline';
import { emulatorOfWorker } from '../support/worker';

const Bucket = evidenceBucket(VAULT, HERE);
const FORGED = { Bucket, Key: LATEST_COVERAGE, Body: '{"all":"is well"}' };
let emulator: Emulator;
let stranger: S3Client;

// The name of a bucket that was deleted is free to any account, and its new owner may let the vault in.
beforeEach(async () => {
  emulator = await emulatorOfWorker();
  stranger = new S3Client(emulator.client(OTHER, HERE));
  await stranger.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
  );
  await stranger.send(new PutObjectCommand(FORGED));
});

test('status reads no report from a bucket that another account has made under the name of the vault’s', async () => {
  await expect(readCoverage(VAULT, HERE, emulator.client(VAULT, HERE))).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining(LATEST_COVERAGE),
  });
});

test('report-coverage neither reads nor writes a report there', async () => {
  const evidence = new S3Evidence(new S3Client(emulator.client(VAULT, HERE)), Bucket, VAULT);
  await expect(evidence.read(LATEST_COVERAGE)).rejects.toThrow('Access Denied');
  await expect(evidence.replace(LATEST_COVERAGE, 'of the vault')).rejects.toThrow('Access Denied');
  const { Body } = await stranger.send(new GetObjectCommand({ Bucket, Key: LATEST_COVERAGE }));
  expect(await Body?.transformToString()).toBe(FORGED.Body);
});
