import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from './fingerprint';

const root = join(__dirname, '..', '..');
/** Git ignores it, and it can be deleted at any time. */
const CACHE = join(root, '.checkvalve');
/** Fingerprints whose folders are kept: that of today's sources, and those before. */
const MAX_KEPT = 3;

const FINGERPRINT = /^[0-9a-f]{20}$/;

let known: string | undefined;

/** The folder of what was made by exactly this program. It is there; the folders of older ones go. */
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

/** Whether the program is still the one whose folder this is: what is made while somebody edits it is of neither. */
export const isUnchanged = (): boolean => cacheFolder() === join(CACHE, fingerprintOf(root));

/**
 * A folder of the cache; `make` fills it when this program has not done so before. A folder is there whole or not at all,
 * also when two processes make it at once.
 */
export function cachedFolder(name: string, make: (folder: string) => void): string {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  const beside = mkdtempSync(join(cacheFolder(), 'making-'));
  try {
    make(beside);
    // Made while the program was edited, it is used once and not kept.
    if (!isUnchanged()) return beside;
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    // Another process was as quick: its folder has the same content.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
