// Longer than most: every service that a step calls is answered here.
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Random } from '../../../src/simulation/random';
import { Cell, type CellSize, type ListedSnapshot, REGION, VAULT } from './cell';
import { StubTable } from './stub-table';

/** What the stub is started with, as JSON in `STUB`. */
export interface StubSettings extends CellSize {
  /** Files of the certificate and its key. */
  readonly certificate: string;
  readonly key: string;
  /** Milliseconds until a service answers, by the name in the SDK's endpoint variables: each call takes 0.7 to 1.6 times as long. */
  readonly latencyMs: Readonly<Record<string, number>>;
  readonly tables: { readonly sources: string; readonly registry: string };
}

/** What the stub counted. */
export interface StubFigures {
  /** Calls by service and operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** The most sockets that were open at a time. */
  readonly sockets: number;
}

const PAGE = 100;
const settings = JSON.parse(process.env.STUB ?? '{}') as StubSettings;
const cell = new Cell(settings);
const random = new Random(settings.seed, 'latency');
const calls: Record<string, number> = {};
const objects = new Map<string, Buffer>();
const tables = new Map<string, StubTable>();
const rendered = new Map<string, readonly string[]>();
let [open, most] = [0, 0];

const now = new Date().toISOString();
const entries = cell.accounts.map(({ id }) => ({
  account: { S: id },
  state: { S: 'enrolled' },
  regions: { L: [{ S: REGION }] },
  since: { S: '2026-01-01T00:00:00.000Z' },
  reason: { S: 'the account has the tag environment=production' },
  revision: { N: '3' },
}));
const sweep = { account: { S: '#sweep' }, sweep: { S: JSON.stringify({ touchedAt: now }) } };
tables.set(settings.tables.sources, new StubTable(entries));
tables.set(settings.tables.registry, new StubTable([...entries, sweep]));

const xml = (operation: string, inner = '') =>
  `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`;

const tagList = (tags: Readonly<Record<string, string>>, listed: string) => {
  const items = Object.entries(tags).map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`);
  return `<${listed}>${items.join('')}</${listed}>`;
};

function snapshotXml({ arn, kind, type, database, at, kmsKeyArn, tags }: ListedSnapshot): string {
  const name = arn.split(':').slice(6).join(':');
  const owner = arn.split(':')[4];
  const common =
    `<Status>available</Status><SnapshotType>${type}</SnapshotType><Engine>${kind === 'cluster' ? 'aurora-postgresql' : 'postgres'}</Engine>` +
    `<EngineVersion>16.4</EngineVersion><AllocatedStorage>100</AllocatedStorage><SnapshotCreateTime>${at}</SnapshotCreateTime>` +
    `<KmsKeyId>${kmsKeyArn}</KmsKeyId><Port>5432</Port><AvailabilityZone>${REGION}a</AvailabilityZone><VpcId>vpc-0a1b2c3d4e5f60718</VpcId>` +
    `<MasterUsername>dba</MasterUsername><LicenseModel>postgresql-license</LicenseModel><PercentProgress>100</PercentProgress>` +
    `<StorageType>gp3</StorageType><IAMDatabaseAuthenticationEnabled>false</IAMDatabaseAuthenticationEnabled>${tagList(tags, 'TagList')}`;
  return kind === 'cluster'
    ? `<DBClusterSnapshot><DBClusterSnapshotIdentifier>${name}</DBClusterSnapshotIdentifier><DBClusterSnapshotArn>${arn}</DBClusterSnapshotArn>` +
        `<DBClusterIdentifier>${database}</DBClusterIdentifier><DbClusterResourceId>cluster-${owner}</DbClusterResourceId>` +
        `<StorageEncrypted>true</StorageEncrypted>${common}</DBClusterSnapshot>`
    : `<DBSnapshot><DBSnapshotIdentifier>${name}</DBSnapshotIdentifier><DBSnapshotArn>${arn}</DBSnapshotArn>` +
        `<DBInstanceIdentifier>${database}</DBInstanceIdentifier><DbiResourceId>instance-${owner}</DbiResourceId>` +
        `<OriginalSnapshotCreateTime>${at}</OriginalSnapshotCreateTime><Encrypted>true</Encrypted>${common}</DBSnapshot>`;
}

function databaseXml(account: string, kind: 'instance' | 'cluster'): string {
  const one = cell.accounts.find(({ id }) => id === account);
  if (!one || one.kind !== kind) return '';
  const tags = tagList({ environment: 'production', team: 'orders' }, 'TagList');
  return kind === 'cluster'
    ? `<DBCluster><DBClusterIdentifier>${one.database}</DBClusterIdentifier><DBClusterArn>arn:aws:rds:${REGION}:${account}:cluster:${one.database}</DBClusterArn>` +
        `<DbClusterResourceId>cluster-${account}</DbClusterResourceId><Engine>aurora-postgresql</Engine><StorageEncrypted>true</StorageEncrypted>` +
        `<ClusterCreateTime>2026-01-01T00:00:00Z</ClusterCreateTime>${tags}</DBCluster>`
    : `<DBInstance><DBInstanceIdentifier>${one.database}</DBInstanceIdentifier><DBInstanceArn>arn:aws:rds:${REGION}:${account}:db:${one.database}</DBInstanceArn>` +
        `<DbiResourceId>instance-${account}</DbiResourceId><Engine>postgres</Engine><StorageEncrypted>true</StorageEncrypted>` +
        `<InstanceCreateTime>2026-01-01T00:00:00Z</InstanceCreateTime><PreferredBackupWindow>14:00-14:30</PreferredBackupWindow>` +
        `<PreferredMaintenanceWindow>sun:15:00-sun:15:30</PreferredMaintenanceWindow>${tags}</DBInstance>`;
}

function listed(account: string, kind: 'instance' | 'cluster', type: string | undefined): readonly string[] {
  const inVault = account === VAULT;
  const key = `${account} ${kind} ${type}`;
  const known = rendered.get(key);
  if (known) return known;
  const found = inVault
    ? [...(type === 'shared' ? cell.shared(kind) : type === 'awsbackup' ? [] : cell.vaultCopies(kind))]
    : [...cell.snapshotsOf(account, kind, type)];
  const all = found.map(snapshotXml);
  if (inVault) rendered.set(key, all);
  return all;
}

/** The pages of a listing; a filter on names selects, as RDS does it. */
function describe(operation: string, account: string, input: URLSearchParams): string {
  const kind = operation === 'DescribeDBSnapshots' ? 'instance' : 'cluster';
  const many = kind === 'instance' ? 'DBSnapshots' : 'DBClusterSnapshots';
  const names = [...input].flatMap(([key, value]) =>
    /^Filters\.Filter\.\d+\.Values\.Value\.\d+$/.test(key) ? [value] : [],
  );
  const one = input.get('DBSnapshotIdentifier') ?? input.get('DBClusterSnapshotIdentifier');
  const wanted = one ? [one] : names;
  const type = input.get('SnapshotType') ?? undefined;
  const all = listed(account, kind, type);
  const found = wanted.length > 0 ? all.filter((text) => wanted.some((name) => text.includes(name))) : all;
  const from = Number(input.get('Marker') ?? 0);
  const marker = from + PAGE < found.length ? `<Marker>${from + PAGE}</Marker>` : '';
  return `<${many}>${found.slice(from, from + PAGE).join('')}</${many}>${marker}`;
}

function rds(operation: string, account: string, input: URLSearchParams): string {
  if (operation === 'DescribeDBSnapshots' || operation === 'DescribeDBClusterSnapshots')
    return describe(operation, account, input);
  if (operation === 'DescribeDBInstances') return `<DBInstances>${databaseXml(account, 'instance')}</DBInstances>`;
  if (operation === 'DescribeDBClusters') return `<DBClusters>${databaseXml(account, 'cluster')}</DBClusters>`;
  return '';
}

function assumeRole(input: URLSearchParams): string {
  const [, account = VAULT] = /::(\d{12}):/.exec(input.get('RoleArn') ?? '') ?? [];
  return (
    `<Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>` +
    `<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials>`
  );
}

function tableOf(name: string): StubTable {
  const table = tables.get(name) ?? new StubTable([]);
  tables.set(name, table);
  return table;
}

function json(service: string, operation: string, body: string, account: string): object {
  const input = JSON.parse(body || '{}') as Record<string, never>;
  if (service === 'DYNAMODB') return StubTable.answer(operation, input, tableOf);
  if (service === 'KMS') {
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
      Resource: '*',
    };
    return {
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
      Truncated: false,
      PolicyName: 'default',
    };
  }
  if (service === 'SQS')
    return { QueueUrl: `https://127.0.0.1/${account}/queue`, Attributes: {}, MessageId: Cell.requestId() };
  return {};
}

function answer(service: string, request: IncomingMessage, body: string, response: ServerResponse): void {
  const form = new URLSearchParams(body);
  const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
  const operation = target ?? form.get('Action') ?? `${request.method}`;
  const name = `${service}:${operation}`;
  calls[name] = (calls[name] ?? 0) + 1;
  const [, account = VAULT] = /Credential=ASIA(\d{12})/.exec(String(request.headers.authorization)) ?? [];
  if (service === 'S3') {
    const { pathname } = new URL(request.url ?? '/', 'https://127.0.0.1');
    if (request.method === 'PUT') objects.set(pathname, Buffer.from(body));
    const found = objects.get(pathname);
    if (request.method === 'PUT') response.writeHead(200, { etag: '"1"' }).end();
    else if (found) response.writeHead(200, { 'content-length': found.length }).end(found);
    else response.writeHead(404).end('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
    return;
  }
  if (service === 'STS') response.writeHead(200).end(xml(operation, assumeRole(form)));
  else if (service === 'RDS') response.writeHead(200).end(xml(operation, rds(operation, account, form)));
  else if (service === 'SNS')
    response.writeHead(200).end(xml(operation, '<SubscriptionArn>arn:aws:sns:x:1:y:z</SubscriptionArn>'));
  else if (service === 'BACKUP') {
    const text = /region|account-settings/.test(request.url ?? '')
      ? { ResourceTypeOptInPreference: {} }
      : { BackupJobs: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(text));
  } else {
    const found = json(service, operation, body, account);
    const status = '__type' in found ? 400 : 200;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(found));
  }
}

const SERVICES = ['STS', 'RDS', 'BACKUP', 'SQS', 'SNS', 'DYNAMODB', 'S3', 'KMS'] as const;

/** One server for each service, as AWS has one endpoint for each: the process prints their ports, then waits. */
async function start(): Promise<void> {
  const tls = { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) };
  const ports: Record<string, number> = {};
  for (const service of SERVICES) {
    const server = createServer({ ...tls, keepAlive: true }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      const wait = (settings.latencyMs[service] ?? 0) * (0.7 + random.next() * 0.9);
      request.on('end', () =>
        setTimeout(() => answer(service, request, Buffer.concat(parts).toString(), response), wait),
      );
    });
    server.keepAliveTimeout = 60_000;
    server.on('secureConnection', (socket) => {
      open += 1;
      most = Math.max(most, open);
      socket.on('close', () => {
        open -= 1;
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    ports[service] = (server.address() as AddressInfo).port;
  }
  process.send?.({ ports });
}

/** Each message asks for the figures since the last one. */
process.on('message', () => {
  process.send?.({ figures: { calls: { ...calls }, sockets: most } satisfies StubFigures });
  for (const name of Object.keys(calls)) delete calls[name];
  most = open;
});

void start();
