import type { Kind } from './ids';

/** AWS Backup's services for clusters, by the names that its jobs and its opt-in use, and the engines of RDS that each is for.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html */
const CLUSTER_ENGINES = {
  Aurora: /^aurora/,
  DocumentDB: /^docdb$/,
  Neptune: /^neptune$/,
} as const satisfies Readonly<Record<string, RegExp>>;

/** A service of AWS Backup for clusters. */
export type ClusterService = keyof typeof CLUSTER_ENGINES;
/** A service of AWS Backup whose databases Checkvalve protects: the `ResourceType` of its jobs and the key of its opt-in. */
export type DatabaseService = 'RDS' | ClusterService;

/** The services for clusters. AWS Backup makes no backup of a cluster without the opt-in of its service. Instances, `RDS`, are
 * backed up when a plan selects them by ARN, with or without opt-in.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/getting-started.html#service-opt-in */
export const CLUSTER_SERVICES = Object.keys(CLUSTER_ENGINES) as readonly ClusterService[];

/** The services whose databases Checkvalve protects. */
export const DATABASE_SERVICES: readonly DatabaseService[] = ['RDS', ...CLUSTER_SERVICES];

/** Whether AWS Backup's name of a service or of a resource type is that of databases. */
export const isDatabaseService = (name: string): name is DatabaseService =>
  (DATABASE_SERVICES as readonly string[]).includes(name);

/** The service whose opt-in a database needs. Undefined for instances of RDS, which need none, and for Multi-AZ DB clusters. */
export const clusterServiceOf = ({ kind, engine }: { readonly kind: Kind; readonly engine: string }) =>
  kind === 'cluster' ? CLUSTER_SERVICES.find((service) => CLUSTER_ENGINES[service].test(engine)) : undefined;
