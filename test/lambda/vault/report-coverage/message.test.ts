import { messageOf } from '../../../../lambda/vault/report-coverage/message';
import { REMEDIES, SECTIONS } from '../../../../lambda/vault/report-coverage/message-sentences';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import type { CoverageAccount, CoverageEvidence, CoverageRow } from '../../../../src/contract/coverage';
import { region } from '../../../../src/contract/ids';
import { aCopy, aDatabase, factsOf, hoursAgo, NOW, openAccount } from '../../../support/coverage-world';
import { HERE, OTHER, SOURCE } from '../../../support/pipeline';

const orders = aDatabase('orders');
const AT = NOW.toISOString();
const END = `Report of ${AT}. For the whole report, run “checkvalve status”.`;
/** A report without findings. */
const WELL = plan(factsOf([openAccount({ databases: [orders] })], [aCopy(orders, 3)])).evidence;
const account = (change: Partial<CoverageAccount> = {}): CoverageAccount => ({
  ...{ account: SOURCE, state: 'enrolled', access: 'granted', optedOut: [], notImported: [], unread: [] },
  ...change,
});
const row = (change: Partial<CoverageRow> = {}): CoverageRow => ({
  ...{ account: SOURCE, database: orders.arn, status: 'never', since: AT, wanted: true },
  ...change,
});
const message = (change: Partial<CoverageEvidence>) => messageOf({ ...WELL, ...change });
const newestCopy = { arn: aCopy(orders, 30).arn, dataTime: '2026-11-24T06:00:00.000Z', importedAt: AT } as const;

test('a report without findings needs no message', () => expect(messageOf(WELL)).toBeUndefined());

test.each<[string, Partial<CoverageEvidence>, string, readonly string[]]>([
  [
    'a database without a copy',
    { databases: [row(), ...WELL.databases] },
    'Checkvalve: 1 of 2 databases not protected (eu-central-1)',
    [`${SECTIONS.never} (1):`, `- orders in ${SOURCE}, ${HERE}`],
  ],
  [
    'a reason and a remedy',
    { databases: [row({ status: 'unsupported', reason: 'because', remedy: 'Do it.' })] },
    'Checkvalve: 1 of 1 databases not protected (eu-central-1)',
    [`${SECTIONS.unsupported} (1):`, `- orders in ${SOURCE}, ${HERE}: Because.`, '  Do it.'],
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
      `${SECTIONS.late} (1):`,
      `- orders in ${SOURCE}, ${HERE}: Newest copy 2026-11-24T06:00:00.000Z (30 h old; RPO 26 h).`,
    ],
  ],
  [
    'a copy that is too old, by its source, of an unknown RPO',
    { databases: [row({ status: 'late', newestCopy: { ...newestCopy, dataTimeFrom: 'source' }, ageHours: 30 })] },
    'Checkvalve: 1 of 1 databases not protected (eu-central-1)',
    [
      `${SECTIONS.late} (1):`,
      `- orders in ${SOURCE}, ${HERE}: Newest copy 2026-11-24T06:00:00.000Z (30 h old; RPO ? h), by the clock of the source.`,
    ],
  ],
  [
    'a copy that is gone, of an unknown age',
    { databases: [row({ status: 'lost', newestCopy })] },
    'Checkvalve: 1 of 1 databases not protected (eu-central-1)',
    [`${SECTIONS.lost} (1):`, `- orders in ${SOURCE}, ${HERE}: Newest copy 2026-11-24T06:00:00.000Z.`],
  ],
  [
    'a tag that was removed of a database that is protected',
    { databases: [row({ status: 'protected', tagRemovedSince: AT })] },
    'Checkvalve: databases or accounts change (eu-central-1)',
    [`${SECTIONS['tag-removed']} (1):`, `- orders in ${SOURCE}, ${HERE}`],
  ],
  [
    'an account that denies access',
    {
      accounts: [account({ access: 'denied', because: 'AccessDenied' }), account({ account: OTHER, access: 'denied' })],
    },
    'Checkvalve: 2 account(s) deny access (eu-central-1)',
    [
      `${SECTIONS['access-denied']} (2):`,
      `- ${SOURCE}, ${HERE}: AccessDenied. ${REMEDIES['access-denied']}`,
      `- ${OTHER}, ${HERE}: AWS gives no reason. ${REMEDIES['access-denied']}`,
    ],
  ],
  [
    'a tag that RDS contradicts',
    {
      disputed: [{ account: SOURCE, database: orders.arn, copy: newestCopy.arn, importedAt: AT, what: 'resource-id' }],
    },
    'Checkvalve: 1 copies with tags that RDS contradicts (eu-central-1)',
    [
      `${SECTIONS['disputed-tags']} (1):`,
      `- ${SOURCE}, ${HERE}: RDS contradicts resource-id of ${newestCopy.arn}, a copy of ${orders.arn}. ${REMEDIES['disputed-tags']}`,
    ],
  ],
  [
    'databases in Regions without a vault, five by name',
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
      `${SECTIONS['uncovered-region']} (2):`,
      `- ${SOURCE}, eu-west-1: Databases db-1, db-2, db-3, db-4, db-5, and 1 more. ${REMEDIES['uncovered-region']}`,
      `- ${SOURCE}, eu-west-2: Databases x1, x2, x3, x4, x5. ${REMEDIES['uncovered-region']}`,
    ],
  ],
  [
    'a key with another policy',
    { accounts: [account({ exportKey: { keyId: 'key-1', otherPolicies: ['a', 'b'], lastRead: 'policy-names' } })] },
    'Checkvalve: 1 unexpected export key policies (eu-central-1)',
    [`${SECTIONS['export-key-policy']} (1):`, `- ${SOURCE}, ${HERE}: The export key key-1 has a second policy: a, b.`],
  ],
  [
    'what could not be read',
    { accounts: [account({ unread: ['snapshots: no'] })], registryUnread: 'no table' },
    'Checkvalve: 2 part(s) not read (eu-central-1)',
    [`${SECTIONS['not-read']} (2):`, '- Registry: no table.', `- ${SOURCE}: snapshots: no.`],
  ],
  [
    'a backup that was missed',
    { missedBackups: [{ account: SOURCE, database: orders.arn, state: 'FAILED', message: 'no', at: AT }] },
    'Checkvalve: 1 backup(s) missed (eu-central-1)',
    [`${SECTIONS['missed-backup']} (1):`, `- ${orders.arn}: FAILED. No.`],
  ],
  [
    'a service without opt-in',
    { accounts: [account({ account: OTHER }), account({ optedOut: ['Aurora', 'Neptune'] })] },
    'Checkvalve: 1 account(s) without opt-in in AWS Backup (eu-central-1)',
    [`${SECTIONS['not-opted-in']} (1):`, `- ${SOURCE}, ${HERE}: Aurora, Neptune. ${REMEDIES['not-opted-in']}`],
  ],
  [
    'an account that leaves',
    {
      accounts: [account({ account: OTHER }), account({ state: 'leaving', leavingSince: '2026-11-25T01:00:00.000Z' })],
    },
    'Checkvalve: databases or accounts change (eu-central-1)',
    [
      `${SECTIONS['account-leaving']} (1):`,
      `- ${SOURCE}, ${HERE}: Leaving since 2026-11-25T01:00:00.000Z. ${REMEDIES['account-leaving']}`,
    ],
  ],
  [
    'an account that left without a confirmation',
    { accounts: [account({ account: OTHER }), account({ state: 'left', unconfirmed: true })] },
    'Checkvalve: databases or accounts change (eu-central-1)',
    [`${SECTIONS['exit-unconfirmed']} (1):`, `- ${SOURCE}, ${HERE}: ${REMEDIES['exit-unconfirmed'](SOURCE)}`],
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
    'Checkvalve: databases or accounts change (eu-central-1)',
    [
      `${SECTIONS['account-waiting']} (1):`,
      `- ${SOURCE}, ${HERE}: Waiting since ${hoursAgo(3).toISOString()}. ${REMEDIES['account-waiting'](SOURCE)}`,
    ],
  ],
])('%s', (_, change, subject, lines) =>
  expect(message(change)).toEqual({ subject, text: [...lines, '', END].join('\n') }),
);

test('the worst finding is the subject, and comes first', () => {
  const all: CoverageEvidence = {
    ...WELL,
    databases: (['missing-tag', 'unsupported', 'late', 'never', 'lost', 'unknown'] as const).map((status) =>
      row({ status, tagRemovedSince: AT }),
    ),
    accounts: [account({ access: 'denied', because: 'no', optedOut: ['Aurora'] })],
  };
  const { subject, text } = messageOf(all) ?? { subject: '', text: '' };
  expect(subject).toBe(`Checkvalve: 6 of 6 databases not protected (${HERE})`);
  expect(text.split('\n').filter((line) => /^\S.* \(\d+\):$/.test(line) && !line.startsWith('-'))).toEqual(
    (['unknown', 'lost', 'never', 'late', 'unsupported', 'missing-tag', 'access-denied', 'not-opted-in'] as const).map(
      (id) => `${SECTIONS[id]} (1):`,
    ),
  );
});
