import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CheckvalveError } from '../../contract/errors';
import type { Side } from './clients';
import type { CreatedKind } from './created';

/** A resource that a run has created or was about to create. */
export interface Entry {
  readonly side: Side;
  readonly kind: CreatedKind;
  readonly id: string;
}

/** The record of a run: enough to clean up after it and to continue it. */
export interface RunRecord {
  /** The answers so far, by probe. */
  readonly answers: Readonly<Record<string, string>>;
  /** All resources that may exist, in the order of creation. */
  readonly created: readonly Entry[];
}

/** The storage of a record. */
export interface JournalStore {
  read(): RunRecord | undefined;
  write(record: RunRecord): void;
  remove(): void;
}

/** A record in memory, for one process. */
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

/** A record in a file, which is complete at any time: a process may be killed while it writes. */
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
    const remedy = 'Delete the resources named checkvalve-probe-* in both accounts, then delete this file.';
    throw new CheckvalveError('INVALID_INPUT', `The journal ${file} cannot be read`, remedy, { cause });
  }
}

/** A run in other accounts or another Region that stopped before it had deleted all resources. */
export interface UnfinishedRun {
  readonly source: string;
  readonly vault: string;
  readonly region: string;
  /** The number of resources that may exist; undefined when its journal cannot be read. */
  readonly resources: number | undefined;
}

/** The runs with resources in the journals of this folder, except the run of one journal. */
export function unfinishedRuns(folder: string, except: string): readonly UnfinishedRun[] {
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
export class ProbeJournal {
  private constructor(
    private readonly store: JournalStore,
    private record: RunRecord,
  ) {}

  static open(store: JournalStore): ProbeJournal {
    return new ProbeJournal(store, store.read() ?? { answers: {}, created: [] });
  }

  get answers(): Readonly<Record<string, string>> {
    return this.record.answers;
  }

  get created(): readonly Entry[] {
    return this.record.created;
  }

  /** Adds a resource, before it is created. */
  add(entry: Entry): void {
    this.write({ created: [...this.record.created, entry] });
  }

  /** Removes a resource, after it is deleted. */
  remove(entry: Entry): void {
    this.write({ created: this.record.created.filter((one) => one !== entry) });
  }

  answer(probe: string, answer: string): void {
    this.write({ answers: { ...this.record.answers, [probe]: answer } });
  }

  /** Deletes the record of a completed run. */
  close(): void {
    this.store.remove();
    this.record = { answers: {}, created: [] };
  }

  private write(change: Partial<RunRecord>): void {
    this.record = { ...this.record, ...change };
    this.store.write(this.record);
  }
}
