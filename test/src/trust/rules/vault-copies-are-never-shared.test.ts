import { vaultCopiesAreNeverShared as rule } from '../../../../src/trust/rules/vault-copies-are-never-shared';
import { allow, either, here, judged, MANAGEMENT, OPEN, rds, role, VAULT } from './judging';

const SHARE = ['rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute'];
const copies = `arn:aws:rds:eu-central-1:${VAULT}:snapshot`;
const inVault = (statement: object, stack = 'Vault-eu-central-1', name = 'checkvalve-import-copies-eu-central-1') =>
  judged(rule, 'vault', { Role: role(name, allow(statement)) }, { name: stack, sections: OPEN });
const exporting = (statement: object, name: unknown = here('checkvalve-export-snapshots')) =>
  judged(rule, 'source', { Role: role(name, allow(statement)) }, { sections: OPEN });
const ours = { Condition: { StringEquals: { 'aws:ResourceTag/checkvalve:role': 'export' } } };

test.each<[string, readonly string[]]>([
  ['the vault copies', inVault({ Action: 'rds:CopyDBSnapshot', Resource: `${copies}:*` })],
  ['the vault may be denied to share', inVault({ Effect: 'Deny', Action: SHARE, Resource: '*' })],
  [
    'the exporter shares export copies',
    exporting({ Action: SHARE[0], Resource: rds('snapshot:checkvalve-*'), ...ours }),
  ],
  [
    'the exporter shares those of clusters',
    exporting({ Action: SHARE[1], Resource: rds('cluster-snapshot:checkvalve-*'), ...ours }),
  ],
])('may: %s', (_, found) => expect(found).toEqual([]));

test.each<[string, readonly string[]]>([
  ['a step of the vault shares', inVault({ Action: SHARE[0], Resource: `${copies}:checkvalve-*` })],
  [
    'a step of the vault shares snapshots that Checkvalve did not make',
    inVault({ Action: SHARE[0], Resource: `${copies}:other-*` }),
  ],
  ['in small letters', inVault({ Action: SHARE[0]?.toLowerCase(), Resource: `${copies}:x` })],
  ['by a pattern', inVault({ Action: 'rds:Modify*', Resource: `${copies}:x` })],
  ['by a pattern with a question mark', inVault({ Action: 'rds:ModifyDB?lusterSnapshotAttribute', Resource: '*' })],
  ['by everything', inVault({ Action: '*', Resource: '*' })],
  // No stack is exempt by its name.
  ...['HandBack', 'HandBack-eu-central-1', 'Restore'].map((stack): [string, readonly string[]] => [
    `a stack ${stack} of the vault shares`,
    inVault({ Action: SHARE, Resource: `${copies}:handback-*` }, stack),
  ]),
  [
    'the exporter shares snapshots that Checkvalve did not make',
    exporting({ Action: SHARE[0], Resource: rds('snapshot:checkvalve-*') }),
  ],
  ['the exporter shares anything', exporting({ Action: SHARE[0], Resource: rds('snapshot:*'), ...ours })],
  [
    'another role of a source shares',
    exporting({ Action: SHARE[0], Resource: rds('snapshot:checkvalve-*'), ...ours }, 'other'),
  ],
  [
    'management shares',
    judged(rule, 'management', {
      Role: role(
        'checkvalve-x',
        allow({ Action: SHARE[0], Resource: `arn:aws:rds:us-east-1:${MANAGEMENT}:snapshot:x` }),
      ),
    }),
  ],
])('may not: %s', (_, found) => {
  expect(found.length).toBeGreaterThan(0);
  expect(found.join()).toMatch(/ may (rds:modify|rds:Modify|\*)/);
});

test.each<[string, readonly string[]]>([
  ['what a parameter names', inVault({ Action: SHARE[0], Resource: { Ref: 'AccountParameter' } })],
  ['one or the other', inVault({ Action: SHARE[0], Resource: either(`${copies}:other-*`, '*') })],
  [
    'a permission by a policy of its own',
    judged(rule, 'vault', {
      P: [
        'AWS::IAM::Policy',
        { PolicyName: 'p', Roles: ['x'], PolicyDocument: { Statement: allow({ Action: SHARE[0], Resource: '*' }) } },
      ],
    }),
  ],
  [
    'a permission that is managed',
    judged(rule, 'vault', {
      P: ['AWS::IAM::ManagedPolicy', { PolicyDocument: { Statement: allow({ Action: SHARE[0], Resource: '*' }) } }],
    }),
  ],
])('an unknown value is a finding: %s', (_, found) => expect(found).not.toEqual([]));
