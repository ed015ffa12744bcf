import { config } from '../../../src/checkvalve.config';
import type { InheritedPower } from '../../../src/contract/inherited-powers';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const resources = Object.entries(resourcesOf(templatesOf().vault));
const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);
const [[topicId, topic] = []] = ofType('AWS::SNS::Topic');
const [[ruleId, rule] = []] = ofType('AWS::Events::Rule').filter(([, { Properties }]) =>
  JSON.stringify(Properties.EventPattern ?? '').includes('access-analyzer'),
);

test('the analyzer treats the vault account as the zone of trust, and only the inbox is accepted', () => {
  const [[, analyzer] = [], ...more] = ofType('AWS::AccessAnalyzer::Analyzer');
  expect(more).toEqual([]);
  const [inboxId] = ofType('AWS::SQS::Queue').find(([, one]) => one.Properties.QueueName === 'checkvalve-inbox') ?? [];
  expect(analyzer?.Properties).toMatchObject({ AnalyzerName: 'checkvalve', Type: 'ACCOUNT' });
  expect(analyzer?.Properties.ArchiveRules).toEqual([
    {
      RuleName: 'inbox-accepts-notifications',
      Filter: [
        { Property: 'resource', Eq: [{ 'Fn::GetAtt': [inboxId, 'Arn'] }] },
        { Property: 'resourceType', Eq: ['AWS::SQS::Queue'] },
        { Property: 'condition.aws:SourceArn', Eq: ['arn:aws:sns:*:*:checkvalve-copies'] },
      ],
    },
  ]);
});

test('every active finding is published to the one topic, and only this rule may publish it', () => {
  expect(topic).toBeDefined();
  expect(rule?.Properties).toMatchObject({
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.access-analyzer'],
      'detail-type': ['Access Analyzer Finding'],
      detail: { status: ['ACTIVE'] },
    },
    Targets: [{ Arn: { Ref: topicId } }],
  });
  const statements = ofType('AWS::SNS::TopicPolicy').flatMap(
    ([, { Properties }]) => (Properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement,
  );
  const ofEvents = statements.filter(({ Principal }) => JSON.stringify(Principal).includes('events.amazonaws.com'));
  expect(ofEvents).toEqual([
    {
      Sid: 'FindingsOfTheVault',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: { Ref: topicId },
      Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [ruleId, 'Arn'] } } },
    },
  ]);
});

test('the key of the topic lets EventBridge encrypt without a source, which AWS does not support in a key policy', () => {
  const policies = ofType('AWS::KMS::Key').map(
    ([, { Properties }]) => (Properties.KeyPolicy as { Statement: Record<string, unknown>[] }).Statement,
  );
  const ofEvents = policies
    .flat()
    .filter(({ Principal }) => JSON.stringify(Principal).includes('events.amazonaws.com'));
  expect(ofEvents).toEqual([
    {
      Sid: 'FindingsOfTheVault',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
    },
  ]);
});

test('an alarm watches whether the rule can publish its findings', () => {
  const [alarm, ...more] = ofType('AWS::CloudWatch::Alarm').filter(
    ([, { Properties }]) => Properties.MetricName === 'FailedInvocations',
  );
  expect(more).toEqual([]);
  expect(alarm?.[1].Properties).toMatchObject({
    Namespace: 'AWS/Events',
    Dimensions: [{ Name: 'RuleName', Value: rule?.Properties.Name }],
    TreatMissingData: 'notBreaching',
  });
});

test('where an analyzer is adopted the stack creates none, and its findings still match the rule', () => {
  const adopting = { ...config, vault: { ...config.vault, accessAnalyzer: { adopt: 'account-analyzer' } } };
  const made = Object.values(resourcesOf(templatesOf(adopting).vault));
  expect(made.filter(({ Type }) => Type === 'AWS::AccessAnalyzer::Analyzer')).toEqual([]);
  expect(made.filter(({ Properties }) => Properties.Name === 'checkvalve-findings')).toHaveLength(1);
});

/** The archive rules of a vault inside the organization by their names, without that of the inbox. */
const archivedWith = (...powers: readonly InheritedPower[]) => {
  const accepted = powers.map((allow) => ({ allow, reason: 'it is watched' }));
  const { vault } = templatesOf({ ...config, vault: { ...config.vault, placement: 'inside' }, trust: { accepted } });
  const [analyzer] = Object.values(resourcesOf(vault)).filter(({ Type }) => Type === 'AWS::AccessAnalyzer::Analyzer');
  const rules = analyzer?.Properties.ArchiveRules as { RuleName: string; Filter: unknown[] }[];
  return Object.fromEntries(rules.slice(1).map(({ RuleName, Filter }) => [RuleName, Filter]));
};
const having = (Property: string, how: object) => ({ Property, ...how });
const ofRoles = having('resourceType', { Eq: ['AWS::IAM::Role'] });
const byManagement = having('principal.AWS', { Eq: ['444400003333', 'arn:aws:iam::444400003333:root'] });
const own = (name: string) => `arn:aws:iam::333300002222:role/${name}`;

test('findings of an accepted power are archived: its roles by their ARNs, for the principals that have it', () => {
  expect(archivedWith('OrganizationAccountAccessRole', 'stacksets-exec', 'AssumeRoot', 'IdentityCenter')).toEqual({
    'accepted-OrganizationAccountAccessRole-1': [
      having('resource', { Eq: [own('OrganizationAccountAccessRole')] }),
      ofRoles,
      byManagement,
    ],
    'accepted-stacksets-exec-1': [
      having('resource', { Contains: [own('stacksets-exec-')] }),
      ofRoles,
      having('principal.AWS', {
        Eq: [
          'arn:aws:iam::444400003333:role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin',
        ],
      }),
    ],
    'accepted-IdentityCenter-1': [
      having('resource', { Contains: [own('aws-reserved/sso.amazonaws.com/')] }),
      ofRoles,
      having('principal.Federated', { Contains: ['arn:aws:iam::333300002222:saml-provider/AWSSSO_'] }),
    ],
  });
});

test('the role of Control Tower is accepted by its ARN, for the management account only', () => {
  expect(archivedWith('AWSControlTowerExecution')).toEqual({
    'accepted-AWSControlTowerExecution-1': [
      having('resource', { Eq: [own('AWSControlTowerExecution')] }),
      ofRoles,
      byManagement,
    ],
  });
});

test('the roles of a bootstrap are accepted for each Region, and a power that is not accepted is not archived', () => {
  const names = ['deploy', 'file-publishing', 'image-publishing', 'lookup'];
  const roles = names.map((name) => own(`cdk-hnb659fds-${name}-role-333300002222-eu-central-1`));
  expect(archivedWith('cdk-bootstrap-trust', 'organization-policies', 'root-email')).toEqual({
    'accepted-cdk-bootstrap-trust-1': [having('resource', { Eq: roles }), ofRoles, byManagement],
  });
  expect(archivedWith()).toEqual({});
});
