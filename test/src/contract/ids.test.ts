import {
  accountId,
  databaseArn,
  databaseParts,
  keyArn,
  keyIdOf,
  organizationalUnitId,
  region,
  snapshotArn,
  snapshotParts,
  topicArn,
} from '../../../src/contract/ids';
import { REGIONS } from '../../../src/contract/regions';

const refused = (parse: (text: unknown) => unknown, text: unknown) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', remedy: expect.any(String) }));
};

test.each([
  ['arn:aws:rds:eu-central-1:222200001111:snapshot:awsbackup:job-5f0c1d2e', 'instance', 'awsbackup:job-5f0c1d2e'],
  ['arn:aws:rds:eu-central-1:222200001111:cluster-snapshot:awsbackup:job-1', 'cluster', 'awsbackup:job-1'],
  [
    'arn:aws:rds:us-east-1:222200001111:snapshot:rds:orders-2026-03-29-01-00',
    'instance',
    'rds:orders-2026-03-29-01-00',
  ],
  ['arn:aws:rds:us-east-1:222200001111:snapshot:checkvalve-orders-1', 'instance', 'checkvalve-orders-1'],
])('the parts of %s', (text, kind, name) => {
  expect(snapshotParts(snapshotArn(text))).toMatchObject({ kind, name, account: '222200001111' });
});

test.each([
  'arn:aws-us-gov:rds:us-gov-west-1:222200001111:snapshot:x',
  'arn:aws:rds:eu-central-1:22220000111:snapshot:x',
  'arn:aws:rds:eu-central-1:222200001111:db:x',
  'arn:aws:rds:eu-central-1:222200001111:snapshot:',
  'arn:aws:rds:eu-central-1:222200001111:snapshot:x\narn',
  ' arn:aws:rds:eu-central-1:222200001111:snapshot:x',
  'arn:aws:rds:eu-central-1:222200001111:snapshot:other:x',
  '',
  undefined,
  42,
  {},
])('%j is not a snapshot', (text) => refused(snapshotArn, text));

test('the other ids, and texts that are not ids', () => {
  expect(accountId('000000000001')).toBe('000000000001');
  for (const text of ['12345678901', '1234567890123', 123456789012, null, '12345678901a']) refused(accountId, text);
  expect(region('ap-southeast-2')).toBe('ap-southeast-2');
  for (const text of ['eu-central', 'EU-central-1', '']) refused(region, text);
  expect(organizationalUnitId('ou-ex01-workload')).toBe('ou-ex01-workload');
  expect(organizationalUnitId('r-ex01')).toBe('r-ex01');
  for (const text of ['ou-ex01', 'o-exampleorg1']) refused(organizationalUnitId, text);
  const key = keyArn('arn:aws:kms:eu-central-1:222200001111:key/00000000-0000-4000-8000-000000000001');
  expect(keyIdOf(key)).toBe('00000000-0000-4000-8000-000000000001');
  refused(keyArn, 'arn:aws:kms:eu-central-1:222200001111:alias/aws/rds');
  expect(databaseParts(databaseArn('arn:aws:rds:eu-central-1:222200001111:cluster:ledger'))).toMatchObject({
    kind: 'cluster',
    name: 'ledger',
  });
  refused(databaseArn, 'arn:aws:rds:eu-central-1:222200001111:snapshot:x');
  expect(topicArn('arn:aws:sns:eu-central-1:222200001111:checkvalve-copies')).toContain('checkvalve-copies');
  refused(topicArn, 'arn:aws:sqs:eu-central-1:222200001111:checkvalve-copies');
});

// A resource of another partition may have the same name, and is another resource.
test.each(['aws-us-gov', 'aws-cn', 'aws-iso', 'aws-eusc', '', 'AWS', '*'])(
  'an ARN of the partition %j is refused',
  (partition) => {
    refused(snapshotArn, `arn:${partition}:rds:eu-central-1:222200001111:snapshot:x`);
    refused(databaseArn, `arn:${partition}:rds:eu-central-1:222200001111:db:x`);
    refused(keyArn, `arn:${partition}:kms:eu-central-1:222200001111:key/00000000-0000-4000-8000-000000000001`);
    refused(topicArn, `arn:${partition}:sns:eu-central-1:222200001111:checkvalve-copies`);
  },
);

// Regions of other partitions, as AWS spells them.
const ELSEWHERE = [
  ...['us-gov-west-1', 'us-gov-east-1', 'cn-north-1', 'cn-northwest-1', 'us-iso-east-1', 'us-iso-west-1'],
  ...['us-isob-east-1', 'us-isob-west-1', 'us-isof-east-1', 'us-isof-south-1', 'eu-isoe-west-1', 'eusc-de-east-1'],
];

test.each(ELSEWHERE)('%s is a Region of another partition, and is refused, as is an ARN in it', (other) => {
  refused(region, other);
  refused(snapshotArn, `arn:aws:rds:${other}:222200001111:snapshot:x`);
  refused(databaseArn, `arn:aws:rds:${other}:222200001111:db:x`);
  refused(keyArn, `arn:aws:kms:${other}:222200001111:key/00000000-0000-4000-8000-000000000001`);
  refused(topicArn, `arn:aws:sns:${other}:222200001111:checkvalve-copies`);
});

test.each(REGIONS)('the Region %s is accepted, and so is an ARN in it', (ours) => {
  expect(region(ours)).toBe(ours);
  expect(databaseParts(databaseArn(`arn:aws:rds:${ours}:222200001111:db:x`)).region).toBe(ours);
});

test.each(['eu-central-1\n', 'eu-central-12', 'eu--1', 'eu-central-1-x', 'x-eu-central-1', 'aws-global'])(
  '%j is not a Region',
  (text) => refused(region, text),
);
