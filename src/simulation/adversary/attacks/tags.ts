import { DAY } from '../../../contract/durations';
import { databaseParts } from '../../../contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../contract/names';
import { MAX_TAGS_PER_RESOURCE } from '../../../contract/tags';
import { formatHold, type VerdictCode } from '../../../contract/verdicts';
import type { Hands } from '../hands';
import type { Attack } from './attack';

/** An instance, where there is one: of those RDS says when the data was taken. */
const first = (hands: Hands) => hands.databases.find(({ kind }) => kind === 'instance') ?? hands.databases[0];
const nameOf = (hands: Hands) => {
  const database = first(hands)?.database;
  return database ? databaseParts(database.arn).name : 'db-1';
};

/** Stops the first database's backups; a new copy each day claims to be of it. */
const identity: Attack = {
  name: 'forged-identity',
  says: 'stops a backup, and shares copies of a decoy with tags of the real database',
  by: 'account',
  variants: ['resource id', 'resource id and database'],
  isTold: true,
  act(hands, { variant, turn }) {
    const target = first(hands);
    if (!target) return;
    hands.stopped.add(target.database.arn);
    hands.withdrawImported();
    const tags = {
      [TAGS.resourceId]: `${target.kind}-${nameOf(hands)}`,
      [TAGS.sourceTime]: hands.rds.time.toISOString(),
      [TAGS.snapshot]: `arn:aws:rds:eu-central-1:${hands.account}:snapshot:awsbackup:job-${turn}`,
      ...(variant.endsWith('database') && { [TAGS.database]: target.database.arn }),
    };
    hands.share({ kind: target.kind, of: 'decoy', tags });
  },
  end: restore,
};

/** Old data in a new snapshot of the real database, with a tag that says that it is of today. */
const time: Attack = {
  name: 'forged-time',
  says: 'stops a backup, and shares old data as data of today',
  by: 'account',
  variants: ['source time', 'source time in the future', 'no time'],
  // Of a cluster the vault cannot tell. An instance becomes late.
  isTold: false,
  act(hands, { variant, turn }) {
    const target = first(hands);
    if (!target) return;
    hands.stopped.add(target.database.arn);
    hands.withdrawImported();
    const ahead = variant.endsWith('future') ? 400 * DAY : 0;
    const said = new Date(hands.rds.time.getTime() + ahead).toISOString();
    const tags: Record<string, string> = variant === 'no time' ? {} : { [TAGS.sourceTime]: said };
    hands.share({ kind: target.kind, of: nameOf(hands), ageHours: 60 + turn * 6, tags });
  },
  end: restore,
};

/** Fifty tags: there is no room for a mark of the vault. */
const full: Attack = {
  name: 'fifty-tags',
  says: 'shares copies with fifty tags, so that no mark finds room',
  by: 'account',
  variants: ['own names'],
  isTold: false,
  act(hands, { force, turn }) {
    hands.withdrawImported();
    const own = { [TAGS.role]: 'export', [TAGS.sharedAt]: 'x' };
    const more = Array.from({ length: MAX_TAGS_PER_RESOURCE - Object.keys(own).length }, (_, at) => [
      `filler-${at}`,
      'x',
    ]);
    for (let at = 0; at < force; at += 1) {
      hands.share({ of: turn === 0 ? `full-${at}` : nameOf(hands), tags: { ...own, ...Object.fromEntries(more) } });
    }
  },
  end: (hands) => hands.withdrawAll(),
};

/** Tags that only the vault gives its own copies: none of them may reach one. */
const marks: Attack = {
  name: 'forged-marks',
  says: 'shares copies with the marks of vault copies',
  by: 'account',
  variants: ['legal hold', 'vault copy of another account', 'import in the past', 'failed'],
  isTold: false,
  act(hands, { force, variant, turn }) {
    hands.withdrawImported();
    const [other] = hands.ground.databases.filter(({ account }) => account !== hands.account);
    const past = new Date(hands.rds.time.getTime() - 365 * DAY).toISOString();
    const forged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'legal hold': { [TAGS.legalHold]: 'forged', 'Checkvalve:legal-hold': 'forged' },
      'vault copy of another account': {
        [TAGS.database]: other?.database.arn ?? '',
        [TAGS.snapshot]: `arn:aws:rds:eu-central-1:${other?.account}:snapshot:awsbackup:job-${turn}`,
        [TAGS.resourceId]: `${other?.kind}-db-1`,
      },
      'import in the past': { [TAGS.importStartedAt]: past, [TAGS.sourceTime]: past },
      failed: { [TAGS.failedAt]: past, [TAGS.exportCopy]: 'forged' },
    };
    for (let at = 0; at < force; at += 1) hands.share({ of: nameOf(hands), tags: forged[variant] });
  },
  end: (hands) => hands.withdrawAll(),
};

/** Forged verdicts on its own snapshots: the database cannot be copied, it seems. */
const hold: Attack = {
  name: 'forged-hold',
  says: 'stops backups and marks its snapshots as not to be copied',
  by: 'account',
  variants: ['unshareable', 'failed-too-often', 'key-not-accessible', 'quota-full'] satisfies VerdictCode[],
  isTold: true,
  act(hands, { variant }) {
    const code = variant as VerdictCode;
    for (const { database } of hands.databases) {
      hands.stopped.add(database.arn);
      const mark = { [TAGS.held]: formatHold({ code, count: 1, at: hands.rds.time, alertedAt: hands.rds.time }) };
      const latest = hands.rds
        .all(hands.account)
        .filter((one) => one.database === database.arn)
        .at(-1);
      if (latest) hands.rds.change(latest.arn, { tags: new Map([...latest.tags, ...Object.entries(mark)]) });
    }
  },
  end: restore,
};

/** Marks its own export copies as taken: the vault passes them over. */
const taken: Attack = {
  name: 'forged-taken',
  says: 'marks its export copies as taken before the vault has them',
  by: 'account',
  variants: ['imported-at', 'role'],
  isTold: true,
  act(hands, { variant }) {
    const mark: [string, string] =
      variant === 'role' ? [TAGS.role, 'none'] : [TAGS.importedAt, hands.rds.time.toISOString()];
    for (const { database } of hands.databases) hands.stopped.add(database.arn);
    for (const one of hands.rds.all(hands.account)) {
      if (one.tags.get(TAGS.role) === 'export') hands.rds.change(one.arn, { tags: new Map([...one.tags, mark]) });
    }
  },
  end: restore,
};

/** Its backups lose a tag: nothing is copied any more. */
const untag: Attack = {
  name: 'untag',
  says: 'takes away a tag, so that its databases are no longer copied to the vault',
  by: 'account',
  variants: [RECOVERY_POINT_TAGS.exportKey, 'tag of the database', 'no backups at all'],
  isTold: true,
  act(hands, { variant }) {
    for (const { database } of hands.databases) {
      if (variant === RECOVERY_POINT_TAGS.exportKey) {
        hands.missingTag.add(database.arn);
        // What was taken before goes, so that only snapshots without the tag are left.
        const old = hands.rds
          .all(hands.account)
          .filter(({ name, tags }) => name.startsWith('awsbackup:') && tags.has(variant));
        for (const { arn } of old) hands.rds.change(arn, undefined);
      } else if (variant === 'tag of the database') {
        hands.unselected.add(database.arn);
        hands.stopped.add(database.arn);
      } else hands.stopped.add(database.arn);
    }
  },
  end: restore,
};

function restore(hands: Hands): void {
  hands.stopped.clear();
  hands.missingTag.clear();
  hands.unselected.clear();
  hands.withdrawAll();
}

/** Attacks with tags, and with backups that end. */
export const TAGGING: readonly Attack[] = [identity, time, full, marks, hold, taken, untag];
