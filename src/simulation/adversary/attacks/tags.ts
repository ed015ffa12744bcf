import { DAY } from '../../../contract/durations';
import { databaseParts } from '../../../contract/ids';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../contract/names';
import { MAX_TAGS_PER_RESOURCE } from '../../../contract/tags';
import { formatHold, type VerdictCode } from '../../../contract/verdicts';
import type { AttackerAccount } from '../attacker-account';
import type { Attack } from './attack';

/** An instance, if the account has one: RDS says when the data of an instance copy was taken. */
const first = (attacker: AttackerAccount) =>
  attacker.databases.find(({ kind }) => kind === 'instance') ?? attacker.databases[0];
const nameOf = (attacker: AttackerAccount) => {
  const database = first(attacker)?.database;
  return database ? databaseParts(database.arn).name : 'db-1';
};

/** Stops the backups of the first database, and shares a copy each day with its tags. */
const identity: Attack = {
  name: 'forged-identity',
  sentence: 'stops a backup, and shares copies of another database with its tags',
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

/** Shares a new snapshot with old data and with a source time of today. */
const time: Attack = {
  name: 'forged-time',
  sentence: 'stops a backup, and shares old data as data of today',
  by: 'account',
  variants: ['source time', 'source time in the future', 'no time'],
  // RDS does not say when the data of a cluster copy was taken. An instance becomes late.
  isReported: false,
  act(attacker, { variant, turn }) {
    const target = first(attacker);
    if (!target) return;
    attacker.stopped.add(target.database.arn);
    attacker.withdrawImported();
    const ahead = variant.endsWith('future') ? 400 * DAY : 0;
    const claimed = new Date(attacker.rds.time.getTime() + ahead).toISOString();
    const tags: Record<string, string> = variant === 'no time' ? {} : { [TAGS.sourceTime]: claimed };
    attacker.share({ kind: target.kind, of: nameOf(attacker), ageHours: 60 + turn * 6, tags });
  },
  end: restore,
};

/** Shares copies with fifty tags, so that no tag of the vault fits. */
const full: Attack = {
  name: 'fifty-tags',
  sentence: 'shares copies with fifty tags, so that no tag of the vault fits',
  by: 'account',
  variants: ['own names'],
  isReported: false,
  act(attacker, { force, turn }) {
    attacker.withdrawImported();
    const own = { [TAGS.role]: 'export', [TAGS.sharedAt]: 'x' };
    const more = Array.from({ length: MAX_TAGS_PER_RESOURCE - Object.keys(own).length }, (_, at) => [
      `filler-${at}`,
      'x',
    ]);
    for (let at = 0; at < force; at += 1) {
      attacker.share({
        of: turn === 0 ? `full-${at}` : nameOf(attacker),
        tags: { ...own, ...Object.fromEntries(more) },
      });
    }
  },
  end: (attacker) => attacker.withdrawAll(),
};

/** Sets tags that only the vault sets: none of them may be on a vault copy. */
const vaultTags: Attack = {
  name: 'forged-marks',
  sentence: 'shares copies with the tags of vault copies',
  by: 'account',
  variants: ['legal hold', 'vault copy of another account', 'import in the past', 'failed'],
  isReported: false,
  act(attacker, { force, variant, turn }) {
    attacker.withdrawImported();
    const [other] = attacker.scenario.databases.filter(({ account }) => account !== attacker.account);
    const past = new Date(attacker.rds.time.getTime() - 365 * DAY).toISOString();
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
    for (let at = 0; at < force; at += 1) attacker.share({ of: nameOf(attacker), tags: forged[variant] });
  },
  end: (attacker) => attacker.withdrawAll(),
};

/** Tags its own snapshots with verdicts, as if RDS could not copy the database. */
const hold: Attack = {
  name: 'forged-hold',
  sentence: 'stops backups, and tags its snapshots with the verdict that RDS cannot copy them',
  by: 'account',
  variants: ['unshareable', 'failed-too-often', 'key-not-accessible', 'quota-full'] satisfies VerdictCode[],
  isReported: true,
  act(attacker, { variant }) {
    const code = variant as VerdictCode;
    for (const { database } of attacker.databases) {
      attacker.stopped.add(database.arn);
      const mark = { [TAGS.held]: formatHold({ code, count: 1, at: attacker.rds.time, alertedAt: attacker.rds.time }) };
      const latest = attacker.rds
        .all(attacker.account)
        .filter((one) => one.database === database.arn)
        .at(-1);
      if (latest) attacker.rds.change(latest.arn, { tags: new Map([...latest.tags, ...Object.entries(mark)]) });
    }
  },
  end: restore,
};

/** Tags its own export copies as imported: the vault does not import them. */
const imported: Attack = {
  name: 'forged-import',
  sentence: 'tags its export copies as imported before the vault has them',
  by: 'account',
  variants: ['taken-at', 'role'],
  isReported: true,
  act(attacker, { variant }) {
    const mark: [string, string] =
      variant === 'role' ? [TAGS.role, 'none'] : [TAGS.importedAt, attacker.rds.time.toISOString()];
    for (const { database } of attacker.databases) attacker.stopped.add(database.arn);
    for (const one of attacker.rds.all(attacker.account)) {
      if (one.tags.get(TAGS.role) === 'export') attacker.rds.change(one.arn, { tags: new Map([...one.tags, mark]) });
    }
  },
  end: restore,
};

/** Removes a tag, so that no backup is copied to the vault any more. */
const untag: Attack = {
  name: 'untag',
  sentence: 'removes a tag, so that its databases are no longer copied to the vault',
  by: 'account',
  variants: [RECOVERY_POINT_TAGS.exportKey, 'tag of the database', 'no backups at all'],
  isReported: true,
  act(attacker, { variant }) {
    for (const { database } of attacker.databases) {
      if (variant === RECOVERY_POINT_TAGS.exportKey) {
        attacker.missingTag.add(database.arn);
        // Older snapshots are deleted, so that only snapshots without the tag are left.
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
export const TAGGING: readonly Attack[] = [identity, time, full, vaultTags, hold, imported, untag];
