import { ROLES } from '../../../../src/trust/permissions/role-patterns';
import {
  isAboutKeys,
  isAccessRole,
  otherRoleStatementsOf,
  roleStatementsOf,
} from '../../../../src/trust/rules/statements-by-action';
import type { JudgedTemplate } from '../../../../src/trust/templates/judged-templates';
import type { Statement } from '../../../../src/trust/templates/statement';
import { SOURCE } from './judging';

const owner = (name: string) => `arn:aws:iam::${SOURCE}:role/${name}`;
const statement = (change: Partial<Statement> = {}): Statement => ({
  at: 'Role',
  kind: 'identity',
  owner: owner('a-role'),
  effect: 'Allow',
  principals: [],
  actions: ['s3:GetObject'],
  resources: ['*'],
  conditions: [],
  ...change,
});
const template = (zone: JudgedTemplate['zone'], ...statements: readonly Statement[]) =>
  ({ zone, place: { region: 'eu-central-1' }, statements }) as unknown as JudgedTemplate;

test.each([
  ...['kms:Decrypt', 'KMS:decrypt', 'ram:CreateResourceShare', 'k*:Decrypt', '*:*', '*', 'kms:*'].map(
    (action) => [action, true] as const,
  ),
  ...['s3:GetObject', 'rds:DeleteDBSnapshot', 'sqs:SendMessage', 'r?s:*'].map((action) => [action, false] as const),
])('%s can mean an action on a key: %p', (action, expected) => expect(isAboutKeys(action)).toBe(expected));

test.each([
  'backup:DeleteBackupVault',
  'backup:DeleteRecoveryPoint',
  'backup:DisassociateRecoveryPoint',
  'backup:UpdateRecoveryPointLifecycle',
  'rds:DeleteDBCluster',
  'rds:DeleteDBClusterAutomatedBackup',
  'rds:DeleteDBClusterSnapshot',
  'rds:DeleteDBInstance',
  'rds:DeleteDBInstanceAutomatedBackup',
  'rds:DeleteDBSnapshot',
  'rds:ModifyDBSnapshotAttribute',
  'rds:ModifyDBClusterSnapshotAttribute',
  'rds:deletedbsnapshot',
  'kms:Decrypt',
  'ram:CreateResourceShare',
])('another rule judges %s', (action) => {
  expect(otherRoleStatementsOf(template('source', statement({ actions: [action] })))).toEqual([]);
  const beside = statement({ actions: ['s3:GetObject', action] });
  expect(otherRoleStatementsOf(template('source', beside))).toEqual([statement({ actions: ['s3:GetObject'] })]);
});

test.each(['rds:DeleteDB*', 'rds:*', 'kms:?ecrypt', '*', 'rds:DescribeDBSnapshots', 'backup:DeleteBackupPlan'])(
  'the rule of the zone judges %s',
  (action) => {
    const one = statement({ actions: [action] });
    expect(otherRoleStatementsOf(template('source', one))).toEqual([one]);
  },
);

test('the role statements are those of policies and boundaries, except at access roles', () => {
  const kept = [statement(), statement({ kind: 'boundary' })];
  const others = [
    statement({ effect: 'Deny' }),
    statement({ kind: 'trust' }),
    statement({ kind: 'resource' }),
    statement({ owner: owner(ROLES.snapshotAccess.replaceAll('{region}', 'eu-central-1')) }),
  ];
  expect(roleStatementsOf(template('source', ...kept, ...others))).toEqual(kept);
});

test.each([
  [ROLES.snapshotAccess, 'source', true],
  [ROLES.coverageAccess, 'source', true],
  [ROLES.registryAccess.replace('{cell}', ''), 'management', true],
  [ROLES.registryAccess.replace('{cell}', '-north'), 'management', true],
  ['checkvalve-registry-accessor', 'management', false],
  [ROLES.snapshotAccess, 'vault', false],
  ['checkvalve-export-snapshots-{region}', 'source', false],
] as const)('the role %s in %s is an access role: %p', (name, zone, expected) => {
  const at = (region: string) => statement({ owner: owner(name.replaceAll('{region}', region)) });
  expect(isAccessRole(at('eu-central-1'), template(zone))).toBe(expected);
  if (name.includes('{region}')) expect(isAccessRole(at('eu-west-1'), template(zone))).toBe(false);
});
