import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

test('each folder that lock:python locks has a requirements.in and its requirements.txt', () => {
  const [, listed = ''] = /const LOCKED = \[(.*)\]/.exec(readFileSync('src/setup/lock-python.mjs', 'utf8')) ?? [];
  const folders = [...listed.matchAll(/'([^']+)'/g)].map(([, folder = '']) => folder);
  expect(folders).toHaveLength(2);
  const files = folders.flatMap((folder) => ['in', 'txt'].map((end) => join(folder, `requirements.${end}`)));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
