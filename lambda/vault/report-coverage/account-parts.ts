import { isOfAwsBackup } from '../../../src/contract/backup-snapshots';
import { type CoverageEvidence, exportKeyFaults, NOT_PROTECTED } from '../../../src/contract/coverage';
import { HOUR, MINUTE } from '../../../src/contract/durations';
import type { AccountId, DatabaseArn } from '../../../src/contract/ids';
import { ACCOUNT_PARTS, RECOVERY_POINT_TAGS, TAGS } from '../../../src/contract/names';
import { isRecord } from '../../../src/contract/records';
import { holdOf, isExportCopy } from '../../_kit/export-copies';
import type { Evidence } from '../../_kit/ports/evidence';
import type { Log } from '../../_kit/ports/log';
import type { Snapshot } from '../../_kit/ports/snapshots';
import { failure } from '../../_kit/runtime/each';
import { fromStoredJson, toStoredJson } from '../../_kit/runtime/stored-json';
import type { AccountContents, AccountObservation } from './facts';

/** How old an account's part may be that a run without time for the account uses: two runs that were cut off, and a spare one. */
export const MAX_PART_AGE = 3 * HOUR;

/** What an account last answered, and when. */
export interface AccountPart {
  readonly at: Date;
  /** When a run last read all of it, and not only its databases. */
  readonly wholeAt: Date;
  readonly observed: AccountObservation;
}

/** The parts of all accounts. */
export type AccountParts = ReadonlyMap<AccountId, AccountPart>;

/**
 * The contents of an account without what no status depends on, so that neither the memory of a run nor the parts grow with the
 * snapshots of an account: it keeps the export copies that the vault has not imported, the snapshots with a verdict, and of each
 * database one snapshot of AWS Backup, with the tag of the export key if there is one. Pure.
 */
export function essentials(contents: AccountContents): AccountContents {
  const backups = new Map<DatabaseArn, Snapshot>();
  for (const one of contents.snapshots.filter(isOfAwsBackup)) {
    const known = backups.get(one.database);
    if (!known || (!isTagged(known) && isTagged(one))) backups.set(one.database, one);
  }
  const proofs = new Set(backups.values());
  const isNeeded = (one: Snapshot) =>
    proofs.has(one) ||
    holdOf(one) !== undefined ||
    contents.held.has(one.arn) ||
    (isExportCopy(one) && !one.tags.has(TAGS.importedAt));
  const needed = contents.snapshots.filter(isNeeded).map(slim);
  const arns = new Set(needed.map(({ arn }) => arn));
  return {
    ...contents,
    snapshots: needed,
    held: new Map([...contents.held].filter(([arn]) => arns.has(arn))),
  };
}

const isTagged = ({ tags }: Snapshot): boolean => tags.has(RECOVERY_POINT_TAGS.exportKey);

const NEEDED_TAGS: readonly string[] = [
  RECOVERY_POINT_TAGS.exportKey,
  TAGS.role,
  TAGS.held,
  TAGS.sharedAt,
  TAGS.importedAt,
];

/** A snapshot with the tags that a status depends on. */
const slim = (one: Snapshot): Snapshot => ({
  ...one,
  tags: new Map(NEEDED_TAGS.flatMap((key) => (one.tags.has(key) ? [[key, one.tags.get(key) ?? ''] as const] : []))),
});

/** Changes with each change of what a part contains: a run does not use the parts of another version. */
const VERSION = 1;

/** Reads the parts of the run before: none, with a log line, when they cannot be read. */
export async function readParts(evidence: Pick<Evidence, 'read'>, log: Log): Promise<AccountParts> {
  try {
    const text = await evidence.read(ACCOUNT_PARTS);
    const found = text === undefined ? undefined : fromStoredJson(text);
    if (isRecord(found) && found.version === VERSION && found.parts instanceof Map) return found.parts as AccountParts;
    if (found !== undefined) log('parts.unreadable', { because: `they are not parts of version ${VERSION}` });
  } catch (error) {
    log('parts.unreadable', { because: failure(error) });
  }
  return new Map();
}

/** Writes the parts. Of two runs at the same time, the later write counts: the other's accounts are read again. */
export const writeParts = (evidence: Pick<Evidence, 'replace'>, parts: AccountParts): Promise<void> =>
  evidence.replace(ACCOUNT_PARTS, toStoredJson({ version: VERSION, parts }));

/** How long a run uses what explains a status without reading it again, while the account has the same databases and no finding. */
const REST_OF_PART = 3 * HOUR - 10 * MINUTE;

/** What a run may use of a part beside the databases, which each run reads; undefined where it must read the whole account. Pure. */
export function restOf(part: AccountPart | undefined, now: Date): AccountContents | undefined {
  if (part?.observed.access !== 'granted' || part.observed.unread.length > 0) return undefined;
  return now.getTime() - part.wholeAt.getTime() < REST_OF_PART ? part.observed : undefined;
}

/** Accounts of which the report before has a finding: each run reads all of them. Pure. */
export function accountsWithFindings(before: CoverageEvidence | undefined): ReadonlySet<AccountId> {
  const rows = (before?.databases ?? []).filter(({ status }) => status === 'new' || NOT_PROTECTED.includes(status));
  const accounts = (before?.accounts ?? []).filter(
    ({ unread, notImported, optedOut, deadLetters = 0 }) =>
      unread.length + notImported.length + optedOut.length + deadLetters > 0,
  );
  const others = before ? [...before.missedBackups, ...exportKeyFaults(before)] : [];
  return new Set([...rows, ...accounts, ...others].map(({ account }) => account));
}

/** The part for the runs after this one: Regions without a vault are not part of it, the report itself carries them on. */
export const partOf = (observed: AccountObservation, at: Date, wholeAt: Date): AccountPart => ({
  at,
  wholeAt,
  observed: observed.access === 'granted' ? { ...observed, elsewhere: undefined } : observed,
});
