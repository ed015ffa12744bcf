import { spawnSync } from 'node:child_process';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SECTIONS } from '../../lambda/vault/report-coverage/message-sentences';
import type { CoverageEvidence, CoverageRow } from '../../src/contract/coverage';
import { accountId, region } from '../../src/contract/ids';
import { evidenceBucket, LATEST_COVERAGE } from '../../src/contract/names';
import type { Notification } from '../../src/emulator/answers';
import { breachedAlarms, measuredIn } from '../../src/rehearsal/checks/breached-alarms';
import { checkAlarms, type RaisedAlarms } from '../../src/rehearsal/checks/check-alarms';
import { coverageReports } from '../../src/rehearsal/checks/evidence';
import type { Invocation } from '../../src/rehearsal/host/invocation';
import type { RehearsalResult } from '../../src/rehearsal/result';
import type { Stage } from '../../src/rehearsal/stage';
import { EXAMPLE } from '../../src/rehearsal/world';
import { OTHER_SOURCE, REGION, SOURCE, VAULT } from '../src/emulator/emulator-world';
import { LEFT, loseMoreProtection } from './losing-more-protection';
import { play, WHOLE_MS } from './playing';

/** The account whose access role does not open any more where the rehearsal ends. */
const DENIED = EXAMPLE.newcomer;

/** The causes that the check reports when one row of the report is another. */
async function causesWithRow(
  stage: Stage,
  raised: RaisedAlarms,
  id: string,
  change: Partial<CoverageRow>,
): Promise<string[]> {
  const [report] = await coverageReports(stage);
  if (!report) throw new Error('there is no report');
  const s3 = new S3Client(stage.emulator.client(VAULT, REGION));
  const at = { Bucket: evidenceBucket(accountId(VAULT), region(REGION)), Key: LATEST_COVERAGE };
  const databases = report.databases.map((row) => (row.database.endsWith(`:${id}`) ? { ...row, ...change } : row));
  await s3.send(new PutObjectCommand({ ...at, Body: JSON.stringify({ ...report, databases }) }));
  const findings = await checkAlarms(stage, raised);
  await s3.send(new PutObjectCommand({ ...at, Body: JSON.stringify(report) }));
  return findings.map(({ cause }) => cause);
}

/** What the check of the phase finds as the phase left the world, and after each change. */
async function causesAfterChanges(stage: Stage, raised: RaisedAlarms | undefined) {
  if (!raised) throw new Error('the phase lose-protection raised nothing');
  const { alarms, messages } = raised;
  const causesWith = async (more: Partial<RaisedAlarms>) =>
    (await checkAlarms(stage, { ...raised, ...more })).map(({ cause }) => cause);
  const renamed = messages.map((one) => ({ ...one, text: one.text.replace('- invoices', '- receipts') }));
  return {
    unchanged: await causesWith({}),
    late: await causesWithRow(stage, raised, 'orders', { status: 'protected' }),
    sourceDeleted: await causesWithRow(stage, raised, 'ledger', { status: 'lost' }),
    denied: await causesWithRow(stage, raised, 'payroll', { reason: 'the call was throttled' }),
    code: await causesWithRow(stage, raised, 'ratings', { code: 'unencrypted-cluster' }),
    oneAlarmLess: await causesWith({ alarms: alarms.slice(1) }),
    oneAlarmMore: await causesWith({ alarms: [...alarms, 'quota-nearly-full'] }),
    oneMessageLess: await causesWith({ messages: messages.slice(1) }),
    otherText: await causesWith({ messages: renamed }),
  };
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

describe('a world with many unprotected databases', () => {
  let result: RehearsalResult;
  let causes: Awaited<ReturnType<typeof causesAfterChanges>>;
  let reports: readonly CoverageEvidence[] = [];
  let messages: readonly Notification[] = [];
  const runs: Invocation[] = [];
  let printed = { table: '', json: '', codes: [] as readonly (number | null)[] };

  beforeAll(async () => {
    result = await play({
      onInvocation: (invocation) => {
        if (invocation.functionName === 'checkvalve-report-coverage') runs.push(invocation);
      },
      encore: async (stage, { alarms }) => {
        causes = await causesAfterChanges(stage, alarms);
        await loseMoreProtection(stage);
        reports = await coverageReports(stage);
        const [table, json] = [status(stage), status(stage, '--json')];
        printed = { table: table.stdout, json: json.stdout, codes: [table.status, json.status] };
        messages = (await stage.emulator.notifications()).filter(({ topicArn }) =>
          topicArn.endsWith(':checkvalve-alerts'),
        );
      },
    });
    expect(result.failure).toBeUndefined();
  }, 6 * WHOLE_MS);

  test('the result of the rehearsal has the raised alarms and the subjects of the messages', () => {
    expect(result.alarms).toEqual([
      'coverage-access-denied',
      'database-never-copied',
      'rpo-exceeded',
      'database-newly-unsupported',
    ]);
    expect(result.messages).toEqual([
      `Checkvalve: 2 of 5 databases not protected (${REGION})`,
      `Checkvalve: 4 of 5 databases not protected (${REGION})`,
    ]);
  });

  test('the check of the phase finds each status, alarm and text that differs', () => {
    expect(causes).toEqual({
      unchanged: [],
      late: [
        expect.stringMatching(/^The coverage report: .*; late: orders in \d+; .*; found .*; protected: orders in/),
      ],
      sourceDeleted: [expect.stringMatching(/source-deleted: ledger in \d+; found .*; lost: ledger in \d+$/)],
      denied: [expect.stringMatching(/, whose access role denies access; .*; found unknown: payroll in \d+; never/)],
      code: [expect.stringMatching(/\(multi-az-cluster\): ratings.*; found .*\(unencrypted-cluster\): ratings/)],
      oneAlarmLess: [expect.stringMatching(/^The raised alarms: .*; found database-never-copied; /)],
      oneAlarmMore: [expect.stringMatching(/^The raised alarms: .*; found .*; quota-nearly-full$/)],
      oneMessageLess: [expect.stringMatching(/: expected .* 2 of 5 .* 4 of 5 .*; found Checkvalve: 4 of 5 [^;]*$/)],
      otherText: [`The newest message to operators lacks: ${SECTIONS.never} (1):\n- invoices in 222200001111`],
    });
  });

  test('the report in the evidence bucket has exactly these statuses, the worst first', () => {
    const rows = reports.flatMap(({ databases }) => databases);
    expect(
      rows.map(({ account, database, status, code }) => `${account} ${database.split(':')[6]} ${code ?? status}`),
    ).toEqual([
      `${DENIED} payroll unknown`,
      `${OTHER_SOURCE} stolen lost`,
      `${SOURCE} invoices never`,
      `${SOURCE} orders late`,
      // Copies of an account that left are expected until an operator confirms that it did.
      `${LEFT} sold late`,
      `${SOURCE} ratings multi-az-cluster`,
      `${SOURCE} playground missing-tag`,
      `${OTHER_SOURCE} ledger source-deleted`,
    ]);
    expect(rows.find(({ status }) => status === 'unknown')?.reason).toContain('denies access');
  });

  test('each run raises exactly the alarms of its statuses', () => {
    const deniedNeverLate = ['coverage-access-denied', 'database-never-copied', 'rpo-exceeded'];
    expect(runs.map(({ logs }) => breachedAlarms(measuredIn(logs)))).toEqual([
      [],
      // The Multi-AZ cluster is new, the account was enrolled just now, and nothing is late yet.
      ['database-newly-unsupported'],
      deniedNeverLate,
      deniedNeverLate,
      ['copy-lost', ...deniedNeverLate],
    ]);
  });

  test('operators receive a message on each day, with sentences instead of codes', () => {
    expect(messages.map(({ subject }) => subject)).toEqual([
      `Checkvalve: 2 of 5 databases not protected (${REGION})`,
      `Checkvalve: 4 of 5 databases not protected (${REGION})`,
      `Checkvalve: 7 of 8 databases not protected (${REGION})`,
    ]);
    const text = messages.at(-1)?.message ?? '';
    expect(text).toContain(`${SECTIONS.never} (1):\n- invoices in 222200001111`);
    expect(text).toContain(`${SECTIONS.unknown} (1):\n- payroll in 222200003333`);
    expect(text).toMatch(
      /is older than the RPO \(2\):\n- orders in 222200001111, .*: Newest copy .* \(\d+\.?\d* h old; RPO 26 h\)/,
    );
  });

  test('checkvalve status prints the report with the credentials of the vault account, and exits with 1', () => {
    expect(printed.codes).toEqual([1, 1]);
    expect(JSON.parse(printed.json)).toEqual(JSON.parse(JSON.stringify(reports)));
    const rows = printed.table.split('\n').filter((line) => /│ \d{12} │/.test(line));
    expect(rows.map((row) => row.split('│').map((cell) => cell.trim())[3])).toEqual([
      ...['unknown', 'lost', 'never', 'late', 'late', 'unsupported', 'missing-tag', 'source-deleted'],
    ]);
    expect(printed.table).toContain(
      '1 unknown, 1 lost, 1 never, 2 late, 1 unsupported, 1 missing-tag, 1 source-deleted',
    );
  });

  test('a run succeeds although one access role denies access', () => {
    expect(runs.map(({ outcome }) => outcome.kind)).toEqual(Array(5).fill('returned'));
  });
});
