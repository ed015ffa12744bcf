import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
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

/** A small app with one hole: a queue of the vault that a source may write to. */
function holed(name: string) {
  const app = new App({ outdir: join(outdir, name), analyticsReporting: false });
  const stack = new Stack(app, 'Vault', { env: { account: config.vault.account, region: 'eu-central-1' } });
  const parent = new Construct(stack, 'Parent');
  const statement = { Effect: 'Allow', Principal: { AWS: '222200001111' }, Action: 'sqs:SendMessage', Resource: '*' };
  const construct = new CfnResource(parent, 'Policy', {
    type: 'AWS::SQS::QueuePolicy',
    properties: { Queues: ['x'], PolicyDocument: { Statement: [statement] } },
  });
  Validations.of(app).addPlugins(new OneWayTrustPack(app, { vaultAccount: config.vault.account }));
  return { app, places: { construct, parent, stack, app } };
}

// The finding's id differs from the one in the list: what is refused is the acknowledgement, whether it fits or not.
const IDS = [...EXCUSES, 'OneWayTrust-T1[AWS: 222200001111]', 'OneWayTrust::OneWayTrust-T1'];
test.each(IDS.flatMap((id) => (['construct', 'parent', 'stack', 'app'] as const).map((place) => [id, place] as const)))(
  'synthesis throws for %s at the %s',
  (id, place) => {
    const { app, places } = holed(`small-${IDS.indexOf(id)}-${place}`);
    Validations.of(places[place]).acknowledge({ id, reason: 'a reason that is long enough to be taken for one' });
    expect(() => app.synth()).toThrow(SENTENCE);
    expect(() => app.synth()).toThrow('TRUST_RULE_EXCUSED');
  },
);

test('acknowledging rules of other packs is nobody’s business here, whatever the reason says', () => {
  const app = landingZone('others');
  Validations.of(app).acknowledge({ id: 'AwsSolutions-SNS3', reason: 'not a matter of OneWayTrust' });
  expect(verdict(app).success).toBe(true);
});

/** What `npx cdk synth` answers: for the app of cdk.json, or for another. */
const cdkSynth = (name: string, app?: string) =>
  new Promise<{ status: unknown; said: string; report: string }>((done) => {
    const out = join(outdir, name);
    const args = ['cdk', 'synth', '-q', ...(app ? ['--app', app] : []), '-o', out];
    execFile('npx', args, (error, stdout, stderr) => {
      const report = readFileSync(join(out, 'validation-report.json'), 'utf8');
      done({ status: error ? error.code : 0, said: `${stdout}${stderr}`, report });
    });
  });
const OPEN_INBOX = 'node --import tsx test/src/trust/fixtures/open-inbox.app.ts';

// The command line judges by the report alone: it once ended with exit code 0 for a pack that threw.
test('`npx cdk synth` passes as it is, and fails on the hole, acknowledged or not', async () => {
  const [open, excused] = await Promise.all([
    cdkSynth('cli-open', OPEN_INBOX),
    cdkSynth('cli-excused', `${OPEN_INBOX} excused`),
  ]);
  expect(open.status).toBe(1);
  expect(open.said).toContain(SENTENCE);
  expect(open.said).toContain('222200001111');
  expect(open.report).toContain('OneWayTrust-T1');
  expect(excused.status).toBe(1);
  expect(excused.said).toContain(SENTENCE);
  expect(excused.report).toContain('TRUST_RULE_EXCUSED');
  const clean = await cdkSynth('cli-clean');
  expect(clean).toMatchObject({ status: 0, said: expect.not.stringContaining(SENTENCE) });
  expect(JSON.parse(clean.report)).toMatchObject({ pluginReports: [] });
}, 120_000);
