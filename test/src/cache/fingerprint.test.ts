import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fingerprintOf } from '../../../src/cache/fingerprint';

const root = mkdtempSync(join(tmpdir(), 'checkvalve-fingerprint-'));
afterAll(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const TREE = [
  'src/app.ts',
  'src/checkvalve.config.ts',
  'src/vault/vault-stack.ts',
  'src/emulator/rds/copies.py',
  'src/emulator/requirements.txt',
  'src/rehearsal/host/lambda-worker.js',
  'lambda/vault/import-copies/plan.ts',
  'stacksets/source-tooling/source-tooling.ts',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'node_modules/.package-lock.json',
  '.emulator/.checkvalve-setup',
  '.emulator/pyvenv.cfg',
];
beforeEach(() => {
  for (const path of TREE) write(path, `${path}, unchanged`);
});

test('the same program has the same fingerprint in any folder and at any time', () => {
  const before = fingerprintOf(root);
  const elsewhere = mkdtempSync(join(tmpdir(), 'checkvalve-elsewhere-'));
  cpSync(root, elsewhere, { recursive: true });
  expect(fingerprintOf(elsewhere)).toBe(before);
  rmSync(elsewhere, { recursive: true });
  for (const path of TREE) write(path, `${path}, unchanged`);
  expect(fingerprintOf(root)).toBe(before);
});

test.each(TREE)('a change of %s changes the fingerprint', (path) => {
  const before = fingerprintOf(root);
  write(path, `${path}, changed`);
  expect(fingerprintOf(root)).not.toBe(before);
  rmSync(join(root, path));
  const without = fingerprintOf(root);
  expect(without).not.toBe(before);
  write(path, '');
  expect(fingerprintOf(root)).not.toBe(without);
});

test('a new, deleted or renamed file changes the fingerprint', () => {
  const before = fingerprintOf(root);
  write('lambda/vault/import-copies/more.ts', '');
  const more = fingerprintOf(root);
  expect(more).not.toBe(before);
  rmSync(join(root, 'lambda/vault/import-copies/more.ts'));
  write('lambda/vault/import-copies/less.ts', '');
  expect(fingerprintOf(root)).not.toBe(more);
  rmSync(join(root, 'lambda/vault/import-copies/less.ts'));
  expect(fingerprintOf(root)).toBe(before);
});

test('the cache of Python does not change the fingerprint', () => {
  const before = fingerprintOf(root);
  write('src/emulator/__pycache__/rds_copies.cpython-311.pyc', 'x');
  expect(fingerprintOf(root)).toBe(before);
});
