/**
 * What Ref and Fn::GetAtt return, and the form of the ARN, for the resource types of this project. A type or attribute that is
 * not here stays unresolved. Longer than most: it is one table.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html
 */
import { uuidOf } from './made-up-ids';
import type { TemplatePlace } from './template';

/** The input of a shape. `property` returns a property as resolved text; undefined when it is absent or not a text. */
export interface ShapeInput {
  readonly logicalId: string;
  readonly place: TemplatePlace;
  readonly property: (name: string) => string | undefined;
  /** What Ref returned for the deployed resource, when the caller knows it. */
  readonly deployed: string | undefined;
}

/** What other resources can refer to: the name, the ARN and the attributes of a resource. */
export interface ResourceShape {
  readonly ref: string;
  readonly name: string;
  readonly arn?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type ShapeOf = (input: ShapeInput) => ResourceShape;

const arnOf = (service: string, { region, account }: TemplatePlace, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;
const iamArnOf = ({ account }: TemplatePlace, rest: string): string => `arn:aws:iam::${account}:${rest}`;

/** The given name, or one that is the same each time for the stack and the logical id. */
function nameOf({ property, place, logicalId, deployed }: ShapeInput, nameProperty: string): string {
  return deployed ?? property(nameProperty) ?? `${place.stackName}-${logicalId}`;
}

/** An id that AWS chooses. */
function idOf({ place, logicalId, deployed }: ShapeInput): string {
  return deployed ?? uuidOf(place.account, place.region, place.stackName, logicalId);
}

/** A type whose Ref is its name, which its ARN contains. */
function named(
  nameProperty: string,
  arn: (name: string, input: ShapeInput) => string,
  attributes: readonly string[] = ['Arn'],
): ShapeOf {
  return (input) => {
    const name = nameOf(input, nameProperty);
    const own = arn(name, input);
    return { ref: name, name, arn: own, attributes: Object.fromEntries(attributes.map((each) => [each, own])) };
  };
}

/** A type whose Ref is an id without an ARN. */
const plain: ShapeOf = (input) => {
  const id = idOf(input);
  return { ref: id, name: id, attributes: { Id: id } };
};

const role: ShapeOf = (input) => {
  const name = nameOf(input, 'RoleName');
  const arn = iamArnOf(input.place, `role${input.property('Path') ?? '/'}${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn } };
};

const managedPolicy: ShapeOf = (input) => {
  const { place, property, deployed } = input;
  const made = nameOf({ ...input, deployed: undefined }, 'ManagedPolicyName');
  const arn = deployed ?? iamArnOf(place, `policy${property('Path') ?? '/'}${made}`);
  return { ref: arn, name: arn.split('/').at(-1) ?? made, arn, attributes: { PolicyArn: arn } };
};

const key: ShapeOf = (input) => {
  const id = idOf(input).split('/').at(-1) ?? '';
  const arn = arnOf('kms', input.place, `key/${id}`);
  return { ref: id, name: id, arn, attributes: { Arn: arn, KeyId: id } };
};

// The name of an alias begins with alias/, and its ARN ends with that name.
const alias = named('AliasName', (name, { place }) => arnOf('kms', place, name), []);

const queue: ShapeOf = (input) => {
  const { place, deployed, property } = input;
  const suffix = property('QueueName') === undefined && property('FifoQueue') === 'true' ? '.fifo' : '';
  const name = deployed?.split('/').at(-1) ?? `${nameOf(input, 'QueueName')}${suffix}`;
  const url = deployed ?? `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
  const arn = arnOf('sqs', place, name);
  return { ref: url, name, arn, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
};

const topic: ShapeOf = (input) => {
  const arn = input.deployed ?? arnOf('sns', input.place, nameOf(input, 'TopicName'));
  const name = arn.split(':').at(-1) ?? '';
  return { ref: arn, name, arn, attributes: { TopicArn: arn, TopicName: name } };
};

const table: ShapeOf = (input) => {
  const name = nameOf(input, 'TableName');
  const arn = arnOf('dynamodb', input.place, `table/${name}`);
  return { ref: name, name, arn, attributes: { Arn: arn, StreamArn: `${arn}/stream/2000-01-01T00:00:00.000` } };
};

const rule: ShapeOf = (input) => {
  // Ref of a rule on another event bus than the default one is bus|name.
  const name = nameOf(input, 'Name').split('|').at(-1) ?? '';
  const bus = input.property('EventBusName')?.split('/').at(-1) ?? 'default';
  const arn = arnOf('events', input.place, bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`);
  return { ref: bus === 'default' ? name : `${bus}|${name}`, name, arn, attributes: { Arn: arn, RuleName: name } };
};

const backupVault: ShapeOf = (input) => {
  const name = nameOf(input, 'BackupVaultName');
  const arn = arnOf('backup', input.place, `backup-vault:${name}`);
  return { ref: name, name, arn, attributes: { BackupVaultArn: arn, BackupVaultName: name } };
};

const backupPlan: ShapeOf = (input) => {
  const id = idOf(input);
  const arn = arnOf('backup', input.place, `backup-plan:${id}`);
  return { ref: id, name: id, arn, attributes: { BackupPlanArn: arn, BackupPlanId: id } };
};

const backupSelection: ShapeOf = (input) => {
  const id = idOf(input);
  const planId = input.property('BackupPlanId');
  return { ref: id, name: id, attributes: { Id: id, SelectionId: id, ...(planId ? { BackupPlanId: planId } : {}) } };
};

const logGroup: ShapeOf = (input) => {
  const name = nameOf(input, 'LogGroupName');
  const arn = arnOf('logs', input.place, `log-group:${name}`);
  // GetAtt Arn ends with :*, which is how policies name the streams.
  return { ref: name, name, arn, attributes: { Arn: `${arn}:*` } };
};

const bucket: ShapeOf = (input) => {
  // Bucket names are lower-case.
  const name = input.deployed ?? input.property('BucketName') ?? nameOf(input, 'BucketName').toLowerCase();
  const arn = `arn:aws:s3:::${name}`;
  const { region } = input.place;
  const attributes = {
    Arn: arn,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
  return { ref: name, name, arn, attributes };
};

const stackSet: ShapeOf = (input) => {
  const name = input.property('StackSetName') ?? `${input.place.stackName}-${input.logicalId}`;
  const id = input.deployed ?? `${name}:${idOf(input)}`;
  return { ref: id, name, arn: arnOf('cloudformation', input.place, `stackset/${id}`), attributes: { StackSetId: id } };
};

const analyzer: ShapeOf = (input) => {
  const arn = input.deployed ?? arnOf('access-analyzer', input.place, `analyzer/${nameOf(input, 'AnalyzerName')}`);
  return { ref: arn, name: arn.split('/').at(-1) ?? '', arn, attributes: { Arn: arn } };
};

const eventSourceMapping: ShapeOf = (input) => {
  const id = idOf(input);
  const arn = arnOf('lambda', input.place, `event-source-mapping:${id}`);
  return { ref: id, name: id, arn, attributes: { Id: id, EventSourceMappingArn: arn } };
};

// Ref of a function URL is the ARN of its function.
const functionUrl: ShapeOf = (input) => {
  const { place, property, deployed } = input;
  const target = property('TargetFunctionArn') ?? '';
  const arn = deployed ?? (target.startsWith('arn:') ? target : arnOf('lambda', place, `function:${target}`));
  const url = `https://${idOf({ ...input, deployed: undefined }).replaceAll('-', '')}.lambda-url.${place.region}.on.aws/`;
  return { ref: arn, name: arn, attributes: { FunctionArn: arn, FunctionUrl: url } };
};

/** The shapes by type. */
export const RESOURCE_SHAPES: ReadonlyMap<string, ShapeOf> = new Map<string, ShapeOf>([
  ['AWS::IAM::Role', role],
  [
    'AWS::IAM::User',
    named('UserName', (name, { place, property }) => iamArnOf(place, `user${property('Path') ?? '/'}${name}`)),
  ],
  [
    'AWS::IAM::Group',
    named('GroupName', (name, { place, property }) => iamArnOf(place, `group${property('Path') ?? '/'}${name}`)),
  ],
  ['AWS::IAM::Policy', plain],
  ['AWS::IAM::ManagedPolicy', managedPolicy],
  ['AWS::KMS::Key', key],
  ['AWS::KMS::Alias', alias],
  ['AWS::SQS::Queue', queue],
  ['AWS::SQS::QueuePolicy', plain],
  ['AWS::SNS::Topic', topic],
  ['AWS::SNS::TopicPolicy', plain],
  ['AWS::DynamoDB::Table', table],
  ['AWS::Lambda::Function', named('FunctionName', (name, { place }) => arnOf('lambda', place, `function:${name}`))],
  ['AWS::Lambda::EventSourceMapping', eventSourceMapping],
  ['AWS::Lambda::Permission', plain],
  ['AWS::Lambda::Url', functionUrl],
  ['AWS::Events::Rule', rule],
  ['AWS::Backup::BackupVault', backupVault],
  ['AWS::Backup::BackupPlan', backupPlan],
  ['AWS::Backup::BackupSelection', backupSelection],
  ['AWS::Logs::LogGroup', logGroup],
  ['AWS::S3::Bucket', bucket],
  ['AWS::S3::BucketPolicy', plain],
  ['AWS::CloudWatch::Alarm', named('AlarmName', (name, { place }) => arnOf('cloudwatch', place, `alarm:${name}`))],
  ['AWS::CloudFormation::StackSet', stackSet],
  ['AWS::AccessAnalyzer::Analyzer', analyzer],
]);
