import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { cacheFolder, isUnchanged } from '../../cache/cached-folder';
import { digestOf } from '../../cache/fingerprint';
import { CheckvalveError } from '../../contract/errors';
import type { Emulator } from '../../emulator/emulator';

/**
 * Worlds as they stood at some point, kept from one run of this program to the next: the emulator's state, and what the
 * player remembers beside it (plain data). `identity` is whatever decides how they came about, the program aside.
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

  /** Saves the world as it stands, unless one was saved at that point before. */
  async save(point: string, emulator: Emulator, memory: Memory): Promise<void> {
    if (this.has(point) || !isUnchanged()) return;
    const beside = mkdtempSync(join(cacheFolder(), 'making-'));
    try {
      await emulator.save(join(beside, 'world'));
      writeFileSync(join(beside, 'memory'), serialize(memory));
      renameSync(beside, this.folder(point));
    } catch (error) {
      rmSync(beside, { recursive: true, force: true });
      // Another process was as quick: its world is as good.
      if (!this.has(point)) throw error;
    }
  }

  /**
   * Puts a saved world in the place of the emulator's; resolves to what the player remembered. One that cannot be read is
   * thrown away, the emulator's world is empty then, and it resolves to nothing.
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
