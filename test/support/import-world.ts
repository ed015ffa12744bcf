import { type CopyLimits, DEFAULT_LIMITS } from '../../lambda/_kit/copies';
import type { Snapshot } from '../../lambda/_kit/ports/snapshots';
import type { ImportFacts } from '../../lambda/vault/import-copies/facts';
import { plan } from '../../lambda/vault/import-copies/plan';
import { DEFAULT_ADMISSION } from '../../src/contract/admission';
import { type AccountId, databaseArn, type Kind, snapshotArn } from '../../src/contract/ids';
import { TAGS, vaultCopyName } from '../../src/contract/names';
import { HERE, IMPORT_KEY, OTHER, SOURCE, VAULT } from './pipeline';

export const NOW = new Date('2026-06-15T12:00:00Z');
export const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

type Tags = Readonly<Record<string, string | undefined>>;
const tagged = (tags: Tags): ReadonlyMap<string, string> =>
  new Map(Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));

/** The facts of an export copy that a test sets. */
export interface SharedFacts {
  readonly account?: AccountId;
  readonly kind?: Kind;
  /** Name of the database. */
  readonly of?: string;
  /** Last part of the name: another one is another export copy of the database. */
  readonly id?: string;
  /** Tags as the access role shows them, beside the role `export`. */
  readonly tags?: Tags;
  /** What RDS says of the snapshot. */
  readonly change?: Partial<Snapshot>;
}

/** An export copy as its account sees it: its tags are shown. RDS shows the vault the same without tags. */
export function exportCopy({
  account = SOURCE,
  kind = 'instance',
  of = 'orders',
  ...more
}: SharedFacts = {}): Snapshot {
  const [word, type] = kind === 'cluster' ? ['cluster-snapshot', 'cluster'] : ['snapshot', 'db'];
  const name = `checkvalve-${of}-${more.id ?? '0123456789abcdef'}`;
  return {
    arn: snapshotArn(`arn:aws:rds:${HERE}:${account}:${word}:${name}`),
    kind,
    name,
    status: 'available',
    type: 'manual',
    database: databaseArn(`arn:aws:rds:${HERE}:${account}:${type}:${of}`),
    engine: 'postgres',
    encrypted: true,
    createdAt: hoursAgo(2),
    takenAt: hoursAgo(3),
    sizeGiB: 20,
    tags: tagged({ [TAGS.role]: 'export', ...more.tags }),
    ...more.change,
  };
}

/** The vault's copy of an export copy. */
export function copyOf(copy: Snapshot, change: Partial<Snapshot> = {}, tags: Tags = {}, attempt = 1): Snapshot {
  const of = copy.database.split(':').at(-1) ?? '';
  const name = vaultCopyName(of, copy.arn, attempt);
  return {
    ...copy,
    arn: snapshotArn(
      `arn:aws:rds:${HERE}:${VAULT}:${copy.kind === 'cluster' ? 'cluster-snapshot' : 'snapshot'}:${name}`,
    ),
    name,
    createdAt: hoursAgo(1),
    tags: tagged({
      [TAGS.role]: 'vault',
      [TAGS.database]: copy.database,
      [TAGS.exportCopy]: copy.arn,
      [TAGS.importStartedAt]: hoursAgo(1).toISOString(),
      ...tags,
    }),
    ...change,
  };
}

/** Facts of a run in which these export copies are shared, and their accounts show them. */
export function importFacts(
  copies: readonly Snapshot[],
  { limits, ...more }: Partial<Omit<ImportFacts, 'limits'>> & { readonly limits?: Partial<CopyLimits> } = {},
): ImportFacts {
  return {
    accepted: new Set([SOURCE, OTHER]),
    shared: copies.map((copy) => ({ ...copy, type: 'shared', tags: new Map() })),
    own: [],
    throughAccessRoles: new Map(copies.map((copy) => [copy.arn, copy])),
    importKey: IMPORT_KEY,
    limits: { ...DEFAULT_LIMITS, ...limits },
    admission: { ...DEFAULT_ADMISSION, copiesPerDatabase: 4 },
    now: NOW,
    ...more,
  };
}

/** What a run does, in its order, and why the other shared snapshots wait, each in one line. */
export function decided(facts: ImportFacts) {
  const { actions, passed, nextRunInMinutes, alerted } = plan(facts);
  return {
    done: actions.map((action) => {
      if (action.do === 'mark-failed') return `mark-failed ${action.copy.name}`;
      return `${action.do} ${action.exportCopy.name}${action.do === 'alert' ? ` ${action.code}` : ''}`;
    }),
    waits: passed.map(({ snapshot, because }) => `${snapshot.name}: ${because}`),
    nextRunInMinutes,
    alerted: [...alerted],
  };
}
