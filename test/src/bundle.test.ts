import { execFileSync } from 'node:child_process';
import { Script } from 'node:vm';
import { bundleHandlers, maxBundleKiB } from '../../src/bundle';

const bundles = bundleHandlers();
test('every step of the flow is bundled, and nothing else', () => {
  expect(Object.keys(bundles).sort()).toEqual([
    'management/enroll-accounts',
    'management/watch-rollout',
    'source/enable-backup',
    'source/export-snapshots',
    'vault/follow-sources',
    'vault/import-copies',
    'vault/prune-copies',
    'vault/report-coverage',
  ]);
});

describe.each(Object.entries(bundles))('%s', (step, code) => {
  test('fits into its budget', () => {
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(maxBundleKiB(step) * 1024);
  });

  test('is a script that exports a handler', () => {
    expect(() => new Script(code)).not.toThrow();
    expect(code).toMatch(/\bhandler:\(\)=>/);
  });

  test('requires the AWS SDK and Node.js from the runtime, and bundles neither', () => {
    const asked = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '');
    expect(asked.some((name) => name.startsWith('@aws-sdk/client-'))).toBe(true);
    expect(asked.filter((name) => !/^(@aws-sdk\/|@smithy\/|node:)/.test(name))).toEqual([]);
    // Code of a bundled client.
    expect(code).not.toMatch(/resolveDefaultsModeConfig|getHttpHandlerExtensionConfiguration|aws-sdk-js/);
  });

  test('does not contain the path of its folder', () => {
    expect(code).not.toContain(process.cwd());
    expect(code).not.toContain('sourceMappingURL');
  });
});

// The address of the template contains its hash: code that differs between runs would be rolled out each time.
test('another process in another folder makes byte-identical bundles', () => {
  const script = `process.stdout.write(JSON.stringify(require(${JSON.stringify(require.resolve('../../src/bundle.ts'))}).bundleHandlers()))`;
  const tsx = require.resolve('tsx');
  const made = execFileSync('node', ['--import', tsx, '-e', script], { encoding: 'utf8', cwd: '/' });
  expect(JSON.parse(made)).toEqual(bundles);
});
