import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from './fingerprint';

const root = join(__dirname, '..', '..');
/** Git ignores this folder, and it can be deleted at any time. */
const CACHE = join(root, '.checkvalve');
/** How many fingerprints keep their folders: the newest ones. */
const MAX_KEPT = 3;

const FINGERPRINT = /^[0-9a-f]{20}$/;

let known: string | undefined;

/** Creates and returns the folder for results of exactly this program, and deletes the folders of older programs. */
export function cacheFolder(): string {
  if (known) return known;
  const folder = join(CACHE, fingerprintOf(root));
  mkdirSync(folder, { recursive: true });
  utimesSync(folder, new Date(), new Date());
  const age = (name: string) => statSync(join(CACHE, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newestFirst = readdirSync(CACHE)
    .filter((name) => FINGERPRINT.test(name))
    .sort((a, b) => age(b) - age(a));
  for (const name of newestFirst.slice(MAX_KEPT)) rmSync(join(CACHE, name), { recursive: true, force: true });
  known = folder;
  return folder;
}

/** Whether the sources are unchanged since the folder was chosen. A result of sources that change meanwhile is not kept. */
export const isUnchanged = (): boolean => cacheFolder() === join(CACHE, fingerprintOf(root));

/**
 * A folder of the cache; `make` fills it unless this program has done so before. The folder is complete or absent, even when
 * two processes create it at once.
 */
export function cachedFolder(name: string, make: (folder: string) => void): string {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  const beside = mkdtempSync(join(cacheFolder(), 'making-'));
  try {
    make(beside);
    // The sources changed meanwhile: the result is used once and not kept.
    if (!isUnchanged()) return beside;
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    // Another process finished first: its folder has the same content.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
