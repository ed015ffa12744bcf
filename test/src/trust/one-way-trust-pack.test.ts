import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { buildApp } from '../../../src/app';
import { config } from '../../../src/checkvalve.config';
import { CheckvalveError } from '../../../src/contract/errors';
import { OneWayTrustPack } from '../../../src/trust/one-way-trust-pack';
import { EXCUSES, excuse, openInbox } from './fixtures/open-inbox';

const SENTENCE = 'No AWS principal outside the vault is allowed anything by a resource policy of the vault.';
const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-trust-'));
afterAll(() => rmSync(outdir, { recursive: true }));

const landingZone = (name: string) => buildApp(config, { outdir: join(outdir, name) });
const verdict = (app: ReturnType<typeof landingZone>) =>
  new OneWayTrustPack(app, { vaultAccount: config.vault.account }).validateScope(app);

test('the landing zone as it is has nothing to find', () => {
  expect(verdict(landingZone('clean'))).toEqual({ success: true, violations: [] });
});

test('a source that may write to the inbox is named, in the rule’s own sentence', () => {
  const app = landingZone('open');
  openInbox(app);
  expect(verdict(app).violations).toEqual([
    {
      ruleName: 'OneWayTrust-T1[AWS: arn:aws:iam::222200001111:root]',
      description: SENTENCE,
      severity: 'error',
      violatingResources: [
        { constructPath: 'Vault-eu-central-1/Inbox/Queue/Policy/Resource', locations: ['Properties'] },
      ],
    },
  ]);
  expect(() => app.synth()).toThrow(SENTENCE);
});

test.each(EXCUSES)('acknowledging %s does not help: it is refused by itself', (id) => {
  const app = landingZone(`excused-${EXCUSES.indexOf(id)}`);
  openInbox(app);
  excuse(app, id);
  const refusal = expect.objectContaining({ code: 'TRUST_RULE_EXCUSED', message: expect.stringContaining(SENTENCE) });
  expect(() => verdict(app)).toThrow(CheckvalveError);
  expect(() => verdict(app)).toThrow(refusal);
  expect(() => app.synth()).toThrow(SENTENCE);
});

test.each(['Vault-eu-central-1', 'Management', 'Tooling', ''])(
  'nor does it anywhere else in the tree: at “%s”',
  (at) => {
    const app = landingZone(`elsewhere-${at}`);
    Validations.of(at ? app.node.findChild(at) : app).acknowledge({ id: 'OneWayTrust-T1', reason: 'to be safe' });
    expect(() => verdict(app)).toThrow(expect.objectContaining({ code: 'TRUST_RULE_EXCUSED' }));
  },
);

test('acknowledging rules of other packs is nobody’s business here, whatever the reason says', () => {
  const app = landingZone('others');
  Validations.of(app).acknowledge({ id: 'AwsSolutions-SNS3', reason: 'not a matter of OneWayTrust' });
  expect(verdict(app).success).toBe(true);
});

/** What `npx cdk synth` answers for the app of the fixture. */
const cdkSynth = (...args: string[]) =>
  new Promise<{ status: unknown; said: string }>((done) => {
    const out = join(outdir, ['cli', ...args].join('-'));
    const app = ['node --import tsx test/src/trust/fixtures/open-inbox.app.ts', ...args].join(' ');
    execFile('npx', ['cdk', 'synth', '-q', '--app', app, '-o', out], (error, stdout, stderr) => {
      done({ status: error ? error.code : 0, said: `${stdout}${stderr}` });
    });
  });

// The command line judges by the report alone: it once ended with exit code 0 for a pack that threw.
test('`npx cdk synth` fails on it, acknowledged or not', async () => {
  const [open, excused] = await Promise.all([cdkSynth(), cdkSynth('excused')]);
  expect(open.status).toBe(1);
  expect(open.said).toContain(SENTENCE);
  expect(open.said).toContain('222200001111');
  expect(excused.status).toBe(1);
  expect(excused.said).toContain(SENTENCE);
  expect(readFileSync(join(outdir, 'cli', 'validation-report.json'), 'utf8')).toContain('OneWayTrust-T1');
}, 90_000);
