import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Purpose, readJson, readText } from '../../../src/files/read-text';
import { systemReason } from '../../../src/files/system-reason';

const folder = mkdtempSync(join(tmpdir(), 'checkvalve-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, bytes: string | Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const PURPOSE: Purpose = { code: 'INVALID_INPUT', remedy: 'Give another.' };

test('readText removes a byte-order mark of UTF-8', () => {
  expect(readText(file('marked.txt', '\uFEFFtext'), PURPOSE)).toBe('text');
  expect(readJson(file('marked.json', '\uFEFF{ "a": "é" }'), PURPOSE)).toEqual({ a: 'é' });
});

mkdirSync(join(folder, 'folder'));
symlinkSync('circle', join(folder, 'circle'));
test.each([
  [join(folder, 'nowhere'), 'there is no such file or folder (ENOENT)'],
  [join(folder, 'folder'), 'it is a folder (EISDIR)'],
  [join(folder, 'circle'), 'its symbolic links form a loop (ELOOP)'],
  [join(file('plain', 'x'), 'below'), 'a part of its path is a file instead of a folder (ENOTDIR)'],
  [file('empty', ''), 'it is empty'],
  [file('marked-empty', '\uFEFF\n'), 'it is empty'],
  [file('little', Buffer.from('\uFEFF{}', 'utf16le')), 'it is UTF-16; save it as UTF-8'],
  [file('big', Buffer.from('\uFEFF{}', 'utf16le').swap16()), 'it is UTF-16; save it as UTF-8'],
  [file('unmarked', Buffer.from('{}', 'utf16le')), 'it holds zero bytes, so it is not UTF-8 text; save it as UTF-8'],
  [file('latin', Buffer.from('{\n"é"}', 'latin1')), 'line 2: it is not UTF-8 text; save it as UTF-8'],
  [file('comma.json', '{\n  "a": 1,\n}'), 'line 2, column 9: there is a comma before }; remove the comma'],
  [file('list.yaml', 'accounts:\n  - 1'), 'its name ends as YAML does; give JSON'],
])('the error for %s has its name, its reason and a remedy', (path, why) => {
  expect(() => readJson(path, PURPOSE)).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      message: `${path} cannot be read: ${why}`,
      remedy: 'Give another.',
    }),
  );
});

test('readJson reads JSON from a file of any name', () => {
  expect(readJson(file('json.yml', '{}'), PURPOSE)).toEqual({});
});

test('systemReason names the reason of a system error', () => {
  const denied = Object.assign(new Error('EACCES: …'), { code: 'EACCES', syscall: 'open' });
  expect(systemReason(denied)).toBe('permission is denied (EACCES)');
  expect(systemReason(Object.assign(new Error('EODD: odd, open'), { code: 'EODD', syscall: 'open' }))).toBe(
    'EODD: odd, open',
  );
});
