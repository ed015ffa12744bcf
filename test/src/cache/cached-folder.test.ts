import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '../../../src/checkvalve.config';
import { synthesize } from '../../../src/rehearsal/host/synthesize';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const root = mkdtempSync(join(tmpdir(), 'checkvalve-kept-'));
afterAll(() => rmSync(root, { recursive: true }));

test('synthesize reuses the result for the same configuration only', () => {
  const days = { ...config.vault.retention };
  const first = templatesOf(config);
  const other = templatesOf({ ...config, vault: { ...config.vault, manualSnapshotQuota: 1234 } });
  expect(other.vault).not.toBe(first.vault);
  expect(other.vault).toContain('1234');
  expect(
    Object.keys(resourcesOf(templatesOf({ ...config, vault: { ...config.vault, retention: days } }).vault)),
  ).toEqual(Object.keys(resourcesOf(first.vault)));
});

test('a change of a returned copy does not change the cached one', () => {
  const [one, two] = [join(root, 'one'), join(root, 'two')];
  const { templateFile } = synthesize(config, one).getStackByName('Management');
  writeFileSync(join(one, templateFile), '{}');
  synthesize(config, two);
  expect(readFileSync(join(two, templateFile), 'utf8')).not.toBe('{}');
});

/** A program of its own that loads TypeScript the way the command does. */
function said(text: string): string {
  mkdirSync(join(root, 'src/cache'), { recursive: true });
  cpSync('src/cache/load-typescript.js', join(root, 'src/cache/load-typescript.js'));
  if (!existsSync(join(root, 'node_modules')))
    symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'src/said.ts'), text);
  const run = "require('./src/cache/load-typescript.js').loadTypeScript(); console.log(require('./src/said.ts').said);";
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', run], { cwd: root, encoding: 'utf8' });
  return stdout.trim() || stderr;
}

test('TypeScript is compiled once, and again after a change', () => {
  expect(said('export const said: string = "one";')).toBe('one');
  expect(said('export const said: string = "two";')).toBe('two');
  expect(said('export const said: string = "one";')).toBe('one');
  expect(said('export const said: string = ;')).toContain('Unexpected ";"');
});

test('a result of sources that change meanwhile is used once and not cached', () => {
  const program = mkdtempSync(join(tmpdir(), 'checkvalve-edited-'));
  mkdirSync(join(program, 'src/cache'), { recursive: true });
  for (const file of ['load-typescript.js', 'fingerprint.ts', 'cached-folder.ts']) {
    cpSync(join('src/cache', file), join(program, 'src/cache', file));
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(program, 'node_modules'));
  const run = `
    require('./src/cache/load-typescript.js').loadTypeScript();
    const { cachedFolder } = require('./src/cache/cached-folder.ts');
    const { writeFileSync, existsSync } = require('node:fs');
    const kept = cachedFolder('whole', () => {});
    const edited = cachedFolder('half', (folder) => {
      writeFileSync(folder + '/made', 'x');
      writeFileSync('src/new.ts', '');
    });
    console.log(kept.endsWith('whole'), edited.endsWith('half'), existsSync(edited + '/made'));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', run], { cwd: program, encoding: 'utf8' });
  expect([stdout.trim(), stderr]).toEqual(['true false true', '']);
  rmSync(program, { recursive: true });
});
