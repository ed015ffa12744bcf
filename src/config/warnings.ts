import { databasesThatFit } from '../contract/admission';
import { INHERITED_POWERS } from '../contract/inherited-powers';
import { MAX_DELETIONS_PER_RUN } from '../contract/retention';
import { RHYTHM } from '../contract/rhythm';
import { ASSUMED, copiesOfADatabase, type Planned, planned, vaultQuota } from './admission-rules';
import { type CheckvalveConfig, DEFAULT_RPO } from './checkvalve-config';
import { maxStarts } from './most-starts';
import { startsFrom } from './schedule';

/** Databases that the importer would never admit: it reserves room for a database before it copies it. */
function quota(config: Planned): readonly string[] {
  const { copies, told } = copiesOfADatabase(config);
  const allowed = vaultQuota(config);
  return (['instances', 'clusters'] as const).flatMap((kind) => {
    const databases = config.vault.databases[kind];
    const fit = databasesThatFit(allowed, copies);
    if (databases <= fit) return [];
    const product = `${copies} × ${databases} ${kind} = ${copies * databases}`;
    return [
      `vault.retention: ${config.starts.assumed}${told} = ${copies} copies of a database; ${product} manual snapshots in a Region, and the vault may have ${allowed}: it reserves room for ${fit} of them, and ${databases - fit} would never be copied. Have its quota raised and set vault.manualSnapshotQuota to it, or keep copies for less long.`,
    ];
  });
}

function pace(config: Planned): readonly string[] {
  const { databases, retention } = config.vault;
  const all = databases.instances + databases.clusters;
  const perDay = maxStarts(config.starts.daily, 1) + maxStarts(config.starts.monthly, 1);
  const [runs, arriving] = [24 / RHYTHM.pruneHours, perDay * all];
  if (arriving <= runs * retention.maxDeletionsPerRun) return [];
  const perRun = Math.ceil(arriving / runs);
  const product = `${perDay} × ${all} databases = ${perDay * all}`;
  const remedy =
    perRun <= MAX_DELETIONS_PER_RUN
      ? `Raise it to ${perRun} or more.`
      : `More than ${MAX_DELETIONS_PER_RUN} is not possible in a run: plan for fewer databases in a Region, or fewer backups a day.`;
  return [
    `vault.retention.maxDeletionsPerRun: ${config.starts.assumed}${product} copies may come in on one day, and ${runs} runs a day delete ${retention.maxDeletionsPerRun} each at the most: the vault could fill up. ${remedy}`,
  ];
}

function share(config: Planned): readonly string[] {
  const { dailyDays, maxDeletedPercentPerRun } = config.vault.retention;
  const [perDay, held] = [maxStarts(config.starts.daily, 1), maxStarts(config.starts.daily, dailyDays + 1)];
  const percent = Math.ceil((100 * perDay) / Math.max(1, held));
  if (percent <= maxDeletedPercentPerRun) return [];
  return [
    `vault.retention.maxDeletedPercentPerRun: ${config.starts.assumed}with dailyDays ${dailyDays} up to ${perDay} of ${held} copies of a database are due each day, ${percent} %, and a run stops above ${maxDeletedPercentPerRun} %. Raise it, or keep copies longer.`,
  ];
}

/** Minutes that a copy of a database of usual size takes. Assumption (copies-take-minutes): AWS gives no figure; databases of terabytes take longer. */
const MINUTES_PER_COPY = 30;
const MINUTES_PER_DAY = 1440;

/** Copies that come in faster than RDS lets the vault make them: it would fall behind a little more every day.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html */
function throughput(config: Planned): readonly string[] {
  const perDay = maxStarts(config.starts.daily, 1) + maxStarts(config.starts.monthly, 1);
  const slots = { instances: 'maxInstanceCopiesInFlight', clusters: 'maxClusterCopiesInFlight' } as const;
  return (['instances', 'clusters'] as const).flatMap((kind) => {
    const [databases, inFlight] = [config.vault.databases[kind], config.limits[slots[kind]]];
    const possible = Math.floor((inFlight * MINUTES_PER_DAY) / MINUTES_PER_COPY);
    // A monthly backup makes one day in a month worse: what comes in every day decides.
    const everyDay = maxStarts(config.starts.daily, 1) * databases;
    if (everyDay <= possible) return [];
    const arriving = `${maxStarts(config.starts.daily, 1)} × ${databases} ${kind} = ${everyDay} copies come in each day (${perDay * databases} on the busiest)`;
    return [
      `limits.${slots[kind]}: ${config.starts.assumed}${arriving}; ${inFlight} in flight at about ${MINUTES_PER_COPY} minutes each are ${possible} a day: the vault would fall further behind every day. Ask AWS for more copies in flight and set limits.${slots[kind]} to it, put databases into another Region with a vault of its own, or back up less often.`,
    ];
  });
}

/** RPOs that no database can keep from one backup to the next. Who asks for less than a day with plans of his own
 * backs up more often than is assumed. */
function rpo({ vault, starts }: Planned): readonly string[] {
  if (starts === ASSUMED) return [];
  const { hours, byTag } = vault.rpo ?? DEFAULT_RPO;
  const gap = 24 / Math.max(1, maxStarts(starts.daily, 1));
  const all = [{ path: 'hours', hours }, ...byTag.map((one, at) => ({ path: `byTag[${at}].hours`, hours: one.hours }))];
  return all
    .filter((one) => one.hours <= gap)
    .map(
      (one) =>
        `vault.RPOs.${one.path}: ${one.hours} h, and ${gap} h lie between two daily backups: every database would be late for a part of each day. Back up more often, or allow more.`,
    );
}

/** Ways into a vault inside the organization that nobody has accepted: `checkvalve trust` will not be ok. */
function ambient({ vault, trust }: CheckvalveConfig): readonly string[] {
  const accepted = new Set(trust?.accepted.map(({ allow }) => allow));
  const open = INHERITED_POWERS.filter((power) => !accepted.has(power));
  if (vault.placement === 'outside' || open.length === 0) return [];
  return [
    `vault.placement: inside the organization the vault is open to ${open.join(', ')}. Put it outside, or say why each is accepted in trust.accepted: until then \`checkvalve trust\` is not ok.`,
  ];
}

/** A percentage that CloudFormation rounds down to no account at all, and nobody says of how many. */
function tolerance({ rollout: { accounts, failureTolerancePercent = 0 } = {} }: CheckvalveConfig): readonly string[] {
  if (accounts !== undefined || failureTolerancePercent === 0 || failureTolerancePercent === 100) return [];
  const fewest = Math.ceil(100 / failureTolerancePercent);
  return [
    `rollout.failureTolerancePercent: CloudFormation rounds down, so ${failureTolerancePercent} % of fewer than ${fewest} accounts is none, and one broken account stops an upgrade. Set rollout.accounts to the number of enrolled accounts: the tolerance is then at least one.`,
  ];
}

/** Exemptions that have ended: their accounts come back without a further word. */
const ended = ({ exemptions }: CheckvalveConfig, now: Date): readonly string[] =>
  exemptions.flatMap(({ account, until }, at) =>
    now.toISOString().slice(0, 10) <= until
      ? []
      : [
          `exemptions[${at}]: that of ${account} ended on ${until}, so the account is enrolled if it is tagged. Take it out, or give a later day.`,
        ],
  );

/** Schedules whose last start is past: their years are over. */
const over = ({ backup }: CheckvalveConfig, now: Date): readonly string[] =>
  (['daily', 'monthly'] as const).flatMap((name) => {
    const schedule = backup[name]?.schedule;
    const today = new Date(now.toISOString().slice(0, 10));
    if (schedule === undefined || startsFrom(schedule, today)) return [];
    return [
      `backup.${name}.schedule: ${schedule} has no start on ${now.toISOString().slice(0, 10)} or later: AWS Backup makes no ${name} backups. Give later years, or * for every year.`,
    ];
  });

/** What is no fault, and will go wrong all the same: each as a sentence with the arithmetic. */
export const warningsOf = (config: CheckvalveConfig, now: Date): readonly string[] => [
  ...[quota, pace, throughput, share, rpo].flatMap((check) => check(planned(config))),
  ...ambient(config),
  ...tolerance(config),
  ...ended(config, now),
  ...over(config, now),
];
