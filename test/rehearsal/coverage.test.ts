import { spawnSync } from 'node:child_process';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CopyDBSnapshotCommand,
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DeleteDBSnapshotCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { CoverageEvidence } from '../../src/contract/coverage';
import { TAGS } from '../../src/contract/names';
import { fire } from '../../src/rehearsal/beats';
import type { Notification } from '../../src/rehearsal/emulator/answers';
import { coverageReports, vaultCopies } from '../../src/rehearsal/evidence';
import type { Invocation } from '../../src/rehearsal/lambda-host';
import type { Stage } from '../../src/rehearsal/stage';
import { breached, measuredIn } from '../support/breached';
import { OTHER_SOURCE, REGION, SOURCE, VAULT } from './emulator-world';
import { play, WHOLE_MS } from './playing';

/** Accounts that no tooling stands in: one the vault believes enrolled, one that left. */
const SHUT = '222200003333';
const LEFT = '222200004444';
const LOGIN = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
const TAGGED = [{ Key: 'environment', Value: 'production' }];
const arnOf = (account: string, id: string) => `arn:aws:rds:${REGION}:${account}:db:${id}`;

/** The vault comes to hold a copy of a database that the rehearsal does not have, made like its own. */
async function plantCopy(stage: Stage, account: string, id: string): Promise<string> {
  const rds = new RDSClient(stage.emulator.client(VAULT, REGION));
  const [like] = (await vaultCopies(stage)).filter(({ seen }) => seen.kind === 'instance');
  const name = `checkvalve-${account}-${id}-0011223344556677`;
  const now = (await stage.emulator.now()).toISOString();
  const tags = {
    [TAGS.role]: 'vault',
    [TAGS.database]: arnOf(account, id),
    [TAGS.exportCopy]: `arn:aws:rds:${REGION}:${account}:snapshot:checkvalve-${id}-1`,
    [TAGS.sourceTime]: now,
    [TAGS.importedAt]: now,
  };
  await rds.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: like?.seen.name,
      TargetDBSnapshotIdentifier: name,
      KmsKeyId: like?.kmsKeyArn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return name;
}

async function enter(stage: Stage, account: string, state: string): Promise<void> {
  await new DynamoDBClient(stage.emulator.client(VAULT, REGION)).send(
    new PutItemCommand({
      TableName: 'checkvalve-sources',
      Item: {
        account: { S: account },
        state: { S: state },
        regions: { L: [{ S: REGION }] },
        since: { S: '2026-11-25T00:00:00.000Z' },
        reason: { S: 'a test' },
      },
    }),
  );
}

/** What goes wrong in the world: databases nobody copies, an account that shuts its door, one that left, a thief. */
async function goWrong(stage: Stage): Promise<void> {
  const team = new RDSClient(stage.emulator.client(SOURCE, REGION));
  const instance = (DBInstanceIdentifier: string, Tags = TAGGED) =>
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      Engine: 'postgres',
      DBInstanceClass: 'db.t4g.medium',
      AllocatedStorage: 20,
      StorageEncrypted: true,
      Tags,
      ...LOGIN,
    });
  await team.send(instance('invoices'));
  await team.send(instance('playground', []));
  const cluster = { DBClusterIdentifier: 'ratings', Engine: 'postgres', StorageEncrypted: true, Tags: TAGGED };
  await team.send(new CreateDBClusterCommand({ ...cluster, ...LOGIN }));
  await enter(stage, SHUT, 'enrolled');
  await enter(stage, LEFT, 'left');
  await plantCopy(stage, SHUT, 'hidden');
  await plantCopy(stage, LEFT, 'sold');
  const stolen = await plantCopy(stage, OTHER_SOURCE, 'stolen');
  await stage.emulator.advance(3600);
  await fire(stage, 'tell-coverage');
  await new RDSClient(stage.emulator.client(VAULT, REGION)).send(
    new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: stolen }),
  );
  await stage.emulator.advance(29 * 3600);
  await fire(stage, 'tell-coverage');
}

/** The command, as an operator of the vault account would run it. */
const status = (stage: Stage, ...more: readonly string[]) =>
  spawnSync(process.execPath, ['src/cli/checkvalve.js', 'status', ...more], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: stage.emulator.endpoint,
      AWS_ACCESS_KEY_ID: VAULT,
      AWS_SECRET_ACCESS_KEY: 'emulated',
    },
  });

describe('a world in which much goes wrong', () => {
  let reports: readonly CoverageEvidence[] = [];
  let told: readonly Notification[] = [];
  const runs: Invocation[] = [];
  let printed = { table: '', json: '', codes: [] as readonly (number | null)[] };

  beforeAll(async () => {
    const result = await play({
      heard: (invocation) => {
        if (invocation.functionName === 'checkvalve-tell-coverage') runs.push(invocation);
      },
      encore: async (stage) => {
        await goWrong(stage);
        reports = await coverageReports(stage);
        const [table, json] = [status(stage), status(stage, '--json')];
        printed = { table: table.stdout, json: json.stdout, codes: [table.status, json.status] };
        told = (await stage.emulator.notifications()).filter(({ topicArn }) => topicArn.endsWith(':checkvalve-alerts'));
      },
    });
    expect(result.failure).toBeUndefined();
  }, 6 * WHOLE_MS);

  test('exactly these verdicts stand in the evidence bucket, the worst first', () => {
    const rows = reports.flatMap(({ databases }) => databases);
    expect(
      rows.map(({ account, database, verdict, code }) => `${account} ${database.split(':')[6]} ${code ?? verdict}`),
    ).toEqual([
      `${SHUT} hidden unknown`,
      `${OTHER_SOURCE} stolen lost`,
      `${SOURCE} invoices never`,
      `${SOURCE} orders late`,
      `${SOURCE} ratings multi-az-cluster`,
      `${SOURCE} playground untagged`,
      `${OTHER_SOURCE} ledger last-copy`,
      `${LEFT} sold left`,
    ]);
    expect(rows.find(({ verdict }) => verdict === 'unknown')?.reason).toContain('does not open');
  });

  test('exactly the alarms of these verdicts are raised', () => {
    expect(breached(measuredIn(runs.at(-1)?.logs ?? ''))).toEqual([
      'a copy has vanished from the vault',
      'an account does not let the vault look in',
      'a database has never been copied',
      'a copy is older than its objective',
    ]);
    // A day before, the Multi-AZ cluster was new, and nothing was late or lost yet.
    expect(breached(measuredIn(runs.at(-2)?.logs ?? ''))).toEqual([
      'an account does not let the vault look in',
      'a database can no longer be copied',
    ]);
  });

  test('people are told on both days, in words and not in codes', () => {
    expect(told.map(({ subject }) => subject)).toEqual([
      `Checkvalve: 3 of 8 databases not protected (${REGION})`,
      `Checkvalve: 6 of 8 databases not protected (${REGION})`,
    ]);
    const text = told.at(-1)?.message ?? '';
    expect(text).toContain('Never copied (1):\n- invoices in 222200001111');
    expect(text).toContain('Nobody knows, because the account’s door does not open (1):\n- hidden in 222200003333');
    expect(text).toMatch(
      /The newest copy is too old \(1\):\n- orders in 222200001111, newest copy .* \(\d+\.?\d* h old; at most 26 h\)/,
    );
  });

  test('checkvalve status prints the report with the credentials of the vault account, and ends with 1', () => {
    expect(printed.codes).toEqual([1, 1]);
    expect(JSON.parse(printed.json)).toEqual(JSON.parse(JSON.stringify(reports)));
    const rows = printed.table.split('\n').filter((line) => /│ \d{12} │/.test(line));
    expect(rows.map((row) => row.split('│').map((cell) => cell.trim())[3])).toEqual([
      ...['unknown', 'lost', 'never', 'late', 'unprotectable', 'untagged', 'last-copy', 'left'],
    ]);
    expect(printed.table).toContain(
      '1 unknown, 1 lost, 1 never, 1 late, 1 unprotectable, 1 untagged, 1 last-copy, 1 left',
    );
  });

  test('one door that stays shut stops nobody: the run ends well', () => {
    expect(runs.map(({ outcome }) => outcome.kind)).toEqual(['returned', 'returned', 'returned']);
  });
});
