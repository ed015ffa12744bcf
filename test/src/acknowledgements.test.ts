import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { buildApp } from '../../src/app';
import { config } from '../../src/checkvalve.config';
import { VaultStack } from '../../src/vault/vault-stack';
import { openInbox } from './trust/fixtures/open-inbox';

const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-acknowledged-'));
const app = buildApp(config, { outdir: join(outdir, 'clean') });
afterAll(() => rmSync(outdir, { recursive: true }));

/** Every acknowledgement of the app: the construct, the rule and the reason. */
const acknowledged = app.node.findAll().flatMap((construct) =>
  construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) =>
      Object.entries(Object(data) as Record<string, unknown>).map(([id, reason]) => ({
        at: construct.node.path,
        id,
        reason: String(reason),
      })),
    ),
);

test('the rules of AWS Solutions and of one-way trust both check the landing zone', () => {
  const spoiled = buildApp(config, { outdir: join(outdir, 'spoiled') });
  openInbox(spoiled);
  const vault = spoiled.node.findAll().find((one) => one instanceof VaultStack);
  if (vault) new CfnTopic(vault, 'WithoutTls');
  expect(() => spoiled.synth()).toThrow(/OneWayTrust-T1\[/);
  expect(() => spoiled.synth()).toThrow(/AwsSolutions-SNS3/);
});

test('only single findings of AWS Solutions are acknowledged, each at its construct, with a reason', () => {
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter(({ id }) => !/^Annotation::AwsSolutions-[A-Z0-9]+(\[|$)/.test(id))).toEqual([]);
  expect(acknowledged.filter(({ reason }) => reason.trim().length < 20)).toEqual([]);
  expect(acknowledged.filter(({ at }) => at.split('/').length < 3)).toEqual([]);
});
