import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { Emulator } from '../../src/emulator/emulator';

interface Worker {
  emulatorPort(): Promise<number>;
  assemble(config: CheckvalveConfig, outdir: string): void;
}

/** What the files of a worker share: test/environment.cjs. */
export const worker = (): Worker => (globalThis as unknown as { readonly checkvalveWorker: Worker }).checkvalveWorker;

/**
 * The emulator of this worker with an empty world, whose clock starts at an instant (ISO 8601; by default now). One test at a
 * time has it; `stop` leaves it running for the next file.
 */
export async function emulatorOfWorker(now?: string): Promise<Emulator> {
  const emulator = Emulator.at(await worker().emulatorPort());
  await emulator.reset(now ?? new Date().toISOString());
  return emulator;
}
