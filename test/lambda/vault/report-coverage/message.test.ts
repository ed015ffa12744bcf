import { messageOf } from '../../../../lambda/vault/report-coverage/message';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import type { CoverageAccount, CoverageEvidence, CoverageRow } from '../../../../src/contract/coverage';
import { region } from '../../../../src/contract/ids';
import { aCopy, aDatabase, factsOf, hoursAgo, NOW, openAccount } from '../../../support/coverage-world';
import { HERE, OTHER, SOURCE } from '../../../support/pipeline';

const orders = aDatabase('orders');
const AT = NOW.toISOString();
const END = `Report of ${AT}. The whole report: checkvalve status.`;
/** A report in which all is well. */
const WELL = plan(factsOf([openAccount({ databases: [orders] })], [aCopy(orders, 3)])).evidence;
const account = (change: Partial<CoverageAccount> = {}): CoverageAccount => ({
  ...{ account: SOURCE, state: 'enrolled', access: 'granted', optedOut: [], notImported: [], unread: [] },
  ...change,
});
const row = (change: Partial<CoverageRow> = {}): CoverageRow => ({
  ...{ account: SOURCE, database: orders.arn, status: 'never', since: AT, wanted: true },
  ...change,
});
const told = (change: Partial<CoverageEvidence>) => messageOf({ ...WELL, ...change });
const newestCopy = { arn: aCopy(orders, 30).arn, dataTime: '2026-11-24T06:00:00.000Z', importedAt: AT } as const;

test('of a report in which all is well nothing is told', () => expect(messageOf(WELL)).toBeUndefined());

test.each<[string, Partial<CoverageEvidence>, string, readonly string[]]>([
  [
    'a database without a copy',
    { databases: [row(), ...WELL.databases] },
    'Checkvalve: 1 of 2 databases not protected (eu-central-1)',
    ['Never copied (1):', `- orders in ${SOURCE}`],
  ],
  [
    'a reason and what helps',
    { databases: [row({ status: 'unsupported', reason: 'because', remedy: 'Do it.' })] },
    'Checkvalve: 1 of 1 databases not protected (eu-central-1)',
    ['Cannot be copied as it is (1):', `- orders in ${SOURCE}: because`, '  Do it.'],
  ],
  [
    'a copy that is too old, by RDS',
    {
      databases: [
        row({ status: 'late', newestCopy: { ...newestCopy, dataTimeFrom: 'rds' }, ageHours: 30, rpoHours: 26 }),
      ],
    },
    'Checkvalve: 1 of 1 databases not protected (eu-central-1)',
    [
      'The newest copy is too old (1):',
      `- orders in ${SOURCE}, newest copy 2026-11-24T06:00:00.000Z (30 h old; at most 26 h)`,
    ],
  ],
  [
    'a copy that is too old, by its source, of an unknown RPO',
    { databases: [row({ status: 'late', newestCopy: { ...newestCopy, dataTimeFrom: 'source' }, ageHours: 30 })] },
    'Checkvalve: 1 of 1 databases not protected (eu-central-1)',
    [
      'The newest copy is too old (1):',
      `- orders in ${SOURCE}, newest copy 2026-11-24T06:00:00.000Z (30 h old; at most ? h, by the word of the source)`,
    ],
  ],
  [
    'a copy that is gone, of an unknown age',
    { databases: [row({ status: 'lost', newestCopy })] },
    'Checkvalve: 1 of 1 databases not protected (eu-central-1)',
    ['The vault had a copy, and it is gone (1):', `- orders in ${SOURCE}, newest copy 2026-11-24T06:00:00.000Z`],
  ],
  [
    'a tag that was removed of a database that is protected',
    { databases: [row({ status: 'protected', tagRemovedSince: AT })] },
    'Checkvalve: databases or accounts come and go (eu-central-1)',
    ['Still protected, but the tag was removed: no further copies come (1):', `- orders in ${SOURCE}`],
  ],
  [
    'an account that shuts the vault out',
    {
      accounts: [account({ access: 'denied', because: 'AccessDenied' }), account({ account: OTHER, access: 'denied' })],
    },
    'Checkvalve: 2 account(s) cannot be looked into (eu-central-1)',
    ['Accounts whose access role does not open (2):', `- ${SOURCE}: AccessDenied`, `- ${OTHER}: no reason given`],
  ],
  [
    'a tag that RDS contradicts',
    {
      disputed: [{ account: SOURCE, database: orders.arn, copy: newestCopy.arn, importedAt: AT, what: 'resource-id' }],
    },
    'Checkvalve: 1 copies whose tags RDS contradicts (eu-central-1)',
    ['Tags of a source that RDS contradicts (1):', `- ${SOURCE}: ${orders.arn}: resource-id: ${newestCopy.arn}`],
  ],
  [
    'databases where no vault is, five by name',
    {
      accounts: [
        account({
          elsewhere: [
            {
              region: region('eu-west-1'),
              at: AT,
              databases: [1, 2, 3, 4, 5, 6].map((at) => aDatabase(`db-${at}`).arn),
              count: 6,
            },
            {
              region: region('eu-west-2'),
              at: AT,
              databases: [1, 2, 3, 4, 5].map((at) => aDatabase(`x${at}`).arn),
              count: 5,
            },
          ],
        }),
      ],
    },
    'Checkvalve: 11 database(s) in Regions without a vault (eu-central-1)',
    [
      'Production databases in Regions without a vault (2):',
      `- ${SOURCE}: eu-west-1: db-1, db-2, db-3, db-4, db-5, and 1 more`,
      `- ${SOURCE}: eu-west-2: x1, x2, x3, x4, x5`,
    ],
  ],
  [
    'a key with another policy',
    { accounts: [account({ exportKey: { keyId: 'key-1', otherPolicies: ['a', 'b'], lastRead: 'policy-names' } })] },
    'Checkvalve: 1 fault(s) in the policies of export keys (eu-central-1)',
    [
      'Export keys with policies that the tooling does not give them (1):',
      `- ${SOURCE}: The export key key-1 has a second policy: a, b`,
    ],
  ],
  [
    'what could not be read',
    { accounts: [account({ unread: ['snapshots: no'] })], registryUnread: 'no table' },
    'Checkvalve: 2 part(s) could not be read (eu-central-1)',
    [
      'Could not be read, so that what is said beside it may be too good (2):',
      '- registry: no table',
      `- ${SOURCE}: snapshots: no`,
    ],
  ],
  [
    'a backup that was missed',
    { missedBackups: [{ account: SOURCE, database: orders.arn, state: 'FAILED', message: 'no', at: AT }] },
    'Checkvalve: 1 backup(s) missed (eu-central-1)',
    [
      'Backups that AWS Backup did not make, or that were deleted before they were copied (1):',
      `- ${orders.arn}: FAILED: no`,
    ],
  ],
  [
    'a service that is not opted in',
    { accounts: [account({ account: OTHER }), account({ optedOut: ['Aurora', 'Neptune'] })] },
    'Checkvalve: AWS Backup is not opted in everywhere (eu-central-1)',
    ['Services that AWS Backup is not opted in to (1):', `- ${SOURCE}: Aurora, Neptune`],
  ],
  [
    'an account that leaves',
    {
      accounts: [account({ account: OTHER }), account({ state: 'leaving', leavingSince: '2026-11-25T01:00:00.000Z' })],
    },
    'Checkvalve: databases or accounts come and go (eu-central-1)',
    [
      'Accounts that are about to leave (1):',
      `- ${SOURCE}: seen to leave at 2026-11-25T01:00:00.000Z; the vault imports for a day more`,
    ],
  ],
  [
    'an account that left without a confirmation',
    { accounts: [account({ account: OTHER }), account({ state: 'left', unconfirmed: true })] },
    'Checkvalve: databases or accounts come and go (eu-central-1)',
    [
      'Accounts that left, and no operator has confirmed it (1):',
      `- ${SOURCE}: run “checkvalve accept --left ${SOURCE}”, if it is meant`,
    ],
  ],
  [
    'an account that waits for three hours',
    {
      accounts: [
        account({ state: 'waiting', since: hoursAgo(3).toISOString() }),
        account({ account: OTHER, state: 'waiting', since: hoursAgo(2.9).toISOString() }),
        account({ account: OTHER, state: 'waiting' }),
        account({ account: OTHER, since: hoursAgo(50).toISOString() }),
      ],
    },
    'Checkvalve: databases or accounts come and go (eu-central-1)',
    [
      'Accounts that wait to be accepted (1):',
      `- ${SOURCE}: waits since ${hoursAgo(3).toISOString()}; run “checkvalve accept ${SOURCE}”, if it is meant`,
    ],
  ],
])('%s', (_, change, subject, lines) =>
  expect(told(change)).toEqual({ subject, text: [...lines, '', END].join('\n') }),
);

test('what is worst names the message, and stands first in it', () => {
  const all: CoverageEvidence = {
    ...WELL,
    databases: (['missing-tag', 'unsupported', 'late', 'never', 'lost', 'unknown'] as const).map((status) =>
      row({ status, tagRemovedSince: AT }),
    ),
    accounts: [account({ access: 'denied', because: 'no', optedOut: ['Aurora'] })],
  };
  const { subject, text } = messageOf(all) ?? { subject: '', text: '' };
  expect(subject).toBe(`Checkvalve: 6 of 6 databases not protected (${HERE})`);
  expect(text.split('\n').filter((line) => /^\S.* \(\d+\):$/.test(line) && !line.startsWith('-'))).toEqual([
    'Unknown: the account does not let the vault look in, or could not be asked (1):',
    'The vault had a copy, and it is gone (1):',
    'Never copied (1):',
    'The newest copy is too old (1):',
    'Cannot be copied as it is (1):',
    'Excluded: the tag of the plan is missing (1):',
    'Accounts whose access role does not open (1):',
    'Services that AWS Backup is not opted in to (1):',
  ]);
});
