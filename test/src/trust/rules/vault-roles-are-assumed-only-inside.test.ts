import { vaultRolesAreAssumedOnlyInside as rule } from '../../../../src/trust/rules/vault-roles-are-assumed-only-inside';
import { allow, at, document, either, judged, MANAGEMENT, OPEN, SOURCE, VAULT } from './judging';

/** What the rule says of a role with one statement of trust. */
const found = (statement: object, zone: 'vault' | 'source' = 'vault') => {
  const trust = document(allow({ Action: 'sts:AssumeRole', ...statement }));
  return judged(rule, zone, { Role: ['AWS::IAM::Role', { AssumeRolePolicyDocument: trust }] }, { sections: OPEN });
};
const service = (name: string, condition?: object) => ({
  Principal: { Service: name },
  ...(condition && { Condition: condition }),
});
const ofAccount = (account: unknown) => ({ StringEquals: { 'aws:SourceAccount': account } });

test.each<[string, object]>([
  ['Lambda, which takes only what its own account has passed', service('lambda.amazonaws.com')],
  ['Lambda for the vault', service('lambda.amazonaws.com', ofAccount(VAULT))],
  ['the vault itself', { Principal: { AWS: VAULT } }],
  ['a role of the vault', { Principal: { AWS: `arn:aws:iam::${VAULT}:role/checkvalve-import-copies-eu-central-1` } }],
  ['no principal, by a Deny', { Effect: 'Deny', Principal: '*' }],
])('may: %s', (_, statement) => expect(found(statement)).toEqual([]));

test.each<[string, object, string]>([
  ['a source', { Principal: { AWS: SOURCE } }, `AWS: ${SOURCE}`],
  ['management', { Principal: { AWS: `arn:aws:iam::${MANAGEMENT}:role/admin` } }, `role/admin`],
  ['the vault and a source', { Principal: { AWS: [VAULT, SOURCE] } }, `AWS: ${SOURCE}`],
  ['every principal', { Principal: '*' }, 'any principal'],
  [
    'every principal of the organization',
    { Principal: { AWS: '*' }, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } },
    'any principal',
  ],
  ['an identity provider', { Principal: { Federated: 'accounts.google.com' } }, 'Federated'],
  [
    'a role of a source behind an external id',
    { Principal: { AWS: SOURCE }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } },
    SOURCE,
  ],
  ['AWS Backup, which has no business in the vault', service('backup.amazonaws.com', ofAccount(VAULT)), 'backup'],
  [
    'a service for something of the vault, without business there',
    service('rds.amazonaws.com', { ArnLike: { 'aws:SourceArn': `arn:aws:rds:eu-central-1:${VAULT}:*` } }),
    'rds.amazonaws.com',
  ],
  ['a service without a source', service('backup.amazonaws.com'), 'backup.amazonaws.com'],
  ['a service for a source', service('backup.amazonaws.com', ofAccount(SOURCE)), 'backup.amazonaws.com'],
  ['a service for the vault or a source', service('backup.amazonaws.com', ofAccount([VAULT, SOURCE])), 'backup'],
  ['a web identity', { Principal: { AWS: VAULT }, Action: 'sts:AssumeRoleWithWebIdentity' }, 'WithWebIdentity'],
  ['whatever way', { Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:*' }, 'sts:*'],
])('may not: %s', (_, statement, finding) => expect(found(statement)).toEqual([expect.stringContaining(finding)]));

test.each<[string, object]>([
  ['a parameter', { Principal: { AWS: { Ref: 'AccountParameter' } } }],
  ['an import', { Principal: { AWS: { 'Fn::ImportValue': 'x' } } }],
  ['something made that is no principal', { Principal: { AWS: at('Role', 'RoleId') } }],
  ['one or the other', { Principal: { AWS: either(VAULT, SOURCE) } }],
  ['a service for what a parameter says', service('backup.amazonaws.com', ofAccount({ Ref: 'AccountParameter' }))],
])('an unknown value is a finding: %s', (_, statement) => {
  expect(found(statement)).toEqual(expect.arrayContaining([expect.stringMatching(/^can be assumed by/)]));
});

test('another rule judges roles of other accounts', () => {
  expect(found({ Principal: { AWS: VAULT } }, 'source')).toEqual([]);
});
