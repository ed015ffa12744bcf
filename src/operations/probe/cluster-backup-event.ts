import { backUp } from './backups';
import { cluster } from './databases';
import type { Probe } from './probe';
import { queueResources, receive } from './queues';
import { stack } from './stacks';

interface RdsEvent {
  readonly detail?: { readonly EventID?: string; readonly SourceArn?: string; readonly SourceIdentifier?: string };
}

/** RDS emits events minutes later. */
const MAX_MINUTES = 15;
const CREATED = 'RDS-EVENT-0075';

/** Which event does RDS emit when AWS Backup has completed a snapshot of a cluster? */
export const clusterBackupEvent: Probe = {
  id: 'cluster-backup-event',
  assumptions: ['cluster-backups-emit-event-0075'],
  creates: 'an Aurora cluster, a backup of it, an EventBridge rule and a queue',
  maxCostUsd: 0.2,
  assumed: 'event-0075-with-the-name-of-the-job',
  ask: async ({ source }, scope) => {
    const database = await cluster(scope);
    const queue = scope.name('events');
    const EventPattern = { source: ['aws.rds'], 'detail-type': ['RDS DB Cluster Snapshot Event'] };
    const Targets = [{ Id: 'Queue', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }];
    await stack(scope, 'source', 'events', {
      ...queueResources(queue, 'events.amazonaws.com'),
      Rule: { Type: 'AWS::Events::Rule', Properties: { Name: scope.name('events'), EventPattern, Targets } },
    });
    const snapshot = await backUp(scope, source, database);
    const about = (bodies: readonly string[]) =>
      bodies
        .map((body) => (JSON.parse(body) as RdsEvent).detail ?? {})
        .filter(({ SourceArn }) => SourceArn === snapshot);
    const isEnough = (bodies: readonly string[]) => about(bodies).some(({ EventID }) => EventID === CREATED);
    const received = about(await receive(scope, source, queue, MAX_MINUTES, isEnough));
    const created = received.find(({ EventID }) => EventID === CREATED);
    if (!created) return received.length > 0 ? 'other-events' : 'no-event';
    const named = created.SourceIdentifier?.startsWith('awsbackup:job-');
    return named ? 'event-0075-with-the-name-of-the-job' : 'event-0075-with-another-name';
  },
};
