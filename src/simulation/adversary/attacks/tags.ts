import { databaseParts } from '../../../contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../contract/names';
import { MOST_TAGS } from '../../../contract/taggable';
import { holdTag, type VerdictCode } from '../../../contract/verdicts';
import type { AttackerAccount } from '../attacker-account';
import type { Attack } from './attack';

/** An instance, where there is one: of those RDS says when the data was taken. */
const first = (attacker: AttackerAccount) =>
  attacker.databases.find(({ kind }) => kind === 'instance') ?? attacker.databases[0];
const nameOf = (attacker: AttackerAccount) => {
  const database = first(attacker)?.database;
  return database ? databaseParts(database.arn).name : 'db-1';
};

/** Stops the first database's backups; a new copy each day claims to be of it. */
const identity: Attack = {
  name: 'forged-identity',
  says: 'stops a backup, and shares copies of a decoy with tags of the real database',
  by: 'account',
  variants: ['resource id', 'resource id and database'],
  isReported: true,
  act(attacker, { variant, turn }) {
    const target = first(attacker);
    if (!target) return;
    attacker.stopped.add(target.database.arn);
    attacker.withdrawImported();
    const tags = {
      [TAGS.resourceId]: `${target.kind}-${nameOf(attacker)}`,
      [TAGS.sourceTime]: attacker.rds.time.toISOString(),
      [TAGS.snapshot]: `arn:aws:rds:eu-central-1:${attacker.account}:snapshot:awsbackup:job-${turn}`,
      ...(variant.endsWith('database') && { [TAGS.database]: target.database.arn }),
    };
    attacker.share({ kind: target.kind, of: 'decoy', tags });
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
  isReported: false,
  act(attacker, { variant, turn }) {
    const target = first(attacker);
    if (!target) return;
    attacker.stopped.add(target.database.arn);
    attacker.withdrawImported();
    const ahead = variant.endsWith('future') ? 400 * 24 * 3_600_000 : 0;
    const said = new Date(attacker.rds.time.getTime() + ahead).toISOString();
    const tags: Record<string, string> = variant === 'no time' ? {} : { [TAGS.sourceTime]: said };
    attacker.share({ kind: target.kind, of: nameOf(attacker), ageHours: 60 + turn * 6, tags });
  },
  end: restore,
};

/** Fifty tags: there is no room for a mark of the vault. */
const full: Attack = {
  name: 'fifty-tags',
  says: 'shares copies with fifty tags, so that no mark finds room',
  by: 'account',
  variants: ['own names'],
  isReported: false,
  act(attacker, { force, turn }) {
    attacker.withdrawImported();
    const own = { [TAGS.role]: 'export', [TAGS.sharedAt]: 'x' };
    const more = Array.from({ length: MOST_TAGS - Object.keys(own).length }, (_, at) => [`filler-${at}`, 'x']);
    for (let at = 0; at < force; at += 1) {
      attacker.share({
        of: turn === 0 ? `full-${at}` : nameOf(attacker),
        tags: { ...own, ...Object.fromEntries(more) },
      });
    }
  },
  end: (attacker) => attacker.withdrawAll(),
};

/** Tags that only the vault gives its own copies: none of them may reach one. */
const marks: Attack = {
  name: 'forged-marks',
  says: 'shares copies with the marks of vault copies',
  by: 'account',
  variants: ['legal hold', 'vault copy of another account', 'import in the past', 'failed'],
  isReported: false,
  act(attacker, { force, variant, turn }) {
    attacker.withdrawImported();
    const [other] = attacker.scenario.databases.filter(({ account }) => account !== attacker.account);
    const past = new Date(attacker.rds.time.getTime() - 365 * 24 * 3_600_000).toISOString();
    const forged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'legal hold': { [TAGS.legalHold]: 'forged', 'Checkvalve:legal-hold': 'forged' },
      'vault copy of another account': {
        [TAGS.database]: other?.database.arn ?? '',
        [TAGS.snapshot]: `arn:aws:rds:eu-central-1:${other?.account}:snapshot:awsbackup:job-${turn}`,
        [TAGS.resourceId]: `${other?.kind}-db-1`,
      },
      'import in the past': { [TAGS.importedAt]: past, [TAGS.sourceTime]: past },
      failed: { [TAGS.failedAt]: past, [TAGS.exportCopy]: 'forged' },
    };
    for (let at = 0; at < force; at += 1) attacker.share({ of: nameOf(attacker), tags: forged[variant] });
  },
  end: (attacker) => attacker.withdrawAll(),
};

/** Forged verdicts on its own snapshots: the database cannot be copied, it seems. */
const hold: Attack = {
  name: 'forged-hold',
  says: 'stops backups and marks its snapshots as not to be copied',
  by: 'account',
  variants: ['unshareable', 'failed-too-often', 'key-not-accessible', 'quota-full'] satisfies VerdictCode[],
  isReported: true,
  act(attacker, { variant }) {
    const code = variant as VerdictCode;
    for (const { database } of attacker.databases) {
      attacker.stopped.add(database.arn);
      const mark = { [TAGS.held]: holdTag({ code, count: 1, at: attacker.rds.time, toldAt: attacker.rds.time }) };
      const latest = attacker.rds
        .all(attacker.account)
        .filter((one) => one.database === database.arn)
        .at(-1);
      if (latest) attacker.rds.change(latest.arn, { tags: new Map([...latest.tags, ...Object.entries(mark)]) });
    }
  },
  end: restore,
};

/** Marks its own export copies as taken: the vault passes them over. */
const taken: Attack = {
  name: 'forged-taken',
  says: 'marks its export copies as taken before the vault has them',
  by: 'account',
  variants: ['taken-at', 'role'],
  isReported: true,
  act(attacker, { variant }) {
    const mark: [string, string] =
      variant === 'role' ? [TAGS.role, 'none'] : [TAGS.takenAt, attacker.rds.time.toISOString()];
    for (const { database } of attacker.databases) attacker.stopped.add(database.arn);
    for (const one of attacker.rds.all(attacker.account)) {
      if (one.tags.get(TAGS.role) === 'export') attacker.rds.change(one.arn, { tags: new Map([...one.tags, mark]) });
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
  isReported: true,
  act(attacker, { variant }) {
    for (const { database } of attacker.databases) {
      if (variant === RECOVERY_POINT_TAGS.exportKey) {
        attacker.missingTag.add(database.arn);
        // What was taken before goes, so that only snapshots without the tag are left.
        const old = attacker.rds
          .all(attacker.account)
          .filter(({ name, tags }) => name.startsWith('awsbackup:') && tags.has(variant));
        for (const { arn } of old) attacker.rds.change(arn, undefined);
      } else if (variant === 'tag of the database') {
        attacker.unselected.add(database.arn);
        attacker.stopped.add(database.arn);
      } else attacker.stopped.add(database.arn);
    }
  },
  end: restore,
};

function restore(attacker: AttackerAccount): void {
  attacker.stopped.clear();
  attacker.missingTag.clear();
  attacker.unselected.clear();
  attacker.withdrawAll();
}

/** Attacks with tags, and with backups that end. */
export const TAGGING: readonly Attack[] = [identity, time, full, marks, hold, taken, untag];
