import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders and files that decide what is synthesized and how a rehearsal goes. */
const SOURCES = ['src', 'lambda', 'stacksets', 'cdk.json', 'package.json', 'package-lock.json'];
/** Records of what npm and the set-up installed. */
const INSTALLED = ['node_modules/.package-lock.json', '.emulator/.checkvalve-setup', '.emulator/pyvenv.cfg'];
const LEFT_OUT = new Set(['__pycache__', '.DS_Store']);

/** Every file below a path in a fixed order; none where the path does not exist. */
function filesOf(root: string, path: string): string[] {
  try {
    const entries = readdirSync(join(root, path), { withFileTypes: true });
    return entries
      .filter(({ name }) => !LEFT_OUT.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => (entry.isDirectory() ? filesOf(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`]));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The digest of the program below a folder: its sources, the installed packages, the emulator's Python and the version of
 * Node. A result of one run can be reused by another run with the same fingerprint. A file changed by
 * hand below `node_modules` is not noticed.
 */
export function fingerprintOf(root: string): string {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`);
  for (const path of [...SOURCES, ...INSTALLED].flatMap((one) => filesOf(root, one))) {
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex').slice(0, 20);
}

/** The digest of plain data. */
export const digestOf = (data: unknown): string =>
  createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 20);
