import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CheckvalveError } from '../contract/errors';
import { cleanEnvironment, leaveCallersEnvironment } from '../setup/clean-environment';

const STARTS_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 2_000;
const KEPT_STDERR = 4_000;

/** The Python of the emulator, and the virtual instant at which its clock starts. */
export interface ProcessOptions {
  readonly python?: string;
  /** The virtual start of the clock, ISO 8601; by default the time of the machine. */
  readonly now?: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly startsWithinMs?: number;
}

/**
 * The process of the emulator. It ends when this process ends for any reason: it watches its standard input, which the
 * operating system then closes.
 */
export class EmulatorProcess {
  private stderr = '';
  private ended: string | undefined;

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', (data) => {
      this.stderr = (this.stderr + data).slice(-KEPT_STDERR);
    });
    child.on('exit', (code, signal) => {
      this.ended = signal ?? `code ${code}`;
    });
  }

  /**
   * Starts the emulator and waits until it answers. From then on, neither the emulator nor the SDK clients of this
   * process read the caller’s AWS configuration or proxies.
   * @throws {CheckvalveError} EMULATOR_NOT_INSTALLED, EMULATOR_NOT_STARTED
   */
  static async start(options: ProcessOptions = {}): Promise<{ process: EmulatorProcess; port: number }> {
    const root = join(__dirname, '..', '..');
    const python = options.python ?? join(root, '.emulator', 'bin', 'python');
    if (!existsSync(python)) {
      throw new CheckvalveError(
        'EMULATOR_NOT_INSTALLED',
        `The emulator is not installed: ${python} does not exist.`,
        'Run `node src/setup/prepare.mjs`, which installs the emulator. It needs Python 3.10 or newer.',
      );
    }
    leaveCallersEnvironment();
    const args = [join(__dirname, 'emulator.py'), '--port', String(options.port ?? 0)];
    const child = spawn(python, options.now ? [...args, '--now', options.now] : args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: cleanEnvironment(),
    });
    const process = new EmulatorProcess(child);
    const port = await process.port(options.startsWithinMs ?? STARTS_WITHIN_MS);
    process.release();
    return { process, port };
  }

  /** How the process ended; undefined while it runs. Waits briefly, since a connection may break before the process ends. */
  async ending(): Promise<string | undefined> {
    if (this.ended === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    return this.ended === undefined ? undefined : `${this.ended}. ${this.stderr}`.trim();
  }

  /** Ends the process and waits for its end; a second call has no effect. */
  async stop(): Promise<void> {
    if (this.ended !== undefined) return;
    const end = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.ref();
    this.child.stdin?.end();
    this.child.kill('SIGTERM');
    const force = setTimeout(() => this.child.kill('SIGKILL'), ENDS_WITHIN_MS);
    await end;
    clearTimeout(force);
  }

  private port(withinMs: number): Promise<number> {
    return new Promise((resolve, reject) => {
      let line = '';
      const fail = (what: string): void => {
        clearTimeout(timer);
        this.child.kill('SIGKILL');
        const remedy =
          'Read the output of the emulator above. To install it again, delete the folder .emulator and run `node src/setup/prepare.mjs`.';
        reject(new CheckvalveError('EMULATOR_NOT_STARTED', `${what} ${this.stderr}`.trim(), remedy));
      };
      const timer = setTimeout(() => fail(`The emulator did not answer within ${withinMs} ms.`), withinMs);
      this.child.once('error', (error) => fail(`The emulator could not be started: ${error.message}.`));
      this.child.once('close', (code) => fail(`The emulator ended with code ${code} before it answered.`));
      this.child.stdout?.on('data', (data) => {
        line += data;
        if (!line.includes('\n')) return;
        clearTimeout(timer);
        this.child.removeAllListeners('close');
        resolve((JSON.parse(line) as { port: number }).port);
      });
    });
  }

  /** Lets this process end while the emulator runs. */
  private release(): void {
    this.child.unref();
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) {
      (stream as unknown as { unref?: () => void }).unref?.();
    }
  }
}
