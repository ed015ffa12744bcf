import { readFileSync } from 'node:fs';
import { type Resource, resourcesOf, templatesOf } from '../support/synthesized';

/** Properties that AWS allows to no second resource, by type: a name, or what the resource connects. */
const UNIQUE: Readonly<Record<string, readonly string[]>> = {
  'AWS::AccessAnalyzer::Analyzer': ['AnalyzerName'],
  'AWS::Backup::BackupVault': ['BackupVaultName'],
  'AWS::CloudFormation::StackSet': ['StackSetName'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::Events::Rule': ['Name'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::Lambda::EventInvokeConfig': ['FunctionName'],
  'AWS::Lambda::EventSourceMapping': ['FunctionName', 'EventSourceArn'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::S3::BucketPolicy': ['Bucket'],
  'AWS::SNS::Subscription': ['TopicArn', 'Endpoint'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SNS::TopicPolicy': ['Topics'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SQS::QueuePolicy': ['Queues'],
};

/** The logical id of each unique resource, by its type and what makes it unique. */
const uniqueIn = (resources: Readonly<Record<string, Resource>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
      const values = (UNIQUE[Type] ?? []).map((name) => Properties[name]);
      return values.length > 0 && !values.includes(undefined) ? [[`${Type} ${JSON.stringify(values)}`, id]] : [];
    }),
  );

const folder = 'test/fixtures/releases/0.1.0';
const pushed = readFileSync(`${folder}/source-tooling.json`, 'utf8');
/** What the stacks of the last release contained, as `uniqueIn` finds it. */
const released: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...(JSON.parse(readFileSync(`${folder}/unique-resources.json`, 'utf8')) as Record<string, Record<string, string>>),
  source: uniqueIn(resourcesOf(pushed)),
};

// CloudFormation creates a resource with a new logical id before it deletes the one with the earlier id. If both have the same
// name, or connect the same queue and function, the creation fails and the stack is rolled back; a second policy or subscription
// of the same topic is deleted together with the first.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
test.each(['vault', 'management', 'tooling', 'source'] as const)(
  'a resource of %s that exists only once has the logical id of the last release',
  (stack) => {
    const before = Object.entries(released[stack] ?? {});
    const now = uniqueIn(resourcesOf(templatesOf()[stack]));
    expect(before.length).toBeGreaterThan(0);
    expect(before.filter(([claim, id]) => (now[claim] ?? id) !== id)).toEqual([]);
  },
);
