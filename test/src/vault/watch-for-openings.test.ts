import { resourcesOf, templatesOf } from '../../support/synthesized';

const resources = Object.entries(resourcesOf(templatesOf().vault));
const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);
const [[topicId, topic] = []] = ofType('AWS::SNS::Topic');
const [[ruleId, rule] = []] = ofType('AWS::Events::Rule').filter(([, { Properties }]) =>
  JSON.stringify(Properties.EventPattern ?? '').includes('access-analyzer'),
);

test('the vault is analyzed as a zone of its own, and only the bell at the inbox is accepted', () => {
  const [[, analyzer] = [], ...more] = ofType('AWS::AccessAnalyzer::Analyzer');
  expect(more).toEqual([]);
  const [inboxId] = ofType('AWS::SQS::Queue').find(([, one]) => one.Properties.QueueName === 'checkvalve-inbox') ?? [];
  expect(analyzer?.Properties).toMatchObject({ AnalyzerName: 'checkvalve', Type: 'ACCOUNT' });
  expect(analyzer?.Properties.ArchiveRules).toEqual([
    {
      RuleName: 'the-bell-at-the-inbox',
      Filter: [
        { Property: 'resource', Eq: [{ 'Fn::GetAtt': [inboxId, 'Arn'] }] },
        { Property: 'resourceType', Eq: ['AWS::SQS::Queue'] },
        { Property: 'condition.aws:SourceArn', Eq: ['arn:aws:sns:*:*:checkvalve-copies'] },
      ],
    },
  ]);
});

test('every finding that is not archived is told on the one topic, and only this rule may tell it', () => {
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
