import fc from 'fast-check';
import { CheckvalveError } from '../../../../src/contract/errors';
import { resolveTemplate } from '../../../../src/trust/templates/resolve-template';
import type { Json, JsonObject, TemplatePlace } from '../../../../src/trust/templates/template';
import { holds } from '../../../support/holds';

const place: TemplatePlace = { account: '333300002222', region: 'eu-central-1', stackName: 'Vault' };

/** Resolves one value, standing as `Properties.Value` of a resource among others. */
function resolvedValue(
  value: Json,
  more: JsonObject = {},
  at: TemplatePlace = place,
): { value: Json | undefined; what: readonly string[] } {
  const { Resources = {}, ...sections } = more;
  const template = {
    ...sections,
    Resources: { ...(Resources as JsonObject), Probe: { Type: 'AWS::X::Probe', Properties: { Value: value } } },
  };
  const resolved = resolveTemplate(template, at);
  return {
    value: resolved.resources.get('Probe')?.properties.Value,
    what: resolved.unresolved.map((each) => each.what),
  };
}

const resource = (Type: string, Properties: JsonObject = {}): JsonObject => ({
  Resources: { It: { Type, Properties } },
});

describe('intrinsic functions', () => {
  test.each<[string, Json, Json]>([
    ['a text', 'x', 'x'],
    ['numbers, booleans and null', [1, true, null], [1, true, null]],
    ['an account', { Ref: 'AWS::AccountId' }, '333300002222'],
    ['a Region', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['a partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['a URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['a stack name', { Ref: 'AWS::StackName' }, 'Vault'],
    [
      'join',
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] },
      'arn:aws:iam::333300002222:root',
    ],
    ['join of a split', { 'Fn::Join': ['-', { 'Fn::Split': ['.', 'a.b.c'] }] }, 'a-b-c'],
    ['join with a number', { 'Fn::Join': ['/', ['a', 5]] }, 'a/5'],
    ['join that leaves out', { 'Fn::Join': [',', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a,b'],
    ['select', { 'Fn::Select': ['1', ['a', { Ref: 'AWS::Region' }]] }, 'eu-central-1'],
    ['select of a split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'stack/Vault/abc'] }] }, 'abc'],
    ['sub', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::x-${AWS::Region}' }, 'arn:aws:s3:::x-eu-central-1'],
    [
      'sub with values',
      { 'Fn::Sub': ['${a}/${b}/${AWS::Region}', { a: 'x', b: { Ref: 'AWS::AccountId' } }] },
      'x/333300002222/eu-central-1',
    ],
    ['sub that keeps a policy variable', { 'Fn::Sub': 'home/${!aws:username}' }, 'home/${aws:username}'],
    ['a policy variable in a text', 'home/${aws:username}', 'home/${aws:username}'],
    ['no value in a list', ['a', { Ref: 'AWS::NoValue' }], ['a']],
    ['no value in an object', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['an object of one key that is no function', { Other: 'x' }, { Other: 'x' }],
  ])('%s', (_name, value, wanted) => {
    expect(resolvedValue(value)).toEqual({ value: wanted, what: [] });
  });

  test('the end of a made-up stack id is always the same', () => {
    const end = {
      'Fn::Select': [4, { 'Fn::Split': ['-', { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }] }],
    };
    expect(resolvedValue(end).value).toMatch(/^[0-9a-f]{12}$/);
    expect(resolvedValue(end)).toEqual(resolvedValue(end));
    expect(resolvedValue(end)).not.toEqual(resolvedValue(end, {}, { ...place, account: '222200001111' }));
    const stackId = 'arn:aws:cloudformation:eu-central-1:333300002222:stack/Vault/1-2-3-4-real';
    expect(resolvedValue(end, {}, { ...place, stackId }).value).toBe('real');
  });
});

describe('parameters', () => {
  const Parameters = {
    Given: { Type: 'String', Default: 'default' },
    Number: { Type: 'Number', Default: 7 },
    Bare: { Type: 'String' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/path' },
  };

  test.each([
    ['Given', 'default', {}],
    ['Given', 'given', { Given: 'given' }],
    ['Number', '7', {}],
    ['Stored', 'given', { Stored: 'given' }],
  ])('%s is %s', (name, wanted, parameters) => {
    expect(resolvedValue({ Ref: name }, { Parameters }, { ...place, parameters })).toEqual({ value: wanted, what: [] });
  });

  test.each(['Bare', 'Stored'])('%s has no value', (name) => {
    const value = { 'Fn::Join': ['', ['a-', { Ref: name }]] };
    expect(resolvedValue(value, { Parameters })).toEqual({
      value: 'a-<unresolved Probe.Properties.Value.1>',
      what: [`the parameter ${name} has no value`],
    });
  });
});

describe('what cannot be resolved is named, with its place', () => {
  test.each<[string, Json, string]>([
    ['an unknown resource', { Ref: 'Missing' }, 'Ref Missing: no such resource'],
    ['an unknown type', { Ref: 'Odd' }, 'Ref Odd: the type AWS::Odd::Thing is not known'],
    [
      'an attribute of an unknown type',
      { 'Fn::GetAtt': ['Odd', 'Arn'] },
      'GetAtt Odd.Arn: the type AWS::Odd::Thing is not known',
    ],
    ['an unknown attribute', { 'Fn::GetAtt': ['Role', 'RoleId'] }, 'GetAtt Role.RoleId: this attribute is not known'],
    ['a mapping', { 'Fn::FindInMap': ['a', 'b', 'c'] }, 'Fn::FindInMap is not supported'],
    ['an import', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not supported'],
    ['an item that is not there', { 'Fn::Select': [3, ['a']] }, 'Fn::Select has no item 3'],
    ['a join of objects', { 'Fn::Join': ['', [{ a: 1 }]] }, 'Fn::Join of a value that is not a text'],
    ['a join of no list', { 'Fn::Join': ['', 'x'] }, 'Fn::Join without a list'],
    ['a sub without text', { 'Fn::Sub': [{}] }, 'Fn::Sub without a text'],
    ['a choice without its values', { 'Fn::If': ['C'] }, 'Fn::If without both values'],
  ])('%s', (_name, value, what) => {
    const Resources = { Odd: { Type: 'AWS::Odd::Thing' }, Role: { Type: 'AWS::IAM::Role' } };
    const found = resolvedValue([value], { Resources, Conditions: { C: { 'Fn::Equals': ['a', 'a'] } } });
    expect(found.what).toEqual([expect.stringContaining(what)]);
    expect(JSON.stringify(found.value)).toContain('<unresolved Probe.Properties.Value.0');
  });

  test('path and resource', () => {
    const { unresolved } = resolveTemplate(
      { Resources: { R: { Type: 'AWS::IAM::Role', Properties: { Tags: [{ Value: { Ref: 'Missing' } }] } } } },
      place,
    );
    expect(unresolved).toEqual([
      { logicalId: 'R', path: 'Properties.Tags.0.Value', what: expect.stringContaining('Ref Missing') },
    ]);
  });

  test('a part of something missing is missing', () => {
    const { value, what } = resolvedValue({ 'Fn::Select': [1, { 'Fn::Split': [':', { Ref: 'Missing' }] }] });
    expect(value).toBe('<unresolved Probe.Properties.Value>');
    expect(what).toHaveLength(1);
  });

  test('names that depend on one another', () => {
    const Resources = {
      A: { Type: 'AWS::IAM::Role', Properties: { RoleName: { Ref: 'B' } } },
      B: { Type: 'AWS::IAM::Role', Properties: { RoleName: { Ref: 'A' } } },
    };
    const { unresolved } = resolveTemplate({ Resources }, place);
    expect(unresolved).toEqual([{ logicalId: 'A', path: 'Properties.RoleName', what: 'Ref B: it depends on itself' }]);
  });

  test('every placeholder is listed', () => {
    const odd = fc.constantFrom<Json>(
      { Ref: 'Missing' },
      { Ref: 'B' },
      { 'Fn::GetAtt': ['A', 'Arn'] },
      { 'Fn::Sub': 'x-${A}' },
      'plain',
    );
    const value = fc.oneof(
      odd,
      odd.map((each): Json => ({ 'Fn::Join': ['-', ['a', each]] })),
      odd.map((each): Json => ({ 'Fn::Select': [0, { 'Fn::Split': ['-', each] }] })),
    );
    holds(
      fc.property(value, value, value, (a, b, c) => {
        const Resources = {
          A: { Type: 'AWS::IAM::Role', Properties: { RoleName: a, Tag: c } },
          B: { Type: 'AWS::SQS::Queue', Properties: { QueueName: b } },
        };
        const { resources, unresolved } = resolveTemplate({ Resources }, place);
        const isMarked = JSON.stringify([...resources.values()]).includes('<unresolved ');
        expect({ isMarked, isListed: unresolved.length > 0 }).toEqual({ isMarked, isListed: isMarked });
      }),
    );
  });

  test('a name with a missing part is listed where it is built', () => {
    const Resources = {
      User: { Type: 'AWS::X::Y', Properties: { Arn: { 'Fn::GetAtt': ['R', 'Arn'] } } },
      R: { Type: 'AWS::IAM::Role', Properties: { RoleName: { Ref: 'Missing' } } },
    };
    const { unresolved, resources } = resolveTemplate({ Resources }, place);
    expect(unresolved.map(({ logicalId, path }) => `${logicalId}.${path}`)).toEqual(['R.Properties.RoleName']);
    expect(resources.get('User')?.properties.Arn).toBe(
      'arn:aws:iam::333300002222:role/<unresolved R.Properties.RoleName>',
    );
  });
});

describe('conditions', () => {
  const Parameters = { P: { Type: 'String' }, Q: { Type: 'String' }, D: { Type: 'String', Default: 'yes' } };
  const isYes = (name: string): JsonObject => ({ 'Fn::Equals': [{ Ref: name }, 'yes'] });
  const choice = (name: string): Json => ({ 'Fn::If': [name, 'a', 'b'] });
  const variantsOf = (
    Conditions: JsonObject,
    value: Json,
    at: TemplatePlace = place,
  ): readonly (Json | undefined)[] => {
    const template = { Parameters, Conditions, Resources: { R: { Type: 'AWS::X::Y', Properties: { V: value } } } };
    return resolveTemplate(template, at).variants.map((each) => each.resources.get('R')?.properties.V);
  };

  test.each<[string, JsonObject, readonly Json[]]>([
    ['decided by a default', { C: isYes('D') }, ['a']],
    ['decided against', { C: { 'Fn::Equals': [{ Ref: 'D' }, 'no'] } }, ['b']],
    ['decided by a pseudo parameter', { C: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] } }, ['a']],
    ['not', { C: { 'Fn::Not': [isYes('D')] } }, ['b']],
    ['and', { C: { 'Fn::And': [isYes('D'), { Condition: 'E' }] }, E: isYes('D') }, ['a']],
    ['and with a false side', { C: { 'Fn::And': [isYes('P'), { 'Fn::Not': [isYes('D')] }] } }, ['b']],
    ['or with a true side', { C: { 'Fn::Or': [isYes('P'), isYes('D')] } }, ['a']],
    ['open', { C: isYes('P') }, ['a', 'b']],
    ['open and turned round', { C: { 'Fn::Not': [isYes('P')] } }, ['b', 'a']],
    ['open or its opposite', { C: { 'Fn::Or': [isYes('P'), { 'Fn::Not': [isYes('P')] }] } }, ['a']],
    ['open and another', { C: { 'Fn::And': [isYes('P'), isYes('Q')] } }, ['a', 'b']],
  ])('%s', (_name, conditions, wanted) => {
    expect(variantsOf(conditions, choice('C'))).toEqual(wanted);
  });

  test('the caller may know better', () => {
    expect(variantsOf({ C: isYes('P') }, choice('C'), { ...place, conditions: { C: false } })).toEqual(['b']);
    expect(variantsOf({ C: isYes('P') }, choice('C'), { ...place, parameters: { P: 'yes' } })).toEqual(['a']);
  });

  test('one unknown comparison has the same value in every place', () => {
    const conditions = { C: isYes('P'), D: { 'Fn::Not': [{ 'Fn::Equals': ['yes', { Ref: 'P' }] }] } };
    expect(variantsOf(conditions, [choice('C'), choice('D')])).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });

  test('every combination of what is used, and nothing else', () => {
    const conditions = { C: isYes('P'), D: isYes('Q'), Unused: { 'Fn::Equals': [{ Ref: 'P' }, 'never'] } };
    expect(variantsOf(conditions, [choice('C'), choice('D')])).toEqual([
      ['a', 'a'],
      ['b', 'a'],
      ['a', 'b'],
      ['b', 'b'],
    ]);
  });

  test('resources come and go with their condition', () => {
    const Resources = {
      Queue: { Type: 'AWS::SQS::Queue', Condition: 'C' },
      R: {
        Type: 'AWS::X::Y',
        Properties: { V: { 'Fn::If': ['C', { 'Fn::GetAtt': ['Queue', 'QueueName'] }, 'none'] }, W: { Ref: 'Queue' } },
      },
    };
    const { variants, conditions } = resolveTemplate({ Parameters, Conditions: { C: isYes('P') }, Resources }, place);
    expect(conditions).toEqual({ C: true });
    expect(variants.map((each) => [...each.resources.keys()])).toEqual([['Queue', 'R'], ['R']]);
    expect(variants.map((each) => each.resources.get('R')?.properties.V)).toEqual(['Vault-Queue', 'none']);
    expect(variants.map((each) => each.unresolved.map(({ what }) => what))).toEqual([
      [],
      ['Ref Queue: no such resource or parameter, under these conditions'],
    ]);
  });

  test('at most 64 variants', () => {
    const names = Array.from({ length: 7 }, (_, i) => `P${i}`);
    const template = (count: number): Json => ({
      Parameters: Object.fromEntries(names.map((name) => [name, { Type: 'String' }])),
      Conditions: Object.fromEntries(names.map((name) => [`C${name}`, isYes(name)])),
      Resources: {
        R: { Type: 'AWS::X::Y', Properties: { V: names.slice(0, count).map((name) => choice(`C${name}`)) } },
      },
    });
    expect(resolveTemplate(template(6), place).variants).toHaveLength(64);
    expect(() => resolveTemplate(template(7), place)).toThrow('more than 64 variants');
  });

  test.each<[string, JsonObject, string]>([
    ['unknown', {}, 'uses the condition C, which it does not declare'],
    ['circular', { C: { Condition: 'C' } }, 'depends on itself: C -> C'],
    ['of an unknown function', { C: { 'Fn::Contains': [] } }, 'Fn::Contains, which is not supported'],
    ['no condition', { C: 'x' }, 'has a condition that is not one function'],
    ['no list', { C: { 'Fn::And': 'x' } }, 'in a form that is not supported'],
  ])('refused: %s', (_name, conditions, message) => {
    expect(() => variantsOf(conditions, choice('C'))).toThrow(message);
  });
});

describe('shapes', () => {
  const A = 'eu-central-1:333300002222';
  const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  test.each<[string, JsonObject, unknown, Record<string, unknown>]>([
    ['AWS::IAM::Role', {}, 'Vault-It', { Arn: 'arn:aws:iam::333300002222:role/Vault-It' }],
    ['AWS::IAM::Role', { RoleName: 'r', Path: '/p/' }, 'r', { Arn: 'arn:aws:iam::333300002222:role/p/r' }],
    [
      'AWS::IAM::ManagedPolicy',
      { ManagedPolicyName: 'm' },
      'arn:aws:iam::333300002222:policy/m',
      { PolicyArn: 'arn:aws:iam::333300002222:policy/m' },
    ],
    ['AWS::IAM::Policy', { PolicyName: 'p' }, uuid, {}],
    ['AWS::KMS::Key', {}, uuid, { Arn: expect.stringMatching(`^arn:aws:kms:${A}:key/[0-9a-f-]{36}$`), KeyId: uuid }],
    ['AWS::KMS::Alias', { AliasName: 'alias/a' }, 'alias/a', {}],
    [
      'AWS::SQS::Queue',
      { QueueName: 'q' },
      'https://sqs.eu-central-1.amazonaws.com/333300002222/q',
      { Arn: `arn:aws:sqs:${A}:q`, QueueName: 'q', QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/333300002222/q' },
    ],
    [
      'AWS::SQS::Queue',
      { FifoQueue: true },
      expect.stringMatching(/\/Vault-It\.fifo$/),
      { QueueName: 'Vault-It.fifo' },
    ],
    ['AWS::SNS::Topic', { TopicName: 't' }, `arn:aws:sns:${A}:t`, { TopicArn: `arn:aws:sns:${A}:t`, TopicName: 't' }],
    [
      'AWS::DynamoDB::Table',
      { TableName: 't' },
      't',
      {
        Arn: `arn:aws:dynamodb:${A}:table/t`,
        StreamArn: expect.stringContaining(`arn:aws:dynamodb:${A}:table/t/stream/`),
      },
    ],
    ['AWS::Lambda::Function', { FunctionName: 'f' }, 'f', { Arn: `arn:aws:lambda:${A}:function:f` }],
    [
      'AWS::Lambda::EventSourceMapping',
      {},
      uuid,
      { Id: uuid, EventSourceMappingArn: expect.stringContaining(`arn:aws:lambda:${A}:event-source-mapping:`) },
    ],
    ['AWS::Lambda::Permission', {}, uuid, { Id: uuid }],
    [
      'AWS::Lambda::Url',
      { TargetFunctionArn: 'f' },
      `arn:aws:lambda:${A}:function:f`,
      {
        FunctionArn: `arn:aws:lambda:${A}:function:f`,
        FunctionUrl: expect.stringMatching(/^https:\/\/[0-9a-f]{32}\.lambda-url\.eu-central-1\.on\.aws\/$/),
      },
    ],
    ['AWS::Events::Rule', { Name: 'r' }, 'r', { Arn: `arn:aws:events:${A}:rule/r` }],
    ['AWS::Events::Rule', { Name: 'r', EventBusName: 'bus' }, 'bus|r', { Arn: `arn:aws:events:${A}:rule/bus/r` }],
    [
      'AWS::Backup::BackupVault',
      { BackupVaultName: 'v' },
      'v',
      { BackupVaultArn: `arn:aws:backup:${A}:backup-vault:v`, BackupVaultName: 'v' },
    ],
    [
      'AWS::Backup::BackupPlan',
      {},
      uuid,
      { BackupPlanId: uuid, BackupPlanArn: expect.stringContaining(`arn:aws:backup:${A}:backup-plan:`) },
    ],
    ['AWS::Backup::BackupSelection', { BackupPlanId: 'plan' }, uuid, { SelectionId: uuid, BackupPlanId: 'plan' }],
    ['AWS::Logs::LogGroup', { LogGroupName: '/aws/x' }, '/aws/x', { Arn: `arn:aws:logs:${A}:log-group:/aws/x:*` }],
    ['AWS::S3::Bucket', { BucketName: 'b' }, 'b', { Arn: 'arn:aws:s3:::b', DomainName: 'b.s3.amazonaws.com' }],
    ['AWS::S3::Bucket', {}, 'vault-it', { Arn: 'arn:aws:s3:::vault-it' }],
    ['AWS::CloudWatch::Alarm', { AlarmName: 'a' }, 'a', { Arn: `arn:aws:cloudwatch:${A}:alarm:a` }],
    [
      'AWS::CloudFormation::StackSet',
      { StackSetName: 's' },
      expect.stringMatching(/^s:[0-9a-f-]{36}$/),
      { StackSetId: expect.stringMatching(/^s:/) },
    ],
    [
      'AWS::AccessAnalyzer::Analyzer',
      { AnalyzerName: 'n' },
      `arn:aws:access-analyzer:${A}:analyzer/n`,
      { Arn: `arn:aws:access-analyzer:${A}:analyzer/n` },
    ],
  ])('%s %j', (type, properties, ref, attributes) => {
    expect(resolvedValue({ Ref: 'It' }, resource(type, properties))).toEqual({ value: ref, what: [] });
    for (const [name, wanted] of Object.entries(attributes)) {
      expect(resolvedValue({ 'Fn::GetAtt': ['It', name] }, resource(type, properties))).toEqual({
        value: wanted,
        what: [],
      });
      expect(resolvedValue({ 'Fn::GetAtt': `It.${name}` }, resource(type, properties)).value).toEqual(wanted);
      expect(resolvedValue({ 'Fn::Sub': `\${It.${name}}` }, resource(type, properties)).value).toEqual(wanted);
    }
  });

  test('made-up ids are the same for the same place, and others elsewhere', () => {
    const idAt = (at: Partial<TemplatePlace>): Json | undefined =>
      resolvedValue({ Ref: 'It' }, resource('AWS::KMS::Key'), { ...place, ...at }).value;
    expect(idAt({})).toBe(idAt({}));
    const elsewhere = [{ account: '222200001111' }, { region: 'eu-west-1' }, { stackName: 'Other' }].map(idAt);
    expect(new Set([idAt({}), ...elsewhere]).size).toBe(4);
  });

  test.each<[string, string, string, string]>([
    ['AWS::IAM::Role', 'real', 'Arn', 'arn:aws:iam::333300002222:role/real'],
    ['AWS::KMS::Key', 'abc', 'Arn', `arn:aws:kms:${A}:key/abc`],
    ['AWS::KMS::Key', `arn:aws:kms:${A}:key/abc`, 'KeyId', 'abc'],
    ['AWS::SQS::Queue', 'http://localhost:5000/333300002222/real', 'Arn', `arn:aws:sqs:${A}:real`],
    ['AWS::SNS::Topic', `arn:aws:sns:${A}:real`, 'TopicName', 'real'],
    [
      'AWS::IAM::ManagedPolicy',
      'arn:aws:iam::333300002222:policy/real',
      'PolicyArn',
      'arn:aws:iam::333300002222:policy/real',
    ],
    ['AWS::Events::Rule', 'bus|real', 'RuleName', 'real'],
    ['AWS::Backup::BackupPlan', 'abc', 'BackupPlanArn', `arn:aws:backup:${A}:backup-plan:abc`],
  ])('physical ids of deployed resources: %s %s', (type, physicalId, attribute, wanted) => {
    const at = { ...place, physicalIds: { It: physicalId } };
    expect(resolvedValue({ 'Fn::GetAtt': ['It', attribute] }, resource(type), at)).toEqual({ value: wanted, what: [] });
  });

  test('a resource has its name, its ARN, its Ref and its metadata', () => {
    const Resources = {
      Suffix: { Type: 'AWS::KMS::Key' },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: { QueueName: { 'Fn::Join': ['-', ['inbox', { Ref: 'AWS::Region' }]] } },
        Metadata: { 'aws:cdk:path': 'Vault/Queue' },
      },
      Odd: { Type: 'AWS::Odd::Thing' },
    };
    const { resources, variants } = resolveTemplate({ Resources }, place);
    expect(resources.get('Queue')).toEqual({
      id: 'Queue',
      type: 'AWS::SQS::Queue',
      properties: { QueueName: 'inbox-eu-central-1' },
      arn: `arn:aws:sqs:${A}:inbox-eu-central-1`,
      physicalName: 'inbox-eu-central-1',
      ref: 'https://sqs.eu-central-1.amazonaws.com/333300002222/inbox-eu-central-1',
      metadata: { 'aws:cdk:path': 'Vault/Queue' },
    });
    expect(resources.get('Odd')).toEqual({ id: 'Odd', type: 'AWS::Odd::Thing', properties: {} });
    expect(variants).toHaveLength(1);
  });
});

test.each([[null], [[]], [{}], [{ Resources: [] }], [{ Resources: { A: {} } }], [{ Resources: { A: 'x' } }]])(
  'no template: %j',
  (template) => {
    expect(() => resolveTemplate(template, place)).toThrow(CheckvalveError);
    expect(() => resolveTemplate(template, place)).toThrow('This is not a CloudFormation template');
  },
);
