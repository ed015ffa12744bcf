// Longer than most: one table, a row for each harm that can be done to a statement.
import { COPY_KEY_ACTIONS } from '../../../../src/contract/names';
import type { Zone } from '../../../../src/trust/templates/template';
import { type Loose, listed, replaced, type StatementLocation, type TemplateMutant, without } from './mutant';

const FOREIGN: Readonly<Record<Zone, string>> = {
  vault: '222200001111',
  management: '222200001111',
  source: '222200009999',
};
/** Something of another account that a role might be let at. */
const ABROAD: Readonly<Record<Zone, string>> = {
  vault: 'arn:aws:sqs:eu-central-1:444400003333:other',
  management: 'arn:aws:sqs:eu-central-1:333300002222:checkvalve-inbox',
  source: 'arn:aws:kms:eu-central-1:333300002222:key/*',
};
/** Actions that no role of Checkvalve may have. */
const NEVER: readonly string[] = [
  '*',
  'rds:*',
  'kms:*',
  'rds:ModifyDBSnapshotAttribute',
  'rds:ModifyDBClusterSnapshotAttribute',
  'rds:DeleteDBInstance',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
  'kms:RevokeGrant',
  'iam:PassRole',
  'iam:PutRolePolicy',
  'iam:UpdateAssumeRolePolicy',
  'sqs:SetQueueAttributes',
  'sqs:PurgeQueue',
  'sns:SetTopicAttributes',
  'lambda:UpdateFunctionCode',
  'lambda:AddPermission',
  'events:DisableRule',
  'dynamodb:DeleteItem',
  'dynamodb:DeleteTable',
  'cloudformation:UpdateStackSet',
  'backup:DeleteRecoveryPoint',
];

/** More actions that no policy of a resource or of a role may allow, by the type of the resource. */
const NEVER_BY_POLICY: Readonly<Record<string, readonly string[]>> = {
  'AWS::KMS::Key': [
    'kms:Encrypt',
    'kms:ReEncrypt*',
    'kms:GenerateDataKey*',
    'kms:CreateGrant',
    'kms:RetireGrant',
    'kms:EnableKey',
    'kms:DeleteAlias',
    'kms:TagResource',
    'kms:UpdateKeyDescription',
    'kms:GetKeyPolicy',
  ],
  'AWS::SNS::TopicPolicy': [
    'sns:*',
    'sns:Subscribe',
    'sns:Publish',
    'sns:AddPermission',
    'sns:RemovePermission',
    'sns:DeleteTopic',
    'sns:ListSubscriptionsByTopic',
    'sns:GetTopicAttributes',
    'sns:PutDataProtectionPolicy',
    'sns:TagResource',
  ],
  'AWS::SQS::QueuePolicy': [
    'sqs:*',
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteQueue',
    'sqs:AddPermission',
    'sqs:RemovePermission',
    'sqs:GetQueueAttributes',
    'sqs:StartMessageMoveTask',
  ],
  'AWS::S3::BucketPolicy': ['s3:*', 's3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:PutBucketPolicy'],
  'AWS::IAM::Role': [
    'sts:*',
    'sts:AssumeRoleWithSAML',
    'sts:AssumeRoleWithWebIdentity',
    'sts:AssumeRoot',
    'sts:SetSourceIdentity',
    'sts:TagSession',
    'sts:SetContext',
  ],
};
/** What no principal may do with a function, except invoke it. */
const NEVER_WAKING: readonly string[] = [
  '*',
  'lambda:*',
  'lambda:UpdateFunctionCode',
  'lambda:UpdateFunctionConfiguration',
  'lambda:AddPermission',
  'lambda:DeleteFunction',
  'lambda:GetFunction',
  'lambda:InvokeAsync',
  'lambda:PutFunctionConcurrency',
];

/** A way to do harm to a statement: every changed statement that comes of it, or several in its place. */
export interface Harm {
  readonly kind: string;
  readonly to: (location: StatementLocation) => readonly (Loose | readonly Loose[])[];
}

const isAllow = ({ statement, family }: StatementLocation): boolean =>
  family === 'permission' || statement.Effect === 'Allow';
const isDeny = ({ statement }: StatementLocation): boolean => statement.Effect === 'Deny';
const hasPrincipal = (location: StatementLocation): boolean =>
  isAllow(location) && (location.family === 'resource' || location.family === 'trust');
/** Its account has the whole key: an action more is none. What that does not harm is among what is harmless. */
const hasAllOfKey = ({ statement, type, zone }: StatementLocation): boolean =>
  listed(statement.Action).includes('kms:*') ||
  // Of the vault's keys its account has all but grants to whomever, which the tests of the rule look after.
  (type === 'AWS::KMS::Key' && zone === 'vault' && 'AWS' in Object(statement.Principal));
/** By another statement of the same key the vault has what a copy takes already. */
const hasAlready = ({ type, statement }: StatementLocation, action: string): boolean =>
  listed(statement.Action).includes(action) ||
  (type === 'AWS::KMS::Key' && 'AWS' in (statement.Principal as Loose) && COPY_KEY_ACTIONS.includes(action));
const isRole = (location: StatementLocation): boolean => isAllow(location) && location.family === 'identity';

const on =
  (applies: (location: StatementLocation) => boolean, to: Harm['to']): Harm['to'] =>
  (location) =>
    applies(location) ? to(location) : [];

const withPrincipal = (statement: Loose, kind: string, name: string): Loose => {
  const principal = (typeof statement.Principal === 'object' ? statement.Principal : {}) as Loose;
  return { ...statement, Principal: { ...principal, [kind]: [...listed(principal[kind]), name] } };
};

/** Each `{ operator, key, values }` of a condition. */
function testsOf({
  statement,
}: StatementLocation): readonly { operator: string; key: string; values: readonly unknown[] }[] {
  return Object.entries((statement.Condition ?? {}) as Record<string, Loose>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: listed(values) })),
  );
}

const dropKey = (statement: Loose, operator: string, key: string): Loose => {
  const condition = { ...(statement.Condition as Record<string, Loose>) };
  const rest = without(condition[operator] ?? {}, key);
  if (Object.keys(rest).length > 0) condition[operator] = rest;
  else delete condition[operator];
  return Object.keys(condition).length > 0 ? { ...statement, Condition: condition } : without(statement, 'Condition');
};
const addKey = (statement: Loose, operator: string, key: string, value: unknown): Loose => {
  const condition = (statement.Condition ?? {}) as Record<string, Loose>;
  return { ...statement, Condition: { ...condition, [operator]: { ...condition[operator], [key]: value } } };
};

/** The ARN with one part changed, whichever way it is written: a text, or a join of texts and references. */
function arnWith(arn: unknown, part: 'region' | 'account' | 'name'): unknown {
  const text = JSON.stringify(arn);
  const joined = /"Fn::Join"/.test(text)
    ? ((arn as Loose)['Fn::Join'] as [string, unknown[]])[1]
        .map((one) => (typeof one === 'string' ? one : `<${JSON.stringify(one)}>`))
        .join('')
    : arn;
  if (typeof joined !== 'string' || !joined.startsWith('arn:')) return undefined;
  const masked = joined.replace(/<[^>]*>/g, (one) => one.replaceAll(':', '\u0001'));
  const parts = masked.split(':');
  const at = { region: 3, account: 4 } as const;
  if (part === 'name') parts.splice(5, parts.length, '*');
  else if (parts[at[part]] === '' || parts[at[part]] === '*') return undefined;
  else parts[at[part]] = '*';
  const changed = parts.join(':').replaceAll('\u0001', ':');
  if (changed === joined) return undefined;
  const pieces = changed.split(/(<\{.*?\}>)/).map((one) => (one.startsWith('<') ? JSON.parse(one.slice(1, -1)) : one));
  return pieces.length === 1 ? pieces[0] : { 'Fn::Join': ['', pieces] };
}

const hasAction = ({ statement }: StatementLocation, action: string): boolean =>
  listed(statement.Action).includes(action);
const withAction = ({ statement }: StatementLocation, action: string): Loose => ({
  ...statement,
  Action: [...listed(statement.Action), action],
});
const widened: Harm['to'] = ({ statement }) =>
  listed(statement.Action).flatMap((one, at, all) =>
    [`${String(one).split(':')[0]}:*`, `${String(one).slice(0, -3)}*`].map((wide) => ({
      ...statement,
      Action: all.map((each, i) => (i === at ? wide : each)),
    })),
  );

const eachResource = (change: (resource: unknown, location: StatementLocation) => unknown): Harm['to'] =>
  on(isRole, (location) => {
    const all = listed(location.statement.Resource);
    return all.flatMap((one, at) => {
      const changed = change(one, location);
      return changed === undefined || changed === one
        ? []
        : [{ ...location.statement, Resource: all.map((each, i) => (i === at ? changed : each)) }];
    });
  });

/** Everything that may be done to a statement so that it allows more, or denies less. */
export const HARMS: readonly Harm[] = [
  {
    kind: 'add a foreign principal',
    to: on(hasPrincipal, ({ statement, zone }) =>
      [FOREIGN[zone], `arn:aws:iam::${FOREIGN[zone]}:root`, `arn:aws:iam::${FOREIGN[zone]}:role/admin`].map((name) =>
        withPrincipal(statement, 'AWS', name),
      ),
    ),
  },
  {
    kind: 'widen a principal to every principal',
    to: on(hasPrincipal, ({ statement }) => [
      { ...statement, Principal: '*' },
      { ...statement, Principal: { AWS: '*' } },
    ]),
  },
  {
    kind: 'open it to an organization',
    to: on(hasPrincipal, ({ statement }) => [
      addKey({ ...statement, Principal: '*' }, 'StringEquals', 'aws:PrincipalOrgID', 'o-exampleorg1'),
    ]),
  },
  {
    kind: 'name a principal by what it is not',
    to: on(hasPrincipal, ({ statement, zone }) => [
      { ...without(statement, 'Principal'), NotPrincipal: { AWS: FOREIGN[zone] } },
    ]),
  },
  {
    kind: 'add a service without a source',
    to: on(hasPrincipal, ({ statement }) => [
      // Not EventBridge, which needs no source at the key of the alerts topic.
      withPrincipal(without(statement, 'Condition'), 'Service', 's3.amazonaws.com'),
    ]),
  },
  {
    kind: 'add a service without business there, for the account itself',
    to: on(hasPrincipal, ({ statement }) =>
      ['ec2.amazonaws.com', 's3.amazonaws.com'].map((service) =>
        addKey(withPrincipal(statement, 'Service', service), 'StringEquals', 'aws:SourceAccount', {
          Ref: 'AWS::AccountId',
        }),
      ),
    ),
  },
  {
    kind: 'add an identity provider',
    to: on(hasPrincipal, ({ statement }) => [withPrincipal(statement, 'Federated', 'accounts.google.com')]),
  },
  {
    kind: 'leave a principal to a parameter or an import',
    to: on(hasPrincipal, ({ statement }) =>
      [{ Ref: 'AccountParameter' }, { 'Fn::ImportValue': 'AccountParameter' }].map((name) => ({
        ...statement,
        Principal: { AWS: name },
      })),
    ),
  },
  {
    kind: 'drop all conditions',
    to: on(isAllow, ({ statement }) => (statement.Condition === undefined ? [] : [without(statement, 'Condition')])),
  },
  {
    kind: 'drop one condition',
    to: on(isAllow, (location) =>
      testsOf(location).map(({ operator, key }) => dropKey(location.statement, operator, key)),
    ),
  },
  {
    kind: 'weaken a condition to what lacks the key',
    to: on(isAllow, (location) =>
      testsOf(location)
        .filter(({ operator }) => !/^(Null|For)/.test(operator))
        .map(({ operator, key, values }) =>
          addKey(dropKey(location.statement, operator, key), `${operator}IfExists`, key, values),
        ),
    ),
  },
  {
    kind: 'turn a condition round',
    to: on(isAllow, (location) =>
      testsOf(location).map(({ operator, key, values }) => {
        const rest = dropKey(location.statement, operator, key);
        if (operator === 'Bool' || operator === 'Null')
          return addKey(
            rest,
            operator,
            key,
            values.map((one) => (String(one) === 'true' ? 'false' : 'true')),
          );
        const turned = /(String|Arn)Not/.test(operator)
          ? operator.replace('Not', '')
          : operator.replace(/(String|Arn)(Equals|Like)/, '$1Not$2');
        return addKey(rest, turned, key, values);
      }),
    ),
  },
  {
    kind: 'let a condition pass anything',
    to: on(isAllow, (location) =>
      testsOf(location)
        .filter(({ operator }) => /Equals|Like/.test(operator))
        .map(({ operator, key }) =>
          addKey(dropKey(location.statement, operator, key), operator.replace('StringEquals', 'StringLike'), key, '*'),
        ),
    ),
  },
  {
    kind: 'let a condition pass another value as well',
    to: on(isAllow, (location) =>
      testsOf(location)
        .filter(({ operator }) => /Equals|Like/.test(operator))
        .map(({ operator, key, values }) =>
          addKey(location.statement, operator, key, [
            ...values,
            key.startsWith('aws:Source') ? FOREIGN[location.zone] : 'other',
          ]),
        ),
    ),
  },
  {
    kind: 'widen an ARN to everything',
    to: eachResource((one) => (one === '*' ? undefined : '*')),
  },
  { kind: 'widen an ARN to every name', to: eachResource((one) => arnWith(one, 'name')) },
  { kind: 'widen an ARN to every account', to: eachResource((one) => arnWith(one, 'account')) },
  { kind: 'widen an ARN to every Region', to: eachResource((one) => arnWith(one, 'region')) },
  {
    kind: 'reach another account',
    to: on(
      (location) => isRole(location) && location.statement.Resource !== '*',
      ({ statement, zone }) => [{ ...statement, Resource: [...listed(statement.Resource), ABROAD[zone]] }],
    ),
  },
  {
    kind: 'name a resource by what it is not',
    to: on(isRole, ({ statement }) => [{ ...without(statement, 'Resource'), NotResource: 'arn:aws:s3:::x' }]),
  },
  {
    kind: 'leave an ARN to a parameter',
    to: on(isRole, ({ statement }) => [{ ...statement, Resource: { Ref: 'Anything' } }]),
  },
  {
    kind: 'add an action',
    to: on(isRole, (location) =>
      NEVER.filter((action) => !hasAction(location, action)).map((action) => withAction(location, action)),
    ),
  },
  {
    kind: 'add an action to the policy of a resource or a role',
    to: on(
      (location) => hasPrincipal(location) && !hasAllOfKey(location),
      (location) =>
        [...NEVER, ...(NEVER_BY_POLICY[location.type] ?? [])]
          .filter((action) => !hasAlready(location, action))
          .map((action) => withAction(location, action)),
    ),
  },
  { kind: 'widen an action', to: on(isRole, widened) },
  {
    kind: 'widen an action in the policy of a resource or a role',
    to: on((location) => hasPrincipal(location) && !hasAllOfKey(location), widened),
  },
  {
    kind: 'allow the invoker of a function another action',
    to: on(
      ({ family }) => family === 'permission',
      ({ statement }) => [...NEVER_WAKING, 'lambda:Invoke*'].map((Action) => ({ ...statement, Action })),
    ),
  },
  {
    kind: 'name actions by what they are not',
    to: on(
      (location) => isAllow(location) && location.family !== 'permission',
      ({ statement }) => [{ ...without(statement, 'Action'), NotAction: 'iam:CreateUser' }],
    ),
  },
  {
    kind: 'add another statement',
    to: on(isRole, ({ statement }) => [
      [statement, { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/*' }],
      [statement, { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }],
    ]),
  },
  {
    kind: 'give a statement under two spellings',
    to: on(hasPrincipal, ({ statement, zone }) => [
      { ...statement, effect: 'Allow', principal: { AWS: FOREIGN[zone] } },
      { ...statement, principal: '*' },
    ]),
  },
  {
    kind: 'choose by a condition of the template',
    to: on(hasPrincipal, ({ statement, zone }) => [
      { ...statement, Principal: { AWS: { 'Fn::If': ['Either', FOREIGN[zone], { Ref: 'AWS::AccountId' }] } } },
      { ...statement, Principal: { 'Fn::If': ['Either', '*', statement.Principal] } },
    ]),
  },
  {
    kind: 'remove a denial',
    to: on(isDeny, () => [[]]),
  },
  {
    kind: 'allow what was denied',
    to: on(isDeny, ({ statement }) => [{ ...statement, Effect: 'Allow' }]),
  },
  {
    kind: 'deny fewer',
    to: on(isDeny, ({ statement, zone }) => [
      { ...statement, Principal: { AWS: FOREIGN[zone] } },
      addKey(statement, 'StringEquals', 'aws:PrincipalAccount', FOREIGN[zone]),
      { ...statement, Action: 'iam:CreateUser' },
    ]),
  },
  {
    kind: 'turn a denial’s condition round',
    to: on(isDeny, (location) =>
      testsOf(location).map(({ operator, key, values }) =>
        addKey(
          dropKey(location.statement, operator, key),
          operator,
          key,
          String(values[0]) === 'true' ? 'false' : 'true',
        ),
      ),
    ),
  },
  {
    kind: 'wake a function for others',
    to: on(
      ({ family }) => family === 'permission',
      ({ statement, zone }) => [
        without(statement, 'SourceArn'),
        { ...statement, SourceArn: `arn:aws:events:*:${FOREIGN[zone]}:rule/x` },
        { ...statement, SourceArn: 'arn:aws:events:*:*:rule/x' },
        { ...without(statement, 'SourceArn'), SourceAccount: FOREIGN[zone] },
        { ...without(statement, 'SourceArn'), Principal: FOREIGN[zone] },
        { ...without(statement, 'SourceArn'), Principal: '*' },
        { ...without(statement, 'SourceArn'), Principal: '*', PrincipalOrgID: 'o-exampleorg1' },
        { ...statement, Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE', Principal: '*' },
        { ...statement, FunctionName: `arn:aws:lambda:eu-central-1:${FOREIGN[zone]}:function:other` },
      ],
    ),
  },
];

/** Every harm to one statement. */
export const harmedBy = (location: StatementLocation): readonly TemplateMutant[] =>
  HARMS.flatMap(({ kind, to }) =>
    to(location).map((changed, at) => ({
      zone: location.zone,
      kind,
      what: `${location.resource} ${String(location.statement.Sid ?? location.path.at(-1))} #${at}: ${JSON.stringify(changed)}`,
      template: replaced(location, ...(Array.isArray(changed) ? (changed as readonly Loose[]) : [changed as Loose])),
    })),
  );
