import type { CopyOutcome } from '../../lambda/_kit/ports/snapshots';
import type { AccountId } from '../../src/contract/ids';
import { attemptOf } from '../../src/contract/names';
import type { VerdictCode } from '../../src/contract/verdicts';
import type { SimulatedDatabase } from '../../src/simulation/in-memory-rds';
import { type Pipeline, SOURCE, VAULT } from './pipeline';

/** What happens to the backups of a database without a crash. */
export interface CrashWorld {
  /** Runs before which there is a backup. */
  readonly backups?: readonly number[];
  /** Before the first backup. */
  readonly begin: (pipeline: Pipeline, database: SimulatedDatabase) => void;
  /** Later, the operator removes the cause, or time passes. */
  readonly mend?: (pipeline: Pipeline) => void;
  /** The run before which that happens; the fifth if undefined. */
  readonly mendedAt?: number;
  /** Whether the state is final only hours later. */
  readonly slowed?: boolean;
  /** Available copies in the vault at the end. */
  readonly copied: number;
  /** Export copies that stay: the newest imported one of an instance, those that wait for the vault, the last failed one. */
  readonly stay: { readonly instance: number; readonly cluster: number };
  /** Verdicts of the logged alerts. */
  readonly alerts: readonly VerdictCode[];
}

const refused =
  (account: AccountId, outcome: CopyOutcome): CrashWorld['begin'] =>
  (pipeline, { arn }) =>
    void pipeline.rds.refusals.set(`${account} ${arn}`, outcome);

/** Copies fail instead of becoming available: the first attempts for each snapshot. */
const failing =
  (account: AccountId, attempts: number): CrashWorld['begin'] =>
  ({ rds }) => {
    rds.onChange = ({ what, account: where, snapshot: { arn, name } }) => {
      if (what === 'available' && where === account && attemptOf(name) <= attempts)
        rds.change(arn, { status: 'failed' });
    };
  };

/** The vault is refused two export copies, and the second cannot be made again: the first gives way to a third. */
const crowded: CrashWorld['begin'] = ({ rds }) => {
  const refused = new Set<string>();
  rds.onChange = ({ what, account, snapshot: { arn }, madeFrom }) => {
    if (what !== 'copied' || account !== SOURCE || refused.size === 2) return;
    rds.refusedBefore.set(SOURCE, rds.time.getTime() + 1);
    if (refused.add(arn).size === 2 && madeFrom) rds.change(madeFrom, undefined);
  };
};

/** The snapshot is deleted while it is copied, and the copy fails. */
const deleted: CrashWorld['begin'] = ({ rds }) => {
  rds.onChange = ({ what, account, snapshot: { arn }, madeFrom }) => {
    if (what !== 'available' || account !== SOURCE || !madeFrom) return;
    rds.change(arn, { status: 'failed' });
    rds.change(madeFrom, undefined);
  };
};

/** Entries of the memory have 40 of their 90 days left. */
const laterInTheTerm: CrashWorld['mend'] = ({ rds }) => rds.advance(50 * 24 * 60);

const allowed: CrashWorld['mend'] = ({ rds }) => rds.refusals.clear();
const NO_SHARE: CrashWorld['begin'] = ({ rds }, { arn }) => void rds.unshareable.add(arn);

const NEWEST = { instance: 1, cluster: 0 };
const NONE = { instance: 0, cluster: 0 };
const BOTH = { instance: 2, cluster: 2 };

/** Every way that a backup can take: into the vault, or to a verdict. */
export const CRASH_WORLDS = {
  'all goes well': { begin: () => {}, copied: 2, stay: NEWEST, alerts: [] },
  'RDS refuses to share': { begin: NO_SHARE, copied: 0, stay: NONE, alerts: ['unshareable'] },
  'RDS refuses the copy in the source, and is mended': {
    begin: refused(SOURCE, { kind: 'refused', because: 'a key that AWS owns' }),
    mend: allowed,
    copied: 2,
    stay: NEWEST,
    alerts: ['copy-refused'],
  },
  'RDS refuses the vault’s copy, and is mended': {
    begin: refused(VAULT, { kind: 'options', because: 'requires [Timezone]' }),
    mend: allowed,
    copied: 2,
    stay: NEWEST,
    alerts: ['option-group-needed'],
  },
  'the first copy in the source fails': { begin: failing(SOURCE, 1), copied: 2, stay: NEWEST, alerts: [] },
  'the vault’s first copy fails': { begin: failing(VAULT, 1), copied: 2, stay: NEWEST, alerts: [] },
  'every copy in the source fails': { begin: failing(SOURCE, 9), copied: 0, stay: BOTH, alerts: ['failed-too-often'] },
  'every copy of the vault fails': {
    begin: failing(VAULT, 9),
    // An account whose copies fail is slowed.
    slowed: true,
    copied: 0,
    stay: BOTH,
    // Once a day.
    alerts: ['failed-too-often', 'failed-too-often', 'failed-too-often', 'failed-too-often'],
  },
  'a copy that the vault is refused gives way to a younger one': {
    backups: [0, 2, 8],
    begin: crowded,
    copied: 1,
    stay: { instance: 2, cluster: 1 },
    alerts: ['copy-refused'],
  },
  'the snapshot of a failed copy is deleted': {
    begin: deleted,
    copied: 0,
    stay: BOTH,
    alerts: ['snapshot-deleted', 'snapshot-deleted'],
  },
  'the entry of a snapshot in the memory is renewed': {
    begin: () => {},
    mend: laterInTheTerm,
    mendedAt: 13,
    copied: 2,
    stay: NEWEST,
    alerts: [],
  },
} as const satisfies Readonly<Record<string, CrashWorld>>;
