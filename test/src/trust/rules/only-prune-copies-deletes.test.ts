import { onlyPruneCopiesDeletes as rule } from '../../../../src/trust/rules/only-prune-copies-deletes';
import { allow, either, here, judged, MANAGEMENT, OPEN, rds, role, sub, VAULT } from './judging';

const stem = `arn:aws:rds:eu-central-1:${VAULT}`;
const as = (step: string, statement: object) =>
  judged(rule, 'vault', { Role: role(`checkvalve-${step}-eu-central-1`, allow(statement)) }, { sections: OPEN });
const from = (name: unknown, statement: object) =>
  judged(rule, 'source', { Role: role(name, allow(statement)) }, { sections: OPEN });

const condition = (role: string) => ({
  StringEquals: { 'aws:ResourceTag/checkvalve:role': role },
  Null: { 'aws:ResourceTag/checkvalve:legal-hold': 'true' },
});
const prune = {
  Action: 'rds:DeleteDBSnapshot',
  Resource: `${stem}:snapshot:checkvalve-*`,
  Condition: condition('vault'),
};
const pruneClusters = {
  ...prune,
  Action: 'rds:DeleteDBClusterSnapshot',
  Resource: `${stem}:cluster-snapshot:checkvalve-*`,
};
const retire = {
  Action: 'rds:DeleteDBSnapshot',
  Resource: rds('snapshot:checkvalve-*'),
  Condition: condition('export'),
};
const expire = {
  Action: ['rds:DeleteDBSnapshot'],
  Resource: sub('arn:aws:rds:*:${AWS::AccountId}:snapshot:awsbackup:*'),
};
const BACKUP = sub('checkvalve-backup-${AWS::Region}-0123456789ab');

test.each<[string, readonly string[]]>([
  ['prune-copies deletes our copies', as('prune-copies', prune)],
  ['prune-copies deletes those of clusters', as('prune-copies', pruneClusters)],
  ['the exporter retires its export copies', from(here('checkvalve-export-snapshots'), retire)],
  ['AWS Backup lets its own expire', from(BACKUP, expire)],
])('may: %s', (_, found) => expect(found).toEqual([]));

test.each<[string, readonly string[]]>([
  ['import-copies', as('import-copies', prune)],
  ['prune-copies without our mark', as('prune-copies', { ...prune, Condition: { Null: condition('vault').Null } })],
  ['prune-copies with another mark', as('prune-copies', { ...prune, Condition: condition('export') })],
  [
    'prune-copies what is on hold',
    as('prune-copies', { ...prune, Condition: { StringEquals: condition('vault').StringEquals } }),
  ],
  ['prune-copies what is not of our name', as('prune-copies', { ...prune, Resource: `${stem}:snapshot:*` })],
  ['prune-copies what has another prefix', as('prune-copies', { ...prune, Resource: `${stem}:snapshot:other-*` })],
  [
    'prune-copies in every Region',
    as('prune-copies', { ...prune, Resource: `arn:aws:rds:*:${VAULT}:snapshot:checkvalve-*` }),
  ],
  [
    'prune-copies a database',
    as('prune-copies', { ...prune, Action: 'rds:DeleteDBInstance', Resource: `${stem}:db:*` }),
  ],
  ['a role whose name begins alike', as('prune-copies-too', prune)],
  // No role is exempt by a name that no step has.
  ...['db', 'cluster'].map((kind): [string, readonly string[]] => [
    `restore-copies a ${kind}`,
    as('restore-copies', {
      Action: kind === 'db' ? 'rds:DeleteDBInstance' : 'rds:DeleteDBCluster',
      Resource: `${stem}:${kind}:checkvalve-drill-*`,
    }),
  ]),
  ['restore-copies a snapshot', as('restore-copies', prune)],
  ['by a pattern', as('import-copies', { Action: 'rds:Delete*', Resource: `${stem}:snapshot:x` })],
  ['a recovery point', as('import-copies', { Action: 'backup:DeleteRecoveryPoint', Resource: '*' })],
  ['the exporter what is not its own', from(here('checkvalve-export-snapshots'), { ...retire, Condition: undefined })],
  ['the exporter what AWS Backup made', from(here('checkvalve-export-snapshots'), expire)],
  ['AWS Backup an export copy', from(BACKUP, { ...retire })],
  ['AWS Backup what the team made', from(BACKUP, { ...expire, Resource: rds('snapshot:*') })],
  [
    'management',
    judged(rule, 'management', {
      Role: role(
        'checkvalve-x',
        allow({ Action: 'rds:DeleteDBSnapshot', Resource: `arn:aws:rds:us-east-1:${MANAGEMENT}:snapshot:x` }),
      ),
    }),
  ],
])('may not delete: %s', (_, found) => expect(found).not.toEqual([]));

test.each<[string, readonly string[]]>([
  ['what a parameter names', as('prune-copies', { ...prune, Resource: { Ref: 'AccountParameter' } })],
  ['one or the other', as('prune-copies', { ...prune, Resource: either(prune.Resource, '*') })],
  [
    'under a condition that may be left out',
    as('prune-copies', { ...prune, Condition: either(prune.Condition, { Ref: 'AWS::NoValue' }) }),
  ],
])('an unknown value is a finding: %s', (_, found) => expect(found).not.toEqual([]));
