import { DEFAULT_ADMISSION } from '../contract/admission';
import { startsMeet, type Timed } from './start-windows';

/** One thing that is wrong: where, what stands there, and what to do about it. */
export interface ConfigFault {
  readonly path: string;
  readonly value?: unknown;
  readonly remedy: string;
}

type Unread = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Unread =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at a path, whether or not the rest of the configuration is any good. */
export function at(raw: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), raw);
}

const list = (raw: unknown, path: string): readonly unknown[] => {
  const value = at(raw, path);
  return Array.isArray(value) ? value : [];
};

/** Two accounts that must not be one. */
function accounts(raw: unknown): readonly ConfigFault[] {
  const [management, vault] = [at(raw, 'organization.managementAccount'), at(raw, 'vault.account')];
  if (management === undefined || management !== vault) return [];
  return [
    {
      path: 'vault.account',
      value: vault,
      remedy: 'name an account of its own: whoever rules the management account would rule the vault',
    },
  ];
}

/** Units of another organization's root. */
function units(raw: unknown): readonly ConfigFault[] {
  const rootId = at(raw, 'organization.rootId');
  if (typeof rootId !== 'string' || !rootId.startsWith('r-')) return [];
  const remedy = `name a unit under ${rootId}, or correct rootId`;
  const elsewhere = ['organization.targetUnits', 'organization.excludedUnits', 'guardrails.units'].flatMap((path) =>
    list(raw, path).flatMap((unit, index): ConfigFault[] => {
      if (typeof unit !== 'string' || unit === rootId || !/^(r|ou)-/.test(unit)) return [];
      return unit.startsWith(`ou-${rootId.slice(2)}-`) ? [] : [{ path: `${path}[${index}]`, value: unit, remedy }];
    }),
  );
  const targets = list(raw, 'organization.targetUnits');
  const both = list(raw, 'organization.excludedUnits').flatMap((unit, index): ConfigFault[] => {
    const path = `organization.excludedUnits[${index}]`;
    return targets.includes(unit)
      ? [{ path, value: unit, remedy: 'take it out of one: it is a target unit as well' }]
      : [];
  });
  return [...elsewhere, ...both];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, less what else a step is told. */
const ENVIRONMENT_BYTES = 3000;

/** What enrollment is told goes into the environment of a function, which is small. */
function enrollmentFits(raw: unknown): readonly ConfigFault[] {
  const lists = { exemptions: list(raw, 'exemptions'), acknowledged: list(raw, 'enrollment.confirmedWithdrawals') };
  const bytes = Buffer.byteLength(JSON.stringify(lists));
  if (bytes <= ENVIRONMENT_BYTES) return [];
  const path = lists.exemptions.length > lists.acknowledged.length ? 'exemptions' : 'enrollment.confirmedWithdrawals';
  const remedy = `take out what is over: a function of Lambda holds ${ENVIRONMENT_BYTES} bytes of both lists`;
  return [{ path, value: `${bytes} bytes`, remedy }];
}

function duplicates(raw: unknown): readonly ConfigFault[] {
  const lists = ['organization.targetUnits', 'regions', 'guardrails.units'];
  return [...lists, 'guardrails.exemptRoles', 'guardrails.backupRoles'].flatMap((path) =>
    list(raw, path).flatMap((value, index, all): ConfigFault[] =>
      all.indexOf(value) === index ? [] : [{ path: `${path}[${index}]`, value, remedy: 'name it once' }],
    ),
  );
}

function exemptions(raw: unknown): readonly ConfigFault[] {
  const seen = new Set<unknown>();
  const never = new Map([
    [at(raw, 'organization.managementAccount'), 'take it out: the management account is never enrolled'],
    [at(raw, 'vault.account'), 'take it out: the vault is never enrolled'],
  ]);
  return list(raw, 'exemptions').flatMap((exemption, index): ConfigFault[] => {
    const account = at(exemption, 'account');
    if (account === undefined) return [];
    const remedy = seen.has(account) ? 'exempt an account once' : never.get(account);
    seen.add(account);
    return remedy ? [{ path: `exemptions[${index}].account`, value: account, remedy }] : [];
  });
}

/** With plans there are two; without plans there is nothing of one. */
function plans(raw: unknown): readonly ConfigFault[] {
  const backup = at(raw, 'backup');
  if (!isRecord(backup)) return [];
  const fields = backup.plans === 'off' ? ['daily', 'monthly', 'crossRegionCopy'] : ['daily', 'monthly'];
  return fields.flatMap((field): ConfigFault[] => {
    const [path, value] = [`backup.${field}`, backup[field]];
    if (backup.plans !== 'off') return value === undefined ? [{ path, remedy: 'give an object' }] : [];
    return value === undefined
      ? []
      : [{ path, value, remedy: "take it out: backup.plans is 'off', so nothing is made of it" }];
  });
}

/** AWS Backup copies from one Region into another, and the vault there is made by the tooling of that Region. */
function crossRegionCopy(raw: unknown): readonly ConfigFault[] {
  const [to, regions] = [at(raw, 'backup.crossRegionCopy.region'), list(raw, 'regions')];
  if (to === undefined) return [];
  const remedy = !regions.includes(to)
    ? 'name one of regions: the backup vault that it copies into is made by the tooling there'
    : regions.every((region) => region === to)
      ? 'add another Region to regions: a copy into the Region that it comes from is none'
      : undefined;
  return remedy ? [{ path: 'backup.crossRegionCopy.region', value: to, remedy }] : [];
}

/** What is accepted twice, or where there is nothing to accept. */
function accepted(raw: unknown): readonly ConfigFault[] {
  const names = list(raw, 'trust.accepted').map((one) => at(one, 'allow'));
  const outside = at(raw, 'vault.placement') === 'outside';
  return names.flatMap((value, index): ConfigFault[] => {
    const path = `trust.accepted[${index}].allow`;
    if (outside)
      return [{ path, value, remedy: 'take it out: nobody has such power over a vault outside the organization' }];
    return names.indexOf(value) === index ? [] : [{ path, value, remedy: 'accept it once' }];
  });
}

function retention(raw: unknown): readonly ConfigFault[] {
  const [daily, monthly] = [at(raw, 'backup.daily.retentionDays'), at(raw, 'backup.monthly.retentionDays')];
  if (typeof daily !== 'number' || typeof monthly !== 'number' || monthly >= daily) return [];
  const remedy = `keep monthly backups at least as long as daily ones (${daily} days)`;
  return [{ path: 'backup.monthly.retentionDays', value: monthly, remedy }];
}

const timed = (raw: unknown, name: string): Timed => ({
  schedule: String(at(raw, `backup.${name}.schedule`)),
  timeZone: String(at(raw, `backup.${name}.timeZone`)),
});

/**
 * Where start windows of two rules for one database overlap, AWS Backup keeps the job with the longer retention alone:
 * the daily backup would be missing on the first of each month.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
function overlap(raw: unknown): readonly ConfigFault[] {
  if (!startsMeet(timed(raw, 'daily'), timed(raw, 'monthly'))) return [];
  return [
    {
      path: 'backup.monthly.schedule',
      value: at(raw, 'backup.monthly.schedule'),
      remedy:
        'start it an hour or more from backup.daily.schedule: where the two overlap AWS Backup drops the daily backup',
    },
  ];
}

/** AWS Backup takes no schedule that starts within an hour of itself.
 * https://repost.aws/questions/QUwYlivOoWTHi1nSuSGjTVFg/error-scheduling-backup-every-ten-minutes-in-aws-backup */
function tooOften(raw: unknown): readonly ConfigFault[] {
  return ['daily', 'monthly'].flatMap((name): ConfigFault[] => {
    const plan = timed(raw, name);
    if (!startsMeet(plan, plan)) return [];
    const remedy = 'leave an hour or more between two starts: AWS Backup takes nothing that starts more often';
    return [{ path: `backup.${name}.schedule`, value: plan.schedule, remedy }];
  });
}

/** A copy that is small enough by itself and too large for a day would wait for ever. */
function admission(raw: unknown): readonly ConfigFault[] {
  const configured = {
    ...DEFAULT_ADMISSION,
    ...(isRecord(at(raw, 'vault.admission')) ? (at(raw, 'vault.admission') as Unread) : {}),
  };
  const { maxCopyGiB, maxGiBPerAccountPerDay: value } = configured as Unread;
  if (typeof maxCopyGiB !== 'number' || typeof value !== 'number' || value >= maxCopyGiB) return [];
  const remedy = `allow at least one copy of maxCopyGiB (${maxCopyGiB} GiB) a day`;
  return [{ path: 'vault.admission.maxGiBPerAccountPerDay', value, remedy }];
}

/** What parts of a configuration have to do with each other. Reads what is there, so that it finds faults beside others. */
export const crossFaults = (raw: unknown): readonly ConfigFault[] =>
  [
    accounts,
    units,
    duplicates,
    exemptions,
    enrollmentFits,
    accepted,
    plans,
    crossRegionCopy,
    retention,
    overlap,
    tooOften,
    admission,
  ].flatMap((check) => check(raw));
