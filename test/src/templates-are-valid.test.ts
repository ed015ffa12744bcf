import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CloudFormationValidatePlugin } from 'aws-cdk-lib';
import { config } from '../../src/checkvalve.config';
import { synthesize } from '../../src/rehearsal/host/synthesize';

// The only test that runs the validation of AWS. Synthesis does not pass it the template of the StackSet, so that the test
// passes every file by name.
test('every template, that of the StackSet included, is valid CloudFormation', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-valid-'));
  try {
    synthesize(config, outdir);
    const templatePaths = readdirSync(outdir)
      .filter((name) => name.endsWith('.template.json'))
      .map((name) => join(outdir, name));
    expect(templatePaths.some((path) => path.endsWith('.stackset.template.json'))).toBe(true);
    expect(templatePaths).toHaveLength(4);
    const stackTemplates = templatePaths.map((templatePath) => ({
      templatePath,
      stackConstructPath: '',
      template: JSON.parse(readFileSync(templatePath, 'utf8')),
    }));
    const report = new CloudFormationValidatePlugin().validate({
      templatePaths,
      stackTemplates,
      appConstruct: new App(),
    } as never);
    expect(report.violations.filter(({ severity }) => severity !== 'info' && severity !== 'warning')).toEqual([]);
    expect(report.success).toBe(true);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test('the same validation finds a fault', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-invalid-'));
  try {
    synthesize(config, outdir);
    const name = readdirSync(outdir).find((file) => file.endsWith('.stackset.template.json')) ?? '';
    const path = join(outdir, name);
    const template = JSON.parse(readFileSync(path, 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
    };
    const topic = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::SNS::Topic');
    if (topic) topic.Properties.Frobnicate = true;
    const { writeFileSync } = require('node:fs') as typeof import('node:fs');
    writeFileSync(path, JSON.stringify(template));
    const report = new CloudFormationValidatePlugin().validate({
      templatePaths: [path],
      stackTemplates: [{ templatePath: path, stackConstructPath: '', template }],
      appConstruct: new App(),
    } as never);
    expect(JSON.stringify(report.violations)).toContain('Frobnicate');
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
