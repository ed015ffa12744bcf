import type { InheritedPower } from '../../../../src/contract/inherited-powers';
import { vaultResourcesTrustOnlyTheVault as rule } from '../../../../src/trust/rules/vault-resources-trust-only-the-vault';
import { analyzer, judged, MANAGEMENT, OPEN, type ResourceTable, SOURCE, VAULT } from './judging';

const Inbox: ResourceTable[string] = ['AWS::SQS::Queue', { QueueName: 'checkvalve-inbox' }];
const found = (resources: ResourceTable, accepted: readonly InheritedPower[] = []) =>
  judged(rule, 'vault', { Inbox, ...resources }, { sections: OPEN, accepted });
const archive = (...Filter: readonly unknown[]) => ({ RuleName: 'x', Filter });
const still = [expect.stringContaining('it archives')];

test('a vault has an analyzer, which archives the notifications at the inbox alone', () => {
  expect(found({ Watch: analyzer() })).toEqual([]);
  expect(
    found({ Watch: analyzer(), Another: ['AWS::AccessAnalyzer::Analyzer', { Type: 'ACCOUNT_UNUSED_ACCESS' }] }),
  ).toEqual([]);
});

test.each<[string, ResourceTable]>([
  ['no analyzer', {}],
  ['one of another zone', { Watch: ['AWS::AccessAnalyzer::Analyzer', { ...analyzer()[1], Type: 'ORGANIZATION' }] }],
  [
    'one that looks for something else',
    { Watch: ['AWS::AccessAnalyzer::Analyzer', { Type: 'ACCOUNT_UNUSED_ACCESS' }] },
  ],
  ['one that is there or not', { Watch: [...analyzer(), { Condition: 'Open' }] as unknown as ResourceTable[string] }],
])('a vault with %s is not watched', (_, resources) => {
  expect(found(resources)).toEqual([expect.stringContaining('reports access from outside')]);
});

test('a vault whose configuration adopts an analyzer creates none: AWS allows no second one', () => {
  const adopting = (resources: ResourceTable) =>
    judged(rule, 'vault', { Inbox, ...resources }, { sections: OPEN, adoptedAnalyzer: 'ours' });
  expect(adopting({})).toEqual([]);
  expect(adopting({ Watch: analyzer() })).toEqual([expect.stringContaining('no second one')]);
});

const role = { Property: 'resource', Eq: [`arn:aws:iam::${VAULT}:role/OrganizationAccountAccessRole`] };
const ofRoles = { Property: 'resourceType', Eq: ['AWS::IAM::Role'] };
const by = (...Eq: readonly string[]) => ({ Property: 'principal.AWS', Eq });
const management = by(`arn:aws:iam::${MANAGEMENT}:root`, MANAGEMENT);

test('the analyzer archives the accepted powers, in any order of tests', () => {
  const rules = [archive(role, ofRoles, management)];
  expect(found({ Watch: analyzer(...rules) }, ['OrganizationAccountAccessRole'])).toEqual([]);
  expect(found({ Watch: analyzer(archive(management, ofRoles, role)) }, ['OrganizationAccountAccessRole'])).toEqual([]);
  expect(found({ Watch: analyzer(...rules) })).toEqual(still);
  expect(found({ Watch: analyzer() }, ['OrganizationAccountAccessRole'])).toEqual([
    expect.stringContaining('it does not archive'),
  ]);
});

test('a power without a role needs no archive rule', () => {
  expect(found({ Watch: analyzer() }, ['AssumeRoot', 'organization-policies'])).toEqual([]);
});

test.each<[string, unknown]>([
  ['everything', archive()],
  ['everything, without a test', { RuleName: 'x' }],
  ['everything that has a name', archive({ Property: 'resource', Exists: true })],
  ['everything of AWS', archive({ Property: 'resource', Contains: ['arn:aws:'] })],
  ['every role', archive(ofRoles)],
  ['the accepted role for any principal', archive(role, ofRoles)],
  ['the accepted role for a source', archive(role, ofRoles, by(SOURCE))],
  ['the accepted role for management and a source', archive(role, ofRoles, by(MANAGEMENT, SOURCE))],
  ['every role but one', archive({ ...role, Eq: undefined, Neq: role.Eq }, ofRoles, management)],
  ['roles that are called alike', archive({ Property: 'resource', Contains: role.Eq }, ofRoles, management)],
  [
    'a role that a parameter names',
    archive({ Property: 'resource', Eq: { Ref: 'AccountParameter' } }, ofRoles, management),
  ],
  ['an archive rule with an unknown key', { ...archive(role, ofRoles, management), Until: 'x' }],
])('archiving %s is a finding', (_, more) => {
  const accepted = archive(role, ofRoles, management);
  expect(found({ Watch: analyzer(accepted, more) }, ['OrganizationAccountAccessRole'])).toEqual(
    expect.arrayContaining(still),
  );
});
