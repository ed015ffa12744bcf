import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CheckvalveError } from '../../contract/errors';
import type { Side } from './clients';
import type { Kind } from './created';

/** A resource that a run has created, or was about to create. */
export interface Entry {
  readonly side: Side;
  readonly kind: Kind;
  readonly id: string;
}

/** What is known of a run: enough to clean up after it, and to go on. */
export interface RunRecord {
  /** The answers so far, by probe. */
  readonly answers: Readonly<Record<string, string>>;
  /** Everything that may exist, in the order of its creation. */
  readonly created: readonly Entry[];
}

/** Where the record is kept. */
export interface JournalStore {
  read(): RunRecord | undefined;
  write(record: RunRecord): void;
  remove(): void;
}

/** A record that ends with this process. */
export function memoryStore(): JournalStore {
  let kept: RunRecord | undefined;
  return {
    read: () => kept,
    write: (record) => {
      kept = record;
    },
    remove: () => {
      kept = undefined;
    },
  };
}

/** A record in a file, which is whole at any time: a process may be killed while it writes. */
export const fileStore = (file: string): JournalStore => ({
  read: () => (existsSync(file) ? parsed(file) : undefined),
  write: (record) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(record, undefined, 2));
    renameSync(`${file}.new`, file);
  },
  remove: () => rmSync(file, { force: true }),
});

function parsed(file: string): RunRecord {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  } catch (cause) {
    const remedy = 'Delete what is named checkvalve-probe-* in both accounts, then delete this file.';
    throw new CheckvalveError('INVALID_INPUT', `The journal ${file} cannot be read`, remedy, { cause });
  }
}

/** A run in other accounts or another Region that was stopped before it had deleted everything. */
export interface LeftBehind {
  readonly source: string;
  readonly vault: string;
  readonly region: string;
  /** How many resources may exist; undefined where its journal cannot be read. */
  readonly resources: number | undefined;
}

/** The runs whose journals in this folder still know resources, except that of one journal. */
export function leftBehind(folder: string, except: string): readonly LeftBehind[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file !== except) : [];
  return files.flatMap((file) => {
    const [, source = '', vault = '', region = ''] = /^(\d{12})-(\d{12})-(.+)\.json$/.exec(file) ?? [];
    if (!region) return [];
    const resources = resourcesIn(join(folder, file));
    return resources === 0 ? [] : [{ source, vault, region, resources }];
  });
}

function resourcesIn(file: string): number | undefined {
  try {
    return parsed(file).created.length;
  } catch {
    return undefined;
  }
}

/** The record of a run, written at every change. */
export class Journal {
  private constructor(
    private readonly store: JournalStore,
    private record: RunRecord,
  ) {}

  static open(store: JournalStore): Journal {
    return new Journal(store, store.read() ?? { answers: {}, created: [] });
  }

  get answers(): Readonly<Record<string, string>> {
    return this.record.answers;
  }

  get created(): readonly Entry[] {
    return this.record.created;
  }

  /** Before the resource is created. */
  add(entry: Entry): void {
    this.write({ created: [...this.record.created, entry] });
  }

  /** After it is gone. */
  strike(entry: Entry): void {
    this.write({ created: this.record.created.filter((one) => one !== entry) });
  }

  answer(probe: string, answer: string): void {
    this.write({ answers: { ...this.record.answers, [probe]: answer } });
  }

  /** Ends the record, once nothing is left that it would be needed for. */
  close(): void {
    this.store.remove();
    this.record = { answers: {}, created: [] };
  }

  private write(change: Partial<RunRecord>): void {
    this.record = { ...this.record, ...change };
    this.store.write(this.record);
  }
}
