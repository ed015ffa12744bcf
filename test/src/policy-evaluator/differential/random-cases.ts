// Longer than most: the pools of values from which the cases are drawn.
import fc from 'fast-check';
import type { LiteralCase, LiteralPolicy, LiteralStatement } from './literal-case';

/** The account of every resource, and another one. */
const [OWN, OTHER] = ['333300002222', '222200001111'];

/** Something that is asked for, and what policies might say to mean it, or nearly. */
interface Scene {
  /** The caller; by default one of the account. */
  readonly principal?: LiteralCase['principal'];
  readonly resource: string;
  readonly actions: readonly string[];
  readonly actionPatterns: readonly string[];
  readonly resourcePatterns: readonly string[];
  /** Whether its policy is a trust policy, which names no resource. */
  readonly trust?: true;
}

const SCENES: readonly Scene[] = [
  {
    resource: `arn:aws:sqs:eu-central-1:${OWN}:inbox`,
    actions: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
    actionPatterns: ['sqs:*', 'SQS:sendmessage', 'sqs:Send?essage', 'sqs:Receive*', 'sns:*'],
    resourcePatterns: [`arn:aws:sqs:*:${OWN}:*`, 'arn:aws:sqs:*', `arn:aws:sqs:eu-central-1:${OWN}:INBOX`],
  },
  {
    resource: `arn:aws:kms:eu-central-1:${OWN}:key/one`,
    actions: ['kms:Decrypt', 'kms:RetireGrant'],
    actionPatterns: ['kms:*', 'kms:decrypt', 'kms:Retire*', 'sqs:*'],
    resourcePatterns: [`arn:aws:kms:*:${OWN}:key/*`, `arn:aws:kms:eu-central-1:${OWN}:key/o?e`],
  },
  {
    resource: `arn:aws:iam::${OWN}:role/access role`,
    actions: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'],
    actionPatterns: ['sts:*', 'sts:AssumeRole*', 'STS:ASSUMEROLE'],
    resourcePatterns: [`arn:aws:iam::${OWN}:role/*`, `arn:aws:iam::*:role/access role`],
    trust: true,
  },
  {
    resource: `arn:aws:rds:eu-central-1:${OWN}:snapshot:awsbackup:a`,
    actions: ['rds:DeleteDBSnapshot'],
    actionPatterns: ['rds:*', 'rds:Delete*Snapshot'],
    resourcePatterns: [`arn:aws:rds:*:${OWN}:snapshot:*`, `arn:aws:rds:*:${OWN}:snapshot:?`],
  },
  {
    resource: 'arn:aws:s3:::bucket/eve/a*',
    actions: ['s3:GetObject', 's3:PutObject'],
    actionPatterns: ['s3:*', 's3:Get*', 's3:?etobject'],
    resourcePatterns: [
      'arn:aws:s3:::bucket/*',
      'arn:aws:s3:::bucket/${aws:username}/*',
      'arn:aws:s3:::bucket/${x:absent}/*',
      "arn:aws:s3:::bucket/${x:absent, 'eve'}/a?",
      'arn:aws:s3:::bucket/eve/a${*}',
      'arn:aws:s3:::bucket/eve/${x:text}',
    ],
  },
];

const callersOf = (account: string): readonly string[] => [
  `arn:aws:iam::${account}:root`,
  `arn:aws:iam::${account}:user/eve`,
  `arn:aws:iam::${account}:role/operator`,
  `arn:aws:iam::${account}:role/ops/operator`,
  `arn:aws:iam::${account}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`,
  `arn:aws:sts::${account}:assumed-role/operator/eve`,
  `arn:aws:sts::${account}:assumed-role/AWSServiceRoleForBackup/eve`,
  `arn:aws:sts::${account}:federated-user/eve`,
];
const PROVIDER = `arn:aws:iam::${OWN}:oidc-provider/example.com`;
const SERVICE = { service: 'sns.amazonaws.com' };
const NAMED = [...callersOf(OWN), ...callersOf(OTHER), OWN, OTHER, `arn:aws:sts::${OWN}:assumed-role/operator/bob`];

/** A key of conditions: what requests hold there, what policies compare it with, and by which operators. */
interface Key {
  readonly operators: readonly string[];
  readonly written: readonly string[];
  /** Written only where the policy's version knows variables. */
  readonly variables?: readonly string[];
  /** What the context holds; none for keys that AWS derives from the caller. */
  readonly held: readonly string[];
}

const both = (...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [name, name.replace(/(Equals|Like|IpAddress)/, 'Not$1')]);
const TEXT = [...both('StringEquals', 'StringLike'), 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'];
const ARN = both('ArnEquals', 'ArnLike');
const ordered = (kind: string) =>
  ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((end) => kind + end);

const REQUEST_KEYS: Readonly<Record<string, Key>> = {
  'x:text': {
    operators: TEXT,
    written: ['a', 'A', 'a*', '?', '*', 'ab', ''],
    variables: ['${x:other}', '${aws:username}', '${*}', "${x:absent, 'a'}", 'a${?}', '${x:other}*'],
    held: ['a', 'A', 'ab', '*', 'a?', 'eve', ''],
  },
  'x:other': { operators: TEXT, written: ['a', 'b*'], variables: ['${x:text}'], held: ['a', '*', 'b'] },
  'x:arn': {
    operators: [...ARN, 'StringLike'],
    written: ['arn:aws:sns:*:*:topic', `arn:aws:sns:eu-central-1:${OTHER}:*`, 'arn:*:sns:*:*:t?pic:*', 'arn:aws:sns:*'],
    variables: ['arn:aws:sns:*:${x:text}:topic', `arn:aws:sns:*:*:\${x:other}`],
    held: [`arn:aws:sns:eu-central-1:${OTHER}:topic`, 'arn:aws:sns:a:a:b', 'arn:aws:sns:x:y:topic:z', 'topic', ''],
  },
  'x:number': {
    operators: ordered('Numeric'),
    written: ['-1', '0', '1', '1.5', '+1'],
    held: ['-1', '0', '1', '1.50', '10'],
  },
  'x:date': {
    operators: ordered('Date'),
    written: ['2026-01-01T00:00:00Z', '2026-01-01', '1767225600', '2026-06-01T12:00:00+02:00', '2026'],
    held: ['2026-01-01T00:00:00Z', '2025-12-31T23:59:59.999Z', '1780308000', '2026-06-01T10:00Z'],
  },
  'x:bool': { operators: ['Bool'], written: ['true', 'False'], variables: ['${x:bool}'], held: ['true', 'FALSE'] },
  'x:address': {
    operators: ['IpAddress', 'NotIpAddress'],
    written: ['10.0.0.0/8', '10.1.2.3', '0.0.0.0/0', '2001:db8::/32', '192.0.2.0/30'],
    held: ['10.1.2.3', '11.0.0.0', '192.0.2.3', '192.0.2.4', '2001:db8::1', '2001:db9::'],
  },
  'x:list': {
    operators: TEXT,
    written: ['a', 'A', 'b*', '?'],
    variables: ['${x:other}'],
    held: ['a', 'b', '', 'A', 'bb'],
  },
};

/** Keys that AWS derives; of a service and a provider it does not say what some of them hold. */
const DERIVED: Readonly<Record<string, Key>> = {
  'aws:PrincipalAccount': { operators: TEXT, written: [OWN, OTHER, 'anonymous', '*', '3*'], held: [] },
  'aws:PrincipalArn': {
    operators: [...ARN, 'StringLike', 'StringNotLike', 'StringEquals'],
    written: [
      `arn:aws:iam::${OWN}:role/*`,
      'arn:aws:iam::*:user/eve',
      `arn:aws:iam::${OTHER}:role/operator`,
      'arn:aws:sts::*:*',
    ],
    held: [],
  },
  'aws:PrincipalType': {
    operators: TEXT,
    written: ['User', 'AssumedRole', 'Account', 'Anonymous', 'Federated*'],
    held: [],
  },
};
const FROM_CALLER: Readonly<Record<string, Key>> = {
  'aws:username': { operators: TEXT, written: ['eve', 'E*', '*'], held: [] },
  'aws:PrincipalIsAWSService': { operators: ['Bool', 'StringEquals'], written: ['true', 'false'], held: [] },
  'aws:PrincipalServiceName': { operators: TEXT, written: ['sns.amazonaws.com', '*.amazonaws.com'], held: [] },
  'aws:ResourceAccount': { operators: TEXT, written: [OWN, OTHER, '${aws:PrincipalAccount}'], held: [] },
};

const some = <T>(of: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(of, { minLength: 1, maxLength });
const from = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** One line of a condition. */
function line(key: string, { operators, written, variables = [] }: Key, knowsVariables: boolean) {
  const cased = from([key, key.toUpperCase(), key.toLowerCase()]);
  // A key of several values must be compared by a set operator; any other may be.
  const sets = key === 'x:list' ? ['ForAllValues:', 'ForAnyValue:'] : ['', '', '', 'ForAllValues:', 'ForAnyValue:'];
  const operator = fc.tuple(from(sets), from(operators), from(['', '', 'IfExists'])).map((parts) => parts.join(''));
  const values = some(from([...written, ...(knowsVariables ? variables : [])]), 3);
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(operator, cased, values) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('Null'), cased, some(from(['true', 'false']), 1)) },
  );
}

type Line = readonly [operator: string, key: string, values: readonly string[]];

function conditionOf(lines: readonly Line[]): NonNullable<LiteralStatement['Condition']> {
  const condition: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, key, values] of lines) {
    const block = condition[operator] ?? {};
    condition[operator] = block;
    // Keys are not case-sensitive: a key that stood twice in a block would be two lines, or one, as the reader likes.
    if (!Object.keys(block).some((one) => one.toLowerCase() === key.toLowerCase())) block[key] = values;
  }
  return condition;
}

/** What a policy writes to mean the caller: its ARN, that of its role, or its account. */
function itself(principal: Scene['principal']): readonly string[] {
  const account = typeof principal === 'string' ? principal.split(':')[4] : undefined;
  if (typeof principal !== 'string' || !account || principal === PROVIDER) return NAMED;
  const role = /assumed-role\/([^/]+)\//.exec(principal)?.[1];
  return [principal, ...(role ? [`arn:aws:iam::${account}:role/${role}`] : []), account];
}

type Family = 'identity' | 'resource' | 'rcp';

function statement(
  scene: Scene,
  keys: Readonly<Record<string, Key>>,
  family: Family,
  version?: string,
): fc.Arbitrary<LiteralStatement> {
  const knowsVariables = version === '2012-10-17';
  const actions = some(from([...scene.actions, ...scene.actions, ...scene.actionPatterns, '*']), 2);
  const resources = some(from([scene.resource, '*', '*', ...scene.resourcePatterns]), 2);
  const named = fc.oneof(
    fc.constant('*' as const),
    fc.constant({ AWS: '*' }),
    some(from(NAMED), 3).map((AWS) => ({ AWS })),
    some(from(itself(scene.principal)), 2).map((AWS) => ({ AWS })),
    some(from([OWN, OTHER, `arn:aws:iam::${OWN}:root`]), 1).map((AWS) => ({ AWS })),
    fc.constant({ Service: SERVICE.service, ...(scene.trust && { Federated: PROVIDER }) }),
  );
  const lines = fc.array(
    from(Object.entries(keys)).chain(([key, of]) => line(key, of, knowsVariables)),
    { maxLength: 2 },
  );
  const base = fc.record({
    Effect: from(family === 'rcp' ? ['Deny' as const] : (['Allow', 'Allow', 'Deny'] as const)),
    action: fc.tuple(from([true, true, true, false]), actions),
    resource: fc.tuple(from([true, true, true, false]), resources),
    lines: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: lines }),
    principals: fc.tuple(from([true, true, false]), named),
  });
  return base.map(({ Effect, action, resource, lines: written, principals }): LiteralStatement => {
    const isTrust = family === 'resource' && scene.trust;
    const inverted = family === 'resource' && !scene.trust && Effect === 'Deny' && !principals[0];
    const principal =
      family === 'rcp'
        ? { Principal: '*' as const }
        : inverted
          ? { NotPrincipal: principals[1] }
          : { Principal: principals[1] };
    return {
      Effect,
      ...(family !== 'identity' && principal),
      ...(action[0] ? { Action: action[1] } : { NotAction: action[1] }),
      ...(!isTrust && (resource[0] ? { Resource: resource[1] } : { NotResource: resource[1] })),
      ...(written.length > 0 && { Condition: conditionOf(written) }),
    };
  });
}

const VERSIONS = ['2012-10-17', '2012-10-17', '2008-10-17', undefined] as const;

const policy = (scene: Scene, keys: Readonly<Record<string, Key>>, family: Family): fc.Arbitrary<LiteralPolicy> =>
  from(VERSIONS).chain((Version) =>
    fc
      .array(statement(scene, keys, family, Version), { maxLength: 3 })
      .map((Statement) => ({ ...(Version && { Version }), Statement })),
  );

const FULL: LiteralPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const RCP_FULL: LiteralPolicy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

const context = fc
  .record(
    Object.fromEntries(
      Object.entries(REQUEST_KEYS).map(([key, { held }]) => [
        key,
        key === 'x:list' ? fc.array(from(held), { maxLength: 3 }) : from(held),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((held) => held as LiteralCase['context']);

/** Every kind of case that the evaluator answers: one of the scenes, for any caller and any policies. */
export const randomCase: fc.Arbitrary<LiteralCase> = from(SCENES).chain((wanted) =>
  fc
    .oneof(
      { weight: 8, arbitrary: from([...callersOf(OWN), ...callersOf(OTHER)]) },
      { weight: 1, arbitrary: fc.constant('anonymous') },
      { weight: 1, arbitrary: fc.constant(SERVICE) },
      ...(wanted.trust ? [{ weight: 1, arbitrary: fc.constant(PROVIDER) }] : []),
    )
    .chain((principal): fc.Arbitrary<LiteralCase> => {
      const scene = { ...wanted, principal };
      const isOfAccount = typeof principal === 'string' && /^arn:/.test(principal) && principal !== PROVIDER;
      const hasPolicies = isOfAccount && !principal.endsWith(':root');
      const keys = { ...REQUEST_KEYS, ...FROM_CALLER, ...(isOfAccount || principal === 'anonymous' ? DERIVED : {}) };
      // What a service or a provider holds there is not documented, so nothing may look at it: not as a variable, either.
      if (!isOfAccount && principal !== 'anonymous')
        keys['aws:ResourceAccount'] = { operators: TEXT, written: [OWN, OTHER], held: [] };
      const identity = policy(scene, keys, 'identity');
      const level = fc.oneof(
        { weight: 3, arbitrary: fc.constant([FULL]) },
        { weight: 2, arbitrary: identity.map((one) => [FULL, one]) },
        { weight: 1, arbitrary: some(identity, 2) },
      );
      const rcpLevel = fc.oneof(
        fc.constant([RCP_FULL]),
        policy(scene, keys, 'rcp').map((one) => [one]),
        policy(scene, keys, 'rcp').map((one) => [RCP_FULL, one]),
      );
      const optional = <T>(of: fc.Arbitrary<T>) =>
        fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: of });
      return fc
        .record({
          action: from(scene.actions),
          context,
          identityPolicies: hasPolicies
            ? fc.array(fc.oneof(fc.constant(FULL), identity), { maxLength: 2 })
            : fc.constant([]),
          resourcePolicy: fc.option(policy(scene, keys, 'resource'), { freq: 4 }),
          permissionBoundary: optional(hasPolicies ? fc.oneof(fc.constant(FULL), identity) : fc.constant(undefined)),
          scps: optional(fc.array(level, { maxLength: 2 })),
          rcps: optional(fc.array(rcpLevel, { maxLength: 2 })),
        })
        .map(({ permissionBoundary, scps, rcps, ...all }) => ({
          principal,
          resource: scene.resource,
          resourceAccount: OWN,
          ...all,
          ...(permissionBoundary && { permissionBoundary }),
          ...(scps && { scps }),
          ...(rcps && { rcps }),
        }));
    }),
);
