import { TAGS } from './names';

/**
 * What release 0.1.0 stored under other names: tags, items, verdicts, reports and messages. Each reader of stored data uses these
 * functions, and no component writes an earlier name: the first run after an upgrade neither fails nor forgets. Delete an entry
 * when no supported upgrade begins at that release.
 */
type Names = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

/** On an export copy, and on a snapshot of AWS Backup whose tooling had no export memory. */
const TAG_KEYS: Names = { 'checkvalve:taken-at': TAGS.importedAt };

/** Attributes in the table of sources and in the export memory. */
const ATTRIBUTES: Names = { exitSeen: 'leavingSince', takenAt: 'importedAt' };

/** States of a Region in the registry. */
const ROLLOUT_STATES: Names = { 'region not enabled': 'region-not-enabled' };

/** Ids of verdicts, in tags, in the export memory and in reports. */
const VERDICT_IDS: Names = { 'our-key-not-accessible': 'checkvalve-key-not-accessible', untagged: 'missing-tag' };

/** Protection statuses in reports. */
const STATUSES: Names = {
  untagged: 'missing-tag',
  unprotectable: 'unsupported',
  'last-copy': 'source-deleted',
  left: 'account-left',
};

/** Answers to the coverage access role in reports. */
const ACCESS: Names = { open: 'granted', shut: 'denied', 'not-opened': 'not-requested' };

/** Fields of a report, of its databases, of its accounts and of their export keys. */
const REPORT: Names = { toldAt: 'alertedAt' };
const ROW: Names = { verdict: 'status', objectiveHours: 'rpoHours' };
const ACCOUNT: Names = { exitSeen: 'leavingSince', door: 'access', notTaken: 'notImported' };
const EXPORT_KEY: Names = { deniesEverybody: 'deniesAllPrincipals' };

/** Messages in the queue of `enroll-accounts`. */
const MESSAGES: Names = { look: 'process-account' };

const currentName = (name: string, names: Names): string => (Object.hasOwn(names, name) ? (names[name] ?? name) : name);

/** A record under the current names. A field that has its current name already takes precedence. */
function renamed<Value>(record: Readonly<Record<string, Value>>, names: Names): Readonly<Record<string, Value>> {
  const earlier = Object.entries(record).filter(([name]) => Object.hasOwn(names, name));
  if (earlier.length === 0) return record;
  const current = Object.entries(record).filter(([name]) => !Object.hasOwn(names, name));
  return Object.fromEntries([
    ...earlier.map(([name, value]) => [currentName(name, names), value] as const),
    ...current,
  ]);
}

/** Tags of a snapshot under their current keys. */
export function currentTags(tags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const isCurrent = Object.keys(TAG_KEYS).every((key) => !tags.has(key));
  return isCurrent ? tags : new Map(Object.entries(renamed(Object.fromEntries(tags), TAG_KEYS)));
}

/** An item of a table under its current attributes. */
export const currentItem = <Value>(item: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
  renamed(item, ATTRIBUTES);

/** The current id of a verdict. */
export const currentVerdict = (id: string): string => currentName(id, VERDICT_IDS);

/** The current state of a Region in the registry. */
export const currentRolloutState = (state: string): string => currentName(state, ROLLOUT_STATES);

/** What a message of `enroll-accounts` asks for. */
export const currentMessage = (action: unknown): unknown =>
  typeof action === 'string' ? currentName(action, MESSAGES) : action;

/** The note in the registry in which that release recorded an alert: its key, without the prefix of notes, and its attribute. */
export const earlierAlertNote = (about: string): { readonly key: string; readonly attribute: string } => ({
  key: `told:${about.replace(/^(near|not)-(?=miss |removed )/, '$1 ')}`,
  attribute: 'told',
});

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A record with the text of one field replaced by its current name. */
const withValue = (record: Fields, field: string, names: Names): Fields => {
  const value = record[field];
  return typeof value === 'string' ? { ...record, [field]: currentName(value, names) } : record;
};

const each = (list: unknown, change: (one: Fields) => Fields): unknown =>
  Array.isArray(list) ? list.map((one: unknown) => (isFields(one) ? change(one) : one)) : list;

const currentRow = (row: Fields): Fields =>
  withValue(withValue(renamed(row, ROW), 'status', STATUSES), 'code', VERDICT_IDS);

function currentAccount(account: Fields): Fields {
  const { exportKey, ...rest } = withValue(renamed(account, ACCOUNT), 'access', ACCESS);
  return isFields(exportKey) ? { ...rest, exportKey: renamed(exportKey, EXPORT_KEY) } : rest;
}

/** A report under the current names; any other value unchanged. */
export function currentReport(report: unknown): unknown {
  if (!isFields(report)) return report;
  const { counts, databases, accounts } = report;
  return {
    ...renamed(report, REPORT),
    counts: isFields(counts) ? renamed(counts, STATUSES) : counts,
    databases: each(databases, currentRow),
    accounts: each(accounts, currentAccount),
  };
}
