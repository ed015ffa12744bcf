import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  CfnCondition,
  CfnElement,
  CfnParameter,
  CfnResource,
  Fn,
  type PolicyValidationPluginReport,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { StackSetStack } from 'cdk-stacksets';
import { Construct } from 'constructs';
import { buildApp } from '../../../src/app';
import { config } from '../../../src/checkvalve.config';
import { OneWayTrustPack } from '../../../src/trust/one-way-trust-pack';
import { testOfAll } from '../../support/sample';
import { ACKNOWLEDGED_IDS, acknowledge, openInbox } from './fixtures/open-inbox';

const SENTENCE = 'No AWS principal outside the vault is allowed anything by a resource policy of the vault.';
const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-trust-'));
afterAll(() => rmSync(outdir, { recursive: true }));

const ACCOUNTS = { vault: '333300002222', management: '444400003333', organization: 'o-exampleorg1' };
const landingZone = (name: string) => buildApp(config, { outdir: join(outdir, name) });

/** What the pack says of an app when its templates are written. */
function verdict(app: App): PolicyValidationPluginReport {
  try {
    app.synth();
  } catch {
    // The app's own pack says the same.
  }
  return judge(app);
}
const judge = (app: App) =>
  new OneWayTrustPack(ACCOUNTS).validate({ appConstruct: app, templatePaths: [], stackTemplates: [] });
const refusal = (text: string) =>
  expect.objectContaining({
    ruleName: 'TRUST_RULE_ACKNOWLEDGED',
    severity: 'fatal',
    description: expect.stringContaining(text),
  });

test('the landing zone has no findings', () => {
  expect(verdict(landingZone('clean'))).toEqual({ success: true, violations: [] });
});

test('a source that may write to the inbox is named, in the rule’s own sentence', () => {
  const app = landingZone('open');
  openInbox(app);
  expect(verdict(app).violations).toEqual([
    {
      ruleName: 'OneWayTrust-T1[AWS: arn:aws:iam::222200001111:root]',
      description: SENTENCE,
      fix: expect.stringContaining('docs/trust-rules.md'),
      severity: 'error',
      violatingResources: [
        { constructPath: 'Vault-eu-central-1/Inbox/Queue/Policy/Resource', locations: ['Properties'] },
      ],
    },
  ]);
  expect(() => app.synth()).toThrow(SENTENCE);
});

test.each(ACKNOWLEDGED_IDS)('acknowledging %s does not help: it is refused by itself', (id) => {
  const app = landingZone(`acknowledged-${ACKNOWLEDGED_IDS.indexOf(id)}`);
  openInbox(app);
  acknowledge(app, id);
  expect(judge(app)).toEqual({ success: false, violations: [refusal(SENTENCE)] });
});

test.each(['Vault-eu-central-1', 'Management', 'Tooling', ''])(
  'nor does it anywhere else in the tree: at “%s”',
  (at) => {
    const app = landingZone(`elsewhere-${at}`);
    Validations.of(at ? app.node.findChild(at) : app).acknowledge({ id: 'OneWayTrust-T1', reason: 'to be safe' });
    expect(judge(app)).toEqual({ success: false, violations: [refusal(at || 'the app')] });
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
  Validations.of(app).addPlugins(new OneWayTrustPack(ACCOUNTS));
  return { app, places: { construct, parent, stack, app } };
}

// The finding's id differs from the one in the list: what is refused is the acknowledgement, whether it fits or not.
const IDS = [...ACKNOWLEDGED_IDS, 'OneWayTrust-T1[AWS: 222200001111]', 'OneWayTrust::OneWayTrust-T1'];
test.each(IDS.flatMap((id) => (['construct', 'parent', 'stack', 'app'] as const).map((place) => [id, place] as const)))(
  'synthesis throws for %s at the %s',
  (id, place) => {
    const { app, places } = holed(`small-${IDS.indexOf(id)}-${place}`);
    Validations.of(places[place]).acknowledge({ id, reason: 'a reason that is long enough to be taken for one' });
    expect(() => app.synth()).toThrow(SENTENCE);
    expect(() => app.synth()).toThrow('TRUST_RULE_ACKNOWLEDGED');
  },
);

/** The findings in an app with a changed stack of the vault. */
function findingsOf(
  name: string,
  change: (stack: Stack) => void,
  env: { account?: string; region?: string } = { account: ACCOUNTS.vault },
) {
  const app = new App({ outdir: join(outdir, name), analyticsReporting: false });
  change(new Stack(app, 'It', { env: { region: 'eu-central-1', ...env } }));
  return verdict(app).violations.map(({ ruleName, violatingResources: [at] }) => [ruleName, at?.constructPath]);
}
const FOREIGN = { Statement: [{ Effect: 'Allow', Principal: { AWS: '222200001111' }, Action: '*', Resource: '*' }] };

/** An element that is no resource of the CDK's, and writes whatever it likes. */
class HomeMade extends CfnElement {
  _toCloudFormation(): object {
    return { Resources: { Hidden: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: FOREIGN } } } };
  }
}

test.each<[string, (stack: Stack) => void, string, string]>([
  ['a macro of the template', (stack) => stack.addTransform('Anything'), 'OneWayTrust-T1[Transform: its effect', 'It'],
  ['an element of its own making', (stack) => new HomeMade(stack, 'X'), 'OneWayTrust-T1[AWS: 2222', 'It'],
  [
    'a template that is included',
    (stack) => new CfnInclude(stack, 'X', { templateFile: INCLUDED }),
    'OneWayTrust-T1[AWS: 2222',
    'It/X/Hidden',
  ],
  [
    'an override',
    (stack) =>
      new CfnResource(stack, 'Key', { type: 'AWS::KMS::Key', properties: {} }).addPropertyOverride(
        'KeyPolicy',
        FOREIGN,
      ),
    'OneWayTrust-T1[AWS: 2222',
    'It/Key',
  ],
  [
    'the CDK’s own topic as the target of a rule',
    (stack) =>
      new Rule(stack, 'Rule', {
        schedule: Schedule.expression('rate(1 day)'),
        targets: [new SnsTopic(new Topic(stack, 'Topic'))],
      }),
    'OneWayTrust-T1[Service: events.amazonaws.com]',
    'It/Topic/Policy/Resource',
  ],
])('%s is judged', (name, change, ruleName, path) => {
  expect(findingsOf(name, change)).toContainEqual([expect.stringContaining(ruleName), path]);
});

const INCLUDED = join(outdir, 'included.json');
writeFileSync(
  INCLUDED,
  JSON.stringify({ Resources: { Hidden: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: FOREIGN } } } }),
);

test('a stack of an unknown account is a finding', () => {
  const nothing = () => {};
  expect(findingsOf('unknown', nothing, {})).toEqual([['OneWayTrust-T1[the account of its stack is unknown]', 'It']]);
  expect(findingsOf('known', nothing)).toEqual([]);
});

test('a StackSet of the management account deploys to sources, one of the vault to the vault', () => {
  const key = (stack: Stack) => {
    const pushed = new StackSetStack(stack, 'Pushed');
    new CfnResource(pushed, 'Key', { type: 'AWS::KMS::Key', properties: { KeyPolicy: FOREIGN } });
  };
  const rules = (account: string) => findingsOf(`pushed-by-${account}`, key, { account }).map(([rule]) => rule);
  expect(rules(ACCOUNTS.management)).toEqual([expect.stringContaining('OneWayTrust-T4[')]);
  expect(rules(ACCOUNTS.vault)).toEqual([
    'OneWayTrust-T1[AWS: 222200001111]',
    expect.stringContaining('OneWayTrust-T4['),
    expect.stringContaining('OneWayTrust-T4['),
  ]);
});

test('a stack of an account that is neither vault nor management is a source', () => {
  const custom = (stack: Stack) => new CfnResource(stack, 'X', { type: 'Custom::Anything', properties: {} });
  expect(findingsOf('elsewhere', custom, { account: '222200001111' })).toEqual([
    ['OneWayTrust-T3[Custom::Anything is not a listed resource type for the source]', 'It/X'],
  ]);
});

test('a template that cannot be judged is fatal', () => {
  const many = (stack: Stack) => {
    for (let i = 0; i < 7; i += 1) {
      const parameter = new CfnParameter(stack, `P${i}`);
      const condition = new CfnCondition(stack, `C${i}`, { expression: Fn.conditionEquals(parameter, 'x') });
      new CfnResource(stack, `R${i}`, { type: 'AWS::SNS::Topic' }).cfnOptions.condition = condition;
    }
  };
  expect(findingsOf('many', many)).toEqual([['UNRESOLVED_TEMPLATE', '']]);
  const app = new App({ outdir: join(outdir, 'never-written'), analyticsReporting: false });
  new Stack(app, 'It', { env: { account: ACCOUNTS.vault, region: 'eu-central-1' } });
  expect(judge(app)).toMatchObject({
    success: false,
    violations: [{ ruleName: 'TRUST_NOT_JUDGED', severity: 'fatal' }],
  });
});

test('acknowledging rules of other packs is allowed, whatever the reason says', () => {
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
test('`npx cdk synth` fails on the hole', async () => {
  const open = await cdkSynth('cli-open', OPEN_INBOX);
  expect(open.status).toBe(1);
  expect(open.said).toContain(SENTENCE);
  expect(open.said).toContain('222200001111');
  expect(open.report).toContain('OneWayTrust-T1');
}, 120_000);

testOfAll('`npx cdk synth` passes as it is, and fails on the hole where it is acknowledged', async () => {
  const acknowledged = await cdkSynth('cli-acknowledged', `${OPEN_INBOX} acknowledged`);
  expect(acknowledged.status).toBe(1);
  expect(acknowledged.said).toContain(SENTENCE);
  expect(acknowledged.report).toContain('TRUST_RULE_ACKNOWLEDGED');
  const clean = await cdkSynth('cli-clean');
  expect(clean).toMatchObject({ status: 0, said: expect.not.stringContaining(SENTENCE) });
  expect(JSON.parse(clean.report)).toMatchObject({ pluginReports: [] });
});
