import { exportKeyIdOf, observeExportKey, partToRead } from '../../../../lambda/vault/report-coverage/export-key';
import { messageOf } from '../../../../lambda/vault/report-coverage/message';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import { coverageReport } from '../../../../src/cli/print-coverage';
import { type CoverageExportKey, exportKeyFaults } from '../../../../src/contract/coverage';
import { keyArn } from '../../../../src/contract/ids';
import { deniesAllPrincipals } from '../../../../src/contract/key-policy';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { aDatabase, factsOf, hoursAgo, inSource, openAccount } from '../../../support/coverage-world';
import { HERE, SOURCE } from '../../../support/pipeline';

const orders = aDatabase('orders');
const ID = (end: number) => `00000000-0000-4000-8000-00000000000${end}`;
const key = (end: number) => keyArn(`arn:aws:kms:${HERE}:${SOURCE}:key/${ID(end)}`);
const exported = (end: number, hours: number) =>
  inSource(
    orders,
    { [TAGS.role]: 'export' },
    { name: `checkvalve-orders-${end}`, type: 'manual', kmsKeyArn: key(end), createdAt: hoursAgo(hours) },
  );
const backup = (keyId: string, hours = 1) =>
  inSource(orders, { [RECOVERY_POINT_TAGS.exportKey]: keyId }, { createdAt: hoursAgo(hours) });
const known = (end: number, more: Partial<CoverageExportKey> = {}): CoverageExportKey => ({
  keyId: ID(end),
  otherPolicies: [],
  lastRead: 'policy-names',
  ...more,
});

test.each([
  ['no snapshot and no report', [], undefined, undefined],
  [
    'the youngest export copy, whatever its backup is tagged with',
    [exported(1, 9), exported(2, 3), backup(ID(3))],
    undefined,
    ID(2),
  ],
  ['an export copy, before what the report knows', [exported(1, 3)], known(4), ID(1)],
  ['the report, before a tag that a team may write', [backup(ID(3))], known(4), ID(4)],
  ['the tag of the youngest backup', [backup(ID(3), 9), backup(ID(5), 2)], undefined, ID(5)],
  ['a multi-Region key', [backup(`mrk-${'0'.repeat(32)}`)], undefined, `mrk-${'0'.repeat(32)}`],
  ['a key of another account is none', [backup(`arn:aws:kms:${HERE}:111122223333:key/${ID(1)}`)], undefined, undefined],
  ['an alias is none', [backup('alias/checkvalve')], undefined, undefined],
  ['a tag of great length is none', [backup(`${ID(1)}${'0'.repeat(200)}`)], undefined, undefined],
])('the export key is known by %s', (_, snapshots, before, keyId) => {
  expect(exportKeyIdOf(snapshots, before)).toBe(keyId);
});

test.each([
  ['a key that no report knows', undefined, 'policy-names'],
  ['another key than the one of the report', known(2), 'policy-names'],
  ['the names were read last', known(1), 'default-policy'],
  ['the default policy was read last', known(1, { lastRead: 'default-policy' }), 'policy-names'],
] as const)('what is read of %s', (_, before, part) => {
  expect(partToRead(ID(1), before)).toBe(part);
});

const denial = (statement: object) => JSON.stringify({ Statement: [{ Effect: 'Deny', Action: '*', ...statement }] });

test.each([
  ['all principals', denial({ Principal: '*' }), true],
  ['all principals, as AWS', denial({ Principal: { AWS: '*' } }), true],
  ['all principals, in a list', denial({ Principal: { AWS: ['111122223333', '*'] } }), true],
  ['all principals but some', denial({ NotPrincipal: { AWS: '111122223333' } }), true],
  ['all principals, in one statement without a list', '{"Statement":{"Effect":"Deny","Principal":"*"}}', true],
  ['one account', denial({ Principal: { AWS: '111122223333' } }), false],
  ['no principal: it allows', '{"Statement":[{"Effect":"Allow","Principal":"*"}]}', false],
  ['no statement', '{}', false],
  ['statements of other shapes', '{"Statement":[null,"Deny",7,{"Effect":"Deny","Principal":null}]}', false],
  ['no document', '[]', false],
])('a key policy that denies something to %s', (_, policy, is) => expect(deniesAllPrincipals(policy)).toBe(is));

const policies = (names: readonly string[] | Error, text: string | Error = '{}') => ({
  names: async () => {
    if (names instanceof Error) throw names;
    return names;
  },
  defaultPolicy: async () => {
    if (text instanceof Error) throw text;
    return text;
  },
});
const no = new Error('not you');

test('what cannot be read stands as it was read, and the next run reads the other part', async () => {
  const shared = known(1, { otherPolicies: ['AWS_RAM'], lastRead: 'default-policy' });
  const { exportKey, failed } = await observeExportKey(policies(no), [exported(1, 3)], shared);
  expect([exportKey, failed]).toEqual([{ ...shared, lastRead: 'policy-names' }, no]);
});

test('a snapshot that names a key which may not be read leaves what is known of the other, and is never believed', async () => {
  const shared = known(1, { otherPolicies: ['AWS_RAM'] });
  expect(await observeExportKey(policies(no), [exported(2, 3)], shared)).toEqual({ exportKey: shared, failed: no });
  expect(await observeExportKey(policies(no), [backup(ID(3))])).toEqual({ exportKey: undefined, failed: no });
});

test('a policy that is not JSON counts as not read', async () => {
  const { exportKey, failed } = await observeExportKey(policies([], 'x'), [exported(1, 3)], known(1));
  expect([exportKey?.deniesAllPrincipals, failed]).toEqual([undefined, expect.any(SyntaxError)]);
});

test('names of policies are kept in a bounded number and length', async () => {
  const names = ['default', ...Array.from({ length: 900 }, (_, at) => `${at}${'x'.repeat(900)}`)];
  const { exportKey } = await observeExportKey(policies(names), [exported(1, 3)]);
  expect(exportKey?.otherPolicies?.map(({ length }) => length)).toEqual(Array(5).fill(128));
});

describe('an export key with policies that the tooling did not give it', () => {
  const exportKey = known(1, { otherPolicies: ['AWS_RAM'], deniesAllPrincipals: true });
  const { evidence } = plan(factsOf([openAccount({ exportKey })]));

  test('is in the message, and printed', () => {
    expect(messageOf(evidence)?.subject).toBe('Checkvalve: 2 unexpected export key policies (eu-central-1)');
    expect(coverageReport(evidence).replace(/\s+/g, ' ')).toContain(
      `${SOURCE}: The export key ${ID(1)} has a second policy: AWS_RAM`,
    );
  });

  test('stays in the report while its account cannot be looked into, and leaves it with the account', () => {
    const faults = (observed: Parameters<typeof openAccount>[1]) =>
      exportKeyFaults(plan(factsOf([openAccount({}, observed)], [], evidence)).evidence).map(({ fault }) => fault);
    const both = ['second-policy', 'denies-all-principals'];
    expect(faults({ observed: { access: 'unknown', because: 'no' } })).toEqual(both);
    expect(faults({ observed: { access: 'denied', because: 'no' } })).toEqual(both);
    expect(faults({ observed: { access: 'not-requested' } })).toEqual([]);
  });
});
