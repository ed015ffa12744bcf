/**
 * Decisions of operators of the vault. Each is an item of the table of sources, beside the accounts, with the key
 * `#KIND:SUBJECT`: only principals of the vault can write it, and no step deletes it.
 */
export const DECISION_KINDS = {
  /** Subject: an account. The vault follows it, regardless of how many accounts were accepted that day. */
  accepted: 'account',
  /** Subject: an account. The vault imports nothing from it, regardless of the registry; its copies stay for their terms. */
  evicted: 'account',
  /** Subject: an account that left. Coverage expects no further copies from it. */
  left: 'account',
  /** Subject: the ARN of a database. The vault reserves room for it, regardless of how many databases of its account are new. */
  database: 'database',
  /** Subject: the ARN of a database. It is no longer backed up on purpose: coverage does not report it as late. */
  excluded: 'database',
  /** Subject: the ARN of an export copy. The vault imports it although it exceeds the bound on size. */
  size: 'snapshot',
  /** Subject: `vault`. The time of the vault is right, although it jumped: deletion goes on. */
  clock: 'vault',
} as const;

/** One of {@link DECISION_KINDS}. */
export type DecisionKind = keyof typeof DECISION_KINDS;

/** One decision. */
export interface Decision {
  readonly kind: DecisionKind;
  readonly subject: string;
  /** ARN of the principal that decided. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly because?: string;
}

const KEY = /^#([a-z]+):(.+)$/s;

/** Key of a decision in the table of sources. */
export const decisionKey = ({ kind, subject }: Pick<Decision, 'kind' | 'subject'>): string => `#${kind}:${subject}`;

/** Kind and subject of a decision, from its key; undefined for any other key. */
export function decisionOfKey(key: string): Pick<Decision, 'kind' | 'subject'> | undefined {
  const [, kind = '', subject = ''] = KEY.exec(key) ?? [];
  return Object.hasOwn(DECISION_KINDS, kind) ? { kind: kind as DecisionKind, subject } : undefined;
}

/** The subjects of all decisions of a kind. */
export const decidedOf = (decisions: readonly Decision[], kind: DecisionKind): ReadonlySet<string> =>
  new Set(decisions.filter((one) => one.kind === kind).map(({ subject }) => subject));
