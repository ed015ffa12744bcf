// Longer than most: a table, one row a thing that must not happen.
import type { PrincipalInput } from '../../src/policy-evaluator/case';
import type { PolicyDocument } from '../../src/policy-evaluator/policy';
import type { Access } from '../../src/trust/implied/access';
import type { PolicyBook } from '../../src/trust/policy-book';
import { allowedInManagement, refusedInManagement } from './management-probes';

/** An access that AWS must refuse to every principal, whatever its identity policies allow. */
export interface Probe {
  readonly name: string;
  readonly principal: PrincipalInput;
  readonly access: Access;
  /** The principal is of the same account, and its identity policy allows everything. */
  readonly allowsItselfAll?: boolean;
  /** The policy of a resource that is not ours, where the templates do not have it. */
  readonly resourcePolicy?: PolicyDocument;
}

const SOURCE = '222200001111';
const VAULT = '333300002222';
const MANAGEMENT = '444400003333';
const REGION = 'eu-central-1';
const rds = (account: string, name: string, kind = 'snapshot') => `arn:aws:rds:${REGION}:${account}:${kind}:${name}`;
const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const VIA_RDS = { 'kms:ViaService': `rds.${REGION}.amazonaws.com` };
const SSL = { 'aws:SecureTransport': 'true' };

const access = (action: string, resource: string, context: Access['context'] = {}): Access => ({
  action,
  resource,
  resourceAccount: resource.split(':')[4] ?? '',
  context: { ...SSL, ...context },
  page: 'a probe',
});

/** The queues that have a policy. */
const queues = (book: PolicyBook): string[] => [
  ...new Set(book.policies.map(({ ownerArn }) => ownerArn).filter((arn) => arn.startsWith('arn:aws:sqs:'))),
];

/** Things of the deployed templates, found by their kind and account. */
const resourceOf = (book: PolicyBook, service: string, account: string, part = ''): string => {
  const found = book.policies.find(
    ({ kind, ownerArn }) =>
      kind === 'resource' &&
      ownerArn.startsWith(`arn:aws:${service}:`) &&
      ownerArn.includes(`:${account}:`) &&
      ownerArn.endsWith(part),
  );
  if (!found) throw new Error(`no ${service} with a policy in ${account}`);
  return found.ownerArn;
};

/** One of the vault's keys, found by a statement of its policy. */
const vaultKey = (book: PolicyBook, sid: string): string => {
  const stem = `arn:aws:kms:${REGION}:${VAULT}:`;
  const found = book.policies.find(
    ({ kind, ownerArn, document }) =>
      kind === 'resource' && ownerArn.startsWith(stem) && JSON.stringify(document).includes(`"${sid}"`),
  );
  if (!found) throw new Error(`no key of the vault has the statement ${sid}`);
  return found.ownerArn;
};

/** The rule that may publish to the alerts topic of the vault, as the topic's policy names it. */
function alertingRule(book: PolicyBook): string {
  const statements = [book.resourcePolicy(resourceOf(book, 'sns', VAULT))?.Statement ?? []].flat();
  const found = statements.find(({ Sid }) => Sid === 'FindingsOfTheVault');
  return String(found?.Condition?.ArnEquals?.['aws:SourceArn'] ?? '');
}

/** Everything that a condition of the templates is there to prevent, one probe for each. */
export function mustBeRefused(book: PolicyBook): readonly Probe[] {
  const exporter = role(SOURCE, `checkvalve-export-snapshots-${REGION}`);
  const importer = role(VAULT, `checkvalve-import-copies-${REGION}`);
  const follower = role(VAULT, `checkvalve-follow-sources-${REGION}`);
  const accessRole = role(SOURCE, `checkvalve-snapshot-access-${REGION}`);
  const pruner = role(VAULT, `checkvalve-prune-copies-${REGION}`);
  const coverageAccess = role(SOURCE, `checkvalve-coverage-access-${REGION}`);
  const alertsKey = vaultKey(book, 'AlarmsOfTheVault');
  const alerts = resourceOf(book, 'sns', VAULT);
  const report = `arn:aws:s3:::checkvalve-evidence-${VAULT}-${REGION}/coverage/latest.json`;
  const ofOthers = { 'aws:SourceAccount': SOURCE };
  const stranger = role(VAULT, 'other-role');
  const backupRole = book.roles.find((arn) => arn.includes(`${SOURCE}:role/checkvalve-backup`)) ?? '';
  const exportKey = resourceOf(book, 'kms', SOURCE);
  const importKey = vaultKey(book, 'GrantsForAwsServicesAlone');
  const topic = resourceOf(book, 'sns', SOURCE);
  const inbox = resourceOf(book, 'sqs', VAULT, ':checkvalve-inbox');
  const subscription = { 'sns:Protocol': 'sqs', 'sns:Endpoint': inbox };
  const keyId = exportKey.split('/')[1] ?? '';
  const tagged = (prefix: string) => ({ [`${prefix}/encryption_key`]: keyId, 'aws:ResourceTag/encryption_key': keyId });
  const marked = { 'aws:RequestTag/checkvalve:role': 'export', 'aws:TagKeys': ['checkvalve:role'] };
  const ours = { 'aws:ResourceTag/checkvalve:role': 'export' };
  const inVault = { 'aws:ResourceTag/checkvalve:role': 'vault' };
  const foreign = { 'aws:ResourceTag/checkvalve:role': 'none' };
  /** What a request says that writes these tags, and the mark of the vault's copies among them. */
  const asVaultCopy = (...keys: readonly string[]) => ({
    'aws:RequestTag/checkvalve:role': 'vault',
    'aws:TagKeys': ['checkvalve:role', ...keys],
  });
  const probe = (name: string, principal: PrincipalInput, asked: Access, allowsItselfAll = false): Probe => ({
    name,
    principal,
    access: asked,
    allowsItselfAll,
  });
  const backup = (kind: string) => rds(SOURCE, 'awsbackup:job-1', kind);
  const copy = (kind: string, account = SOURCE) => rds(account, 'checkvalve-orders-1', kind);
  const kinds = [
    ['snapshot', 'DB', 'rds:snapshot-tag'],
    ['cluster-snapshot', 'DBCluster', 'rds:cluster-snapshot-tag'],
  ] as const;

  return [
    ...refusedInManagement(book),
    ...kinds.flatMap(([kind, prefix, tagKey]) => [
      probe(
        `exporter copies a ${kind} without our tag`,
        exporter,
        access(`rds:Copy${prefix}Snapshot`, backup(kind), marked),
      ),
      probe(
        `exporter copies a ${kind} with another key's tag`,
        exporter,
        access(`rds:Copy${prefix}Snapshot`, backup(kind), { ...marked, [`${tagKey}/encryption_key`]: 'other' }),
      ),
      probe(`exporter makes a ${kind} without our mark`, exporter, access(`rds:Copy${prefix}Snapshot`, copy(kind))),
      probe(
        `exporter shares a ${kind} that is not ours`,
        exporter,
        access(`rds:Modify${prefix}SnapshotAttribute`, copy(kind), foreign),
      ),
      probe(
        `exporter deletes a ${kind} that is not ours`,
        exporter,
        access(`rds:Delete${prefix}Snapshot`, copy(kind), foreign),
      ),
      probe(
        `exporter writes another tag on a ${kind} of AWS Backup`,
        exporter,
        access('rds:AddTagsToResource', backup(kind), { ...tagged(tagKey), 'aws:TagKeys': ['encryption_key'] }),
      ),
      probe(
        `exporter writes on a ${kind} that is not of our plan`,
        exporter,
        access('rds:AddTagsToResource', backup(kind), { 'aws:TagKeys': ['checkvalve:held'] }),
      ),
      probe(
        `exporter marks a ${kind} of AWS Backup as one that the vault has`,
        exporter,
        access('rds:AddTagsToResource', backup(kind), { ...tagged(tagKey), 'aws:TagKeys': ['checkvalve:copied-at'] }),
      ),
      probe(
        `exporter writes no tag key at all on a ${kind}`,
        exporter,
        access('rds:AddTagsToResource', backup(kind), tagged(tagKey)),
      ),
      probe(
        `pruner deletes a ${kind} without our mark`,
        pruner,
        access(`rds:Delete${prefix}Snapshot`, copy(kind, VAULT)),
      ),
      probe(
        `pruner deletes a ${kind} that is no vault copy`,
        pruner,
        access(`rds:Delete${prefix}Snapshot`, copy(kind, VAULT), ours),
      ),
      probe(
        `pruner deletes a ${kind} on legal hold`,
        pruner,
        access(`rds:Delete${prefix}Snapshot`, copy(kind, VAULT), {
          ...inVault,
          'aws:ResourceTag/checkvalve:legal-hold': 'until 2031',
        }),
      ),
      probe(
        `pruner deletes a ${kind} whose name is not ours`,
        pruner,
        access(`rds:Delete${prefix}Snapshot`, rds(VAULT, 'final-orders', kind), inVault),
      ),
      ...[importer, follower].map((other) =>
        probe(
          `${other.split('/')[1]} deletes a ${kind} of the vault`,
          other,
          access(`rds:Delete${prefix}Snapshot`, copy(kind, VAULT), inVault),
        ),
      ),
      probe(
        `importer makes a ${kind} without our mark`,
        importer,
        access(`rds:Copy${prefix}Snapshot`, copy(kind, VAULT)),
      ),
      probe(
        `importer writes another tag on a ${kind} than that it failed`,
        importer,
        access('rds:AddTagsToResource', copy(kind, VAULT), {
          ...inVault,
          'aws:TagKeys': ['checkvalve:failed-at', 'checkvalve:imported-at'],
        }),
      ),
      probe(
        `importer gives a new ${kind} tags without our mark`,
        importer,
        access('rds:AddTagsToResource', copy(kind, VAULT), { 'aws:TagKeys': ['checkvalve:imported-at'] }),
      ),
      probe(
        `importer gives a new ${kind} the mark of another role`,
        importer,
        access('rds:AddTagsToResource', copy(kind, VAULT), {
          ...asVaultCopy(),
          'aws:RequestTag/checkvalve:role': 'export',
        }),
      ),
      probe(
        `importer marks a ${kind} as failed that is no vault copy`,
        importer,
        access('rds:AddTagsToResource', copy(kind, VAULT), { ...foreign, 'aws:TagKeys': ['checkvalve:failed-at'] }),
      ),
      probe(
        `importer writes no tag key at all on a ${kind}`,
        importer,
        access('rds:AddTagsToResource', copy(kind, VAULT), inVault),
      ),
      probe(
        `importer writes on a ${kind} whose name is not ours`,
        importer,
        access('rds:AddTagsToResource', rds(VAULT, 'final-orders', kind), asVaultCopy()),
      ),
      probe(
        `the access role writes another tag on a ${kind}`,
        accessRole,
        access('rds:AddTagsToResource', copy(kind), { ...ours, 'aws:TagKeys': ['checkvalve:role'] }),
      ),
      probe(
        `the access role writes on a ${kind} without our mark`,
        accessRole,
        access('rds:AddTagsToResource', copy(kind), { ...foreign, 'aws:TagKeys': ['checkvalve:copied-at'] }),
      ),
      probe(
        `the access role writes no tag key at all on a ${kind}`,
        accessRole,
        access('rds:AddTagsToResource', copy(kind), ours),
      ),
    ]),
    probe('exporter decrypts not through RDS', exporter, access('kms:Decrypt', exportKey)),
    probe(
      'exporter grants not through RDS',
      exporter,
      access('kms:CreateGrant', exportKey, { 'kms:GrantIsForAWSResource': 'true' }),
    ),
    probe(
      'exporter grants to a principal that is no AWS service',
      exporter,
      access('kms:CreateGrant', exportKey, { ...VIA_RDS, 'kms:GrantIsForAWSResource': 'false' }),
    ),
    probe('importer decrypts an export key not through RDS', importer, access('kms:Decrypt', exportKey)),
    probe('importer uses the import key not through RDS', importer, access('kms:Encrypt', importKey)),
    probe(
      'importer grants not through RDS',
      importer,
      access('kms:CreateGrant', importKey, { 'kms:GrantIsForAWSResource': 'true' }),
    ),
    probe(
      'importer grants to a principal that is no AWS service',
      importer,
      access('kms:CreateGrant', exportKey, { ...VIA_RDS, 'kms:GrantIsForAWSResource': 'false' }),
    ),
    {
      name: 'importer grants on a key that lets the vault do anything, to a principal that is no AWS service',
      principal: importer,
      access: access('kms:CreateGrant', `arn:aws:kms:${REGION}:${SOURCE}:key/lax`, {
        ...VIA_RDS,
        'kms:GrantIsForAWSResource': 'false',
      }),
      resourcePolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: VAULT }, Action: 'kms:*', Resource: '*' }],
      },
    },
    probe(
      'AWS Backup grants to a principal that is no AWS service',
      backupRole,
      access('kms:CreateGrant', exportKey, { ...VIA_RDS, 'kms:GrantIsForAWSResource': 'false' }),
    ),
    probe(
      'an administrator of the vault grants on the import key to a principal that is no AWS service',
      stranger,
      access('kms:CreateGrant', importKey, { 'kms:GrantIsForAWSResource': 'false' }),
      true,
    ),
    probe(
      'another role of the vault reads with an export key',
      stranger,
      access('kms:Decrypt', exportKey, VIA_RDS),
      true,
    ),
    probe(
      'another role of the vault grants on an export key',
      stranger,
      access('kms:CreateGrant', exportKey, { ...VIA_RDS, 'kms:GrantIsForAWSResource': 'true' }),
      true,
    ),
    probe(
      'the importer, allowing itself all, grants on an export key to a principal that is no AWS service',
      importer,
      access('kms:CreateGrant', exportKey, { ...VIA_RDS, 'kms:GrantIsForAWSResource': 'false' }),
      true,
    ),
    probe('another role of the vault opens the access role', stranger, access('sts:AssumeRole', accessRole), true),
    probe(
      'another role of the vault opens the registry access role',
      stranger,
      access('sts:AssumeRole', role(MANAGEMENT, 'checkvalve-registry-access')),
      true,
    ),
    probe(
      'another role of the vault opens the coverage access role',
      stranger,
      access('sts:AssumeRole', coverageAccess),
      true,
    ),
    probe('the importer opens the coverage access role', importer, access('sts:AssumeRole', coverageAccess), true),
    ...['kms:Decrypt', 'kms:GenerateDataKey'].map((action) =>
      probe(
        `alarms of another account use the alerts' key: ${action}`,
        { service: 'cloudwatch.amazonaws.com' },
        access(action, alertsKey, ofOthers),
      ),
    ),
    probe(
      'alarms of another account publish to the alerts topic',
      { service: 'cloudwatch.amazonaws.com' },
      access('sns:Publish', alerts, ofOthers),
    ),
    // CloudWatch may decrypt and generate data keys: there a key policy cannot distinguish accounts.
    ...['kms:CreateGrant', 'kms:Encrypt', 'kms:PutKeyPolicy'].map((action) =>
      probe(
        `EventBridge does more with the alerts' key: ${action}`,
        { service: 'events.amazonaws.com' },
        access(action, alertsKey, ofOthers),
      ),
    ),
    probe(
      'rules of another account publish to the alerts topic',
      { service: 'events.amazonaws.com' },
      access('sns:Publish', alerts, { 'aws:SourceArn': `arn:aws:events:${REGION}:111122223333:rule/x` }),
    ),
    probe(
      'a principal of the vault sends an alert without TLS',
      stranger,
      access('sns:Publish', alerts, { 'aws:SecureTransport': 'false' }),
      true,
    ),
    probe(
      'a principal of the vault reads a report without TLS',
      stranger,
      { ...access('s3:GetObject', report, { 'aws:SecureTransport': 'false' }), resourceAccount: VAULT },
      true,
    ),
    probe('another role of the vault subscribes', stranger, access('sns:Subscribe', topic, subscription), true),
    probe(
      'the follower subscribes another queue',
      follower,
      access('sns:Subscribe', topic, { ...subscription, 'sns:Endpoint': `${inbox}-other` }),
    ),
    probe(
      'the follower subscribes by mail',
      follower,
      access('sns:Subscribe', topic, { ...subscription, 'sns:Protocol': 'email' }),
    ),
    ...queues(book).map((queue) =>
      probe(
        `an administrator of its account reads ${queue} without TLS`,
        role(queue.split(':')[4] ?? '', 'administrator'),
        access('sqs:ReceiveMessage', queue, { 'aws:SecureTransport': 'false' }),
        true,
      ),
    ),
    ...queues(book).map((queue) =>
      probe(
        `EventBridge puts into ${queue} for a rule of another account`,
        { service: 'events.amazonaws.com' },
        access('sqs:SendMessage', queue, { 'aws:SourceArn': `arn:aws:events:${REGION}:111122223333:rule/x` }),
      ),
    ),
    probe(
      'the exporter notifies the vault of without TLS',
      exporter,
      access('sns:Publish', topic, { 'aws:SecureTransport': 'false' }),
    ),
    probe(
      'SNS drops in from a topic of another name',
      { service: 'sns.amazonaws.com' },
      access('sqs:SendMessage', inbox, { 'aws:SourceArn': `arn:aws:sns:${REGION}:${SOURCE}:other` }),
    ),
    probe(
      'AWS Backup of another account takes the backup role',
      { service: 'backup.amazonaws.com' },
      access('sts:AssumeRole', backupRole, { 'aws:SourceAccount': '111122223333' }),
    ),
    ...book.policies
      .filter(({ kind, ownerArn }) => kind === 'resource' && ownerArn.startsWith('arn:aws:lambda:'))
      .map(({ ownerArn }) =>
        probe(
          `a rule of another account wakes ${ownerArn}`,
          { service: 'events.amazonaws.com' },
          access('lambda:InvokeFunction', ownerArn, {
            'aws:SourceArn': `arn:aws:events:${REGION}:111122223333:rule/x`,
          }),
        ),
      ),
  ];
}

/** What must go on working whatever is changed, and no rehearsal asks for. */
export const mustBeAllowed = (book: PolicyBook): readonly Probe[] => [
  ...allowedInManagement(book),
  // Its policy lists what the owner may do, since it may not grant the key to whomever.
  ...[
    ...['CancelKeyDeletion', 'CreateAlias', 'DeleteAlias', 'DisableKey', 'EnableKeyRotation', 'GetKeyPolicy'],
    ...['ListGrants', 'PutKeyPolicy', 'RetireGrant', 'RevokeGrant', 'RotateKeyOnDemand', 'ScheduleKeyDeletion'],
    ...['TagResource', 'UntagResource', 'UpdateKeyDescription'],
  ].map((action) => ({
    name: `an administrator of the vault administers the import key: ${action}`,
    principal: role(VAULT, 'administrator'),
    access: access(`kms:${action}`, vaultKey(book, 'GrantsForAwsServicesAlone')),
    allowsItselfAll: true,
  })),
  ...[
    ['sns:Publish', resourceOf(book, 'sns', VAULT)] as const,
    ...['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => [action, vaultKey(book, 'AlarmsOfTheVault')] as const),
  ].map(([action, resource]) => ({
    name: `an alarm of the vault sends an alert: ${action}`,
    principal: { service: 'cloudwatch.amazonaws.com' },
    access: access(action, resource, { 'aws:SourceAccount': VAULT }),
  })),
  ...[
    ['sns:Publish', resourceOf(book, 'sns', VAULT)] as const,
    ...['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => [action, vaultKey(book, 'AlarmsOfTheVault')] as const),
  ].map(([action, resource]) => ({
    name: `the rule for openings of the vault sends an alert: ${action}`,
    principal: { service: 'events.amazonaws.com' },
    // At the key it comes without a source. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    access: access(
      action,
      resource,
      action.startsWith('kms:') ? {} : { 'aws:SourceAccount': VAULT, 'aws:SourceArn': alertingRule(book) },
    ),
  })),
  {
    name: 'report-coverage sends an alert',
    principal: role(VAULT, `checkvalve-report-coverage-${REGION}`),
    access: access('sns:Publish', resourceOf(book, 'sns', VAULT)),
  },
  {
    name: 'report-coverage sends an alert under the key of the topic',
    principal: role(VAULT, `checkvalve-report-coverage-${REGION}`),
    access: access('kms:GenerateDataKey', vaultKey(book, 'AlarmsOfTheVault')),
  },
  ...[`${VAULT}:checkvalve-inbox`, `${VAULT}:checkvalve-wakeups`, `${SOURCE}:checkvalve-wakeups`].map((queue) => ({
    name: `an operator of its account empties the dead letters of ${queue}`,
    principal: role(queue.split(':')[0] ?? '', 'operator'),
    access: access('sqs:ReceiveMessage', `arn:aws:sqs:${REGION}:${queue}-dead-letters`),
    allowsItselfAll: true,
  })),
  {
    name: 'the exporter says on a snapshot of AWS Backup why it is not copied to the vault',
    principal: role(SOURCE, `checkvalve-export-snapshots-${REGION}`),
    access: access('rds:AddTagsToResource', rds(SOURCE, 'awsbackup:job-1'), {
      'aws:ResourceTag/encryption_key': resourceOf(book, 'kms', SOURCE).split('/')[1] ?? '',
      'aws:TagKeys': ['checkvalve:held'],
    }),
  },
  {
    name: 'the exporter deletes an export copy of an instance that was taken',
    principal: role(SOURCE, `checkvalve-export-snapshots-${REGION}`),
    access: access('rds:DeleteDBSnapshot', rds(SOURCE, 'checkvalve-orders-1'), {
      'aws:ResourceTag/checkvalve:role': 'export',
    }),
  },
  {
    name: 'the pruner deletes a vault copy of a cluster',
    principal: role(VAULT, `checkvalve-prune-copies-${REGION}`),
    access: access('rds:DeleteDBClusterSnapshot', rds(VAULT, 'checkvalve-222200001111-ledger-1', 'cluster-snapshot'), {
      'aws:ResourceTag/checkvalve:role': 'vault',
    }),
  },
  {
    name: 'the importer marks a copy of a cluster as failed',
    principal: role(VAULT, `checkvalve-import-copies-${REGION}`),
    access: access('rds:AddTagsToResource', rds(VAULT, 'checkvalve-222200001111-ledger-1', 'cluster-snapshot'), {
      'aws:ResourceTag/checkvalve:role': 'vault',
      'aws:TagKeys': ['checkvalve:failed-at'],
    }),
  },
  ...['account/o-exampleorg1/222200001111', 'ou/o-exampleorg1/ou-ex01-prod0001'].map((child) => ({
    name: `enroll-accounts asks for the parents of ${child}`,
    principal: role(MANAGEMENT, 'checkvalve-enroll-accounts'),
    access: access('organizations:ListParents', `arn:aws:organizations::${MANAGEMENT}:${child}`),
  })),
];
