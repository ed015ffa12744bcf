import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import { staleCoverage } from '../../../../src/operations/status/stale-coverage';
import { ALARMS } from '../../../../src/vault/alarm-table';
import { aCopy, aDatabase, factsOf, openAccount } from '../../../support/coverage-world';

const database = aDatabase('orders');
const { evidence } = plan(factsOf([openAccount({ databases: [database] })], [aCopy(database, 5)]));
const after = (hours: number) => new Date(Date.parse(evidence.at) + hours * 3_600_000);

test('a report older than the alarm’s time gives its age and a remedy', () => {
  expect(staleCoverage(evidence, after(3))).toBeUndefined();
  expect(staleCoverage(evidence, after(3.5))).toMatch(/^The coverage report of eu-central-1 is 3 hours old, /);
  expect(staleCoverage(evidence, after(75))).toMatch(/ is 3 days old, .*docs\/runbook\.md/);
  expect(staleCoverage({ ...evidence, at: 'soon' }, after(0))).toContain('no valid time (soon)');
});

test('the article that it names is an alarm’s', () => {
  const [, article = ''] = /article ([\w-]+) of the runbook/.exec(staleCoverage(evidence, after(9)) ?? '') ?? [];
  expect(ALARMS.map((alarm) => alarm.article)).toContain(article);
  expect(readFileSync('docs/runbook.md', 'utf8')).toContain(`\n### ${article}\n`);
});

describe('checkvalve status', () => {
  const status = async (at: string, ...args: readonly string[]) => {
    const server = createServer((_, answer) => answer.end(JSON.stringify({ ...evidence, at })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'someone',
      AWS_SECRET_ACCESS_KEY: 'something',
    };
    const child = spawn('node', ['src/cli/checkvalve.js', 'status', ...args], { env });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => {
      output.stdout += text;
    });
    child.stderr.on('data', (text) => {
      output.stderr += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    server.close();
    return { code, ...output };
  };

  test('ends with exit code 0 for a report of this hour', async () => {
    const { code, stdout, stderr } = await status(new Date().toISOString());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.replace(/\s+/g, ' ')).not.toContain('old, although report-coverage');
  }, 120_000);

  test('ends with exit code 1 for an old report, and reports it on standard error with --json', async () => {
    const { code, stdout } = await status(evidence.at);
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /The coverage report of eu-central-1 is \d+ \w+ old, although report-coverage/,
    );
    const json = await status(evidence.at, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual([evidence]);
    expect(json.stderr.replace(/\s+/g, ' ')).toContain('old, although report-coverage writes one each hour');
  }, 120_000);
});
