import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { cacheFolder, isUnchanged } from '../../cache/cached-folder';
import { digestOf } from '../../cache/fingerprint';
import { CheckvalveError } from '../../contract/errors';
import type { Emulator } from '../../emulator/emulator';

/**
 * Worlds that are saved from one run of this program to the next: the emulator's state, and plain data of the caller.
 * `identity`: everything that the worlds depend on, except the program itself.
 */
export class SavedWorlds<Memory> {
  private readonly stem: string;

  constructor(identity: unknown) {
    this.stem = join(cacheFolder(), `world-${digestOf(identity)}`);
  }

  /** Whether a world was saved at that point. */
  has(point: string): boolean {
    return existsSync(this.folder(point));
  }

  /** Saves the present world, unless one was saved at that point before. */
  async save(point: string, emulator: Emulator, memory: Memory): Promise<void> {
    if (this.has(point) || !isUnchanged()) return;
    const beside = mkdtempSync(join(cacheFolder(), 'making-'));
    try {
      await emulator.save(join(beside, 'world'));
      writeFileSync(join(beside, 'memory'), serialize(memory));
      renameSync(beside, this.folder(point));
    } catch (error) {
      rmSync(beside, { recursive: true, force: true });
      // Another process saved the same world first.
      if (!this.has(point)) throw error;
    }
  }

  /**
   * Replaces the emulator's world by a saved one, and resolves to the data of the caller. A saved world that cannot be read is
   * deleted: the emulator is empty then, and the result is undefined.
   */
  async restore(point: string, emulator: Emulator): Promise<Memory | undefined> {
    if (!this.has(point)) return undefined;
    try {
      const memory = deserialize(readFileSync(join(this.folder(point), 'memory'))) as Memory;
      await emulator.restore(join(this.folder(point), 'world'));
      return memory;
    } catch (error) {
      if (error instanceof CheckvalveError && error.code === 'EMULATOR_DIED') throw error;
      rmSync(this.folder(point), { recursive: true, force: true });
      await emulator.reset();
      return undefined;
    }
  }

  private readonly folder = (point: string): string => `${this.stem}-${point}`;
}
