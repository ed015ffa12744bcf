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
  for (const path of TREE) write(path, `${path}, as it is`);
});

test('the same program has the same fingerprint, wherever it stands and whenever it was written', () => {
  const before = fingerprintOf(root);
  const elsewhere = mkdtempSync(join(tmpdir(), 'checkvalve-elsewhere-'));
  cpSync(root, elsewhere, { recursive: true });
  expect(fingerprintOf(elsewhere)).toBe(before);
  rmSync(elsewhere, { recursive: true });
  for (const path of TREE) write(path, `${path}, as it is`);
  expect(fingerprintOf(root)).toBe(before);
});

test.each(TREE)('%s changed: another fingerprint', (path) => {
  const before = fingerprintOf(root);
  write(path, `${path}, otherwise`);
  expect(fingerprintOf(root)).not.toBe(before);
  rmSync(join(root, path));
  const without = fingerprintOf(root);
  expect(without).not.toBe(before);
  write(path, '');
  expect(fingerprintOf(root)).not.toBe(without);
});

test('a file that comes, goes or gets another name is noticed as well', () => {
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

test('what Python keeps of its own sources is not', () => {
  const before = fingerprintOf(root);
  write('src/emulator/__pycache__/rds_copies.cpython-311.pyc', 'x');
  expect(fingerprintOf(root)).toBe(before);
});
