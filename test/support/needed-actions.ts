import { impliedAccesses } from '../../src/trust/implied/implied';
import { impliedByBackup, impliedByRunning } from '../../src/trust/implied/service-accesses';
import { type CallingRole, objectOf, STEP_CALLS } from '../../src/trust/step-calls';

const SNAPSHOT = 'arn:aws:rds:eu-central-1:222200001111:snapshot:checkvalve-orders-0011223344556677';
const CLUSTER = 'arn:aws:rds:eu-central-1:222200001111:cluster-snapshot:checkvalve-ledger-0011223344556677';
const KEY = 'arn:aws:kms:eu-central-1:222200001111:key/00000000-0000-4000-8000-000000000001';

/** An input that brings out all that a call can imply. */
const INPUT = {
  SourceDBSnapshotIdentifier: SNAPSHOT,
  TargetDBSnapshotIdentifier: 'checkvalve-copy',
  SourceDBClusterSnapshotIdentifier: CLUSTER,
  TargetDBClusterSnapshotIdentifier: 'checkvalve-copy',
  DBSnapshotIdentifier: SNAPSHOT,
  DBClusterSnapshotIdentifier: CLUSTER,
  ResourceName: SNAPSHOT,
  KmsKeyId: KEY,
  KeyId: '00000000-0000-4000-8000-000000000001',
  Tags: [{ Key: 'checkvalve:role', Value: 'export' }],
  TableName: 'table',
  TopicArn: 'arn:aws:sns:eu-central-1:222200001111:checkvalve-copies',
  QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/222200001111/checkvalve-wakeups',
  RoleArn: 'arn:aws:iam::222200001111:role/checkvalve-snapshot-access-eu-central-1',
  StackSetName: 'source-tooling',
  DeploymentTargets: { OrganizationalUnitIds: ['r-ex01'] },
  ChildId: '222200001111',
  AccountId: '222200001111',
  RequestItems: { table: {} },
  ResourceId: '222200001111',
  Bucket: 'bucket',
  QueueName: 'queue',
};

/** Callers that publish to a topic under a key. */
const SEALED: readonly CallingRole[] = ['enroll-accounts', 'watch-rollout', 'report-coverage'];
/** Callers that a queue wakes. */
const FED: readonly CallingRole[] = ['enroll-accounts', 'export-snapshots', 'import-copies', 'watch-rollout'];
const ACCESS_ROLES: readonly CallingRole[] = ['registry-access', 'snapshot-access', 'coverage-access'];

/** The actions that a call and all that it implies need; `sealed`: topics that it publishes to are under a key. */
export function actionsOfCall(
  call: string,
  sealed = false,
  caller: CallingRole = 'report-coverage',
): readonly string[] {
  const [service = '', operation = ''] = call.split(':');
  const world = {
    snapshot: () => ({ tags: new Map<string, string>(), keyArn: KEY }),
    topicKey: () => (sealed ? KEY : undefined),
    organizationId: 'o-exampleorg1',
  };
  const asked = {
    account: '222200001111',
    region: 'eu-central-1',
    service,
    operation,
    input: { ...INPUT, ...objectOf(caller, operation) },
  };
  return impliedAccesses(asked, world).map(({ action }) => action);
}

/** The actions that a role needs: what its code calls, and what that implies. */
export function neededActions(caller: CallingRole): readonly string[] {
  const calls = STEP_CALLS[caller].flatMap((call) => actionsOfCall(call, SEALED.includes(caller), caller));
  const queue = FED.includes(caller) ? 'arn:aws:sqs:eu-central-1:333300002222:checkvalve-wakeups' : undefined;
  const running = ACCESS_ROLES.includes(caller)
    ? []
    : impliedByRunning('arn:aws:logs:eu-central-1:1:log-group:x', queue);
  return [...new Set([...calls, ...running.map(({ action }) => action)])].sort();
}

/** The actions that the role of AWS Backup needs for databases of both kinds. */
export const backupActions = (): readonly string[] =>
  [
    ...new Set(
      ['db:orders', 'cluster:ledger'].flatMap((database) => {
        const stem = 'arn:aws:rds:eu-central-1:222200001111';
        const point = `${stem}:${database.startsWith('db') ? 'snapshot' : 'cluster-snapshot'}:awsbackup:job-1`;
        return impliedByBackup(
          `${stem}:${database}`,
          point,
          KEY,
          'arn:aws:backup:eu-central-1:1:backup-vault:checkvalve-x',
        );
      }),
    ),
  ]
    .map(({ action }) => action)
    .filter((action, at, all) => all.indexOf(action) === at)
    .sort();
