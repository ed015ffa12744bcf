import { accessRolesTrustNamedVaultRoles as rule } from '../../../../src/trust/rules/access-roles-trust-named-vault-roles';
import { allow, at, document, here, judged, OPEN, sub, VAULT } from './judging';

const vault = { AWS: `arn:aws:iam::${VAULT}:root` };
const reporter = sub(`arn:aws:iam::${VAULT}:role/checkvalve-report-coverage-\${AWS::Region}`);

/** What the rule says of the coverage access role, with one statement of what it may do. */
const coverage = (opens: object) => {
  const trust = document(
    allow({
      Action: 'sts:AssumeRole',
      Principal: vault,
      Condition: { StringEquals: { 'aws:PrincipalArn': reporter } },
    }),
  );
  const Policies = [{ PolicyName: 'p', PolicyDocument: document(allow(opens)) }];
  const RoleName = here('checkvalve-coverage-access');
  return judged(
    rule,
    'source',
    {
      ExportKey: ['AWS::KMS::Key', {}],
      AccessRole: ['AWS::IAM::Role', { RoleName, AssumeRolePolicyDocument: trust, Policies }],
    },
    { sections: OPEN },
  );
};
const table = (name: string) => sub(`arn:aws:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${name}`);
const memory = table('checkvalve-export-memory');
const POLICIES = ['kms:GetKeyPolicy', 'kms:ListKeyPolicies'];

test.each<[string, object]>([
  ['the memory of exports', { Action: 'dynamodb:Scan', Resource: memory }],
  ['the policies of the export key', { Action: POLICIES, Resource: at('ExportKey') }],
])('the coverage access role may read %s', (_, opens) => expect(coverage(opens)).toEqual([]));

test.each<[string, object]>([
  ['write to the memory', { Action: ['dynamodb:Scan', 'dynamodb:UpdateItem'], Resource: memory }],
  ['delete from the memory', { Action: 'dynamodb:DeleteItem', Resource: memory }],
  ['write to the memory by PartiQL', { Action: 'dynamodb:PartiQLUpdate', Resource: memory }],
  ['do anything with the memory', { Action: 'dynamodb:*', Resource: memory }],
  ['read another table', { Action: 'dynamodb:Scan', Resource: table('orders') }],
  ['read every table', { Action: 'dynamodb:Scan', Resource: '*' }],
  ['read the policies of every key', { Action: POLICIES, Resource: '*' }],
  ['write the policy of the export key', { Action: [...POLICIES, 'kms:PutKeyPolicy'], Resource: at('ExportKey') }],
  ['use the export key', { Action: 'kms:Decrypt', Resource: at('ExportKey') }],
  ['grant the export key', { Action: 'kms:CreateGrant', Resource: at('ExportKey') }],
  [
    'mark snapshots',
    {
      Action: 'rds:AddTagsToResource',
      Resource: sub('arn:aws:rds:${AWS::Region}:${AWS::AccountId}:snapshot:checkvalve-*'),
    },
  ],
])('the coverage access role may not %s', (_, opens) => expect(coverage(opens)).not.toEqual([]));
