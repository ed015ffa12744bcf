import { databasesThatFit } from '../contract/admission';
import { MINUTES_PER_DAY } from '../contract/durations';
import { INHERITED_POWERS } from '../contract/inherited-powers';
import { INTERVALS } from '../contract/intervals';
import { MAX_DELETIONS_PER_RUN } from '../contract/retention';
import {
  ASSUMED_SCHEDULES,
  maxCopiesPerDatabase,
  type ScheduledConfig,
  vaultQuota,
  withSchedules,
} from './admission-rules';
import { type CheckvalveConfig, DEFAULT_RPO } from './checkvalve-config';
import { maxStarts } from './max-starts';
import { startsFrom } from './schedule';

/** Databases that `import-copies` would never admit: it reserves quota for a database before it copies it. */
function quota(config: ScheduledConfig): readonly string[] {
  const { copies, breakdown } = maxCopiesPerDatabase(config);
  const allowed = vaultQuota(config);
  return (['instances', 'clusters'] as const).flatMap((kind) => {
    const databases = config.vault.databases[kind];
    const fit = databasesThatFit(allowed, copies);
    if (databases <= fit) return [];
    const product = `${copies} × ${databases} ${kind} = ${copies * databases}`;
    return [
      `vault.retention: ${config.starts.assumed}${breakdown} = ${copies} copies of a database; ${product} manual snapshots in a Region, and the quota of the vault is ${allowed}. The quota is enough for ${fit} of ${databases} ${kind}; ${databases - fit} would never be copied. Ask AWS to raise the quota and set vault.manualSnapshotQuota to it, or shorten the retention.`,
    ];
  });
}

function pace(config: ScheduledConfig): readonly string[] {
  const { databases, retention } = config.vault;
  const all = databases.instances + databases.clusters;
  const perDay = maxStarts(config.starts.daily, 1) + maxStarts(config.starts.monthly, 1);
  const [runs, arriving] = [24 / INTERVALS.pruneHours, perDay * all];
  if (arriving <= runs * retention.maxDeletionsPerRun) return [];
  const perRun = Math.ceil(arriving / runs);
  const product = `${perDay} × ${all} databases = ${perDay * all}`;
  const remedy =
    perRun <= MAX_DELETIONS_PER_RUN
      ? `Raise it to ${perRun} or more.`
      : `More than ${MAX_DELETIONS_PER_RUN} per run is not possible: plan fewer databases in a Region, or fewer backups a day.`;
  return [
    `vault.retention.maxDeletionsPerRun: ${config.starts.assumed}${product} copies may arrive on one day, and ${runs} runs a day delete at most ${retention.maxDeletionsPerRun} each: the vault could reach its quota. ${remedy}`,
  ];
}

function share(config: ScheduledConfig): readonly string[] {
  const { dailyDays, maxDeletedPercentPerRun } = config.vault.retention;
  const [perDay, held] = [maxStarts(config.starts.daily, 1), maxStarts(config.starts.daily, dailyDays + 1)];
  const percent = Math.ceil((100 * perDay) / Math.max(1, held));
  if (percent <= maxDeletedPercentPerRun) return [];
  return [
    `vault.retention.maxDeletedPercentPerRun: ${config.starts.assumed}with dailyDays ${dailyDays} up to ${perDay} of ${held} copies of a database expire each day, ${percent} %, and a run stops above ${maxDeletedPercentPerRun} %. Raise it, or keep copies longer.`,
  ];
}

/** Minutes that a copy of a database of usual size takes. Assumption (copies-take-minutes): AWS documents no duration;
 * databases of terabytes take longer. */
const MINUTES_PER_COPY = 30;

/** Copies that arrive faster than RDS lets the vault make them: the vault would fall further behind every day.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html */
function throughput(config: ScheduledConfig): readonly string[] {
  const perDay = maxStarts(config.starts.daily, 1) + maxStarts(config.starts.monthly, 1);
  const slots = { instances: 'maxInstanceCopiesInFlight', clusters: 'maxClusterCopiesInFlight' } as const;
  return (['instances', 'clusters'] as const).flatMap((kind) => {
    const [databases, inFlight] = [config.vault.databases[kind], config.limits[slots[kind]]];
    const possible = Math.floor((inFlight * MINUTES_PER_DAY) / MINUTES_PER_COPY);
    // A monthly backup makes one day of a month worse; the arrivals of every day decide.
    const everyDay = maxStarts(config.starts.daily, 1) * databases;
    if (everyDay <= possible) return [];
    const arriving = `${maxStarts(config.starts.daily, 1)} × ${databases} ${kind} = ${everyDay} copies arrive each day (${perDay * databases} on the busiest)`;
    return [
      `limits.${slots[kind]}: ${config.starts.assumed}${arriving}, and ${inFlight} in flight at about ${MINUTES_PER_COPY} minutes each are ${possible} a day: the vault would fall further behind every day. Ask AWS to raise the quota of copies in flight and set limits.${slots[kind]} to it, move databases to another Region with its own vault, or back up less often.`,
    ];
  });
}

/** RPOs that no database can meet between two backups. With your own backup plans, an RPO below a day means that they start
 * more often than is assumed. */
function rpo({ vault, starts }: ScheduledConfig): readonly string[] {
  if (starts === ASSUMED_SCHEDULES) return [];
  const { hours, byTag } = vault.rpo ?? DEFAULT_RPO;
  const gap = 24 / Math.max(1, maxStarts(starts.daily, 1));
  const all = [{ path: 'hours', hours }, ...byTag.map((one, at) => ({ path: `byTag[${at}].hours`, hours: one.hours }))];
  return all
    .filter((one) => one.hours <= gap)
    .map(
      (one) =>
        `vault.rpo.${one.path}: the RPO is ${one.hours} h, and ${gap} h pass between two daily backups: every database would be late for a part of each day. Back up more often, or raise the RPO.`,
    );
}

/** Powers over a vault inside the organization that the configuration does not accept: `checkvalve trust` fails. */
function ambient({ vault, trust }: CheckvalveConfig): readonly string[] {
  const accepted = new Set(trust?.accepted.map(({ allow }) => allow));
  const open = INHERITED_POWERS.filter((power) => !accepted.has(power));
  if (vault.placement === 'outside' || open.length === 0) return [];
  return [
    `vault.placement: inside the organization the vault is open to ${open.join(', ')}, so \`checkvalve trust\` fails. Move the vault outside, or accept each with a reason in trust.accepted.`,
  ];
}

/** A percentage that CloudFormation rounds down to no account, because the number of accounts is not configured. */
function tolerance({ rollout: { accounts, failureTolerancePercent = 0 } = {} }: CheckvalveConfig): readonly string[] {
  if (accounts !== undefined || failureTolerancePercent === 0 || failureTolerancePercent === 100) return [];
  const fewest = Math.ceil(100 / failureTolerancePercent);
  return [
    `rollout.failureTolerancePercent: CloudFormation rounds down, so ${failureTolerancePercent} % of fewer than ${fewest} accounts is none, and one broken account stops an upgrade. Set rollout.accounts to the number of enrolled accounts; the tolerance is then at least one account.`,
  ];
}

/** Exemptions that have ended: enrollment enrolls their accounts again. */
const ended = ({ exemptions }: CheckvalveConfig, now: Date): readonly string[] =>
  exemptions.flatMap(({ account, until }, at) =>
    now.toISOString().slice(0, 10) <= until
      ? []
      : [
          `exemptions[${at}]: the exemption of ${account} ended on ${until}, so the account is enrolled if it is tagged. Remove the exemption, or give a later day.`,
        ],
  );

/** Schedules whose last start is in the past. */
const over = ({ backup }: CheckvalveConfig, now: Date): readonly string[] =>
  (['daily', 'monthly'] as const).flatMap((name) => {
    const schedule = backup[name]?.schedule;
    const today = new Date(now.toISOString().slice(0, 10));
    if (schedule === undefined || startsFrom(schedule, today)) return [];
    return [
      `backup.${name}.schedule: ${schedule} has no start on ${now.toISOString().slice(0, 10)} or later, so AWS Backup makes no ${name} backups. Give later years, or * for every year.`,
    ];
  });

/** What is valid and leads to a fault later: each a message with its arithmetic. */
export const warningsOf = (config: CheckvalveConfig, now: Date): readonly string[] => [
  ...[quota, pace, throughput, share, rpo].flatMap((check) => check(withSchedules(config))),
  ...ambient(config),
  ...tolerance(config),
  ...ended(config, now),
  ...over(config, now),
];
