// Longer than most: all faults between fields of a configuration, one short check each.
import { DEFAULT_ADMISSION } from '../contract/admission';
import { isRecord } from '../contract/records';
import { startsMeet, type Timed } from './start-windows';

/** One fault of a document: its path, the value there, and the remedy. */
export interface ConfigFault {
  readonly path: string;
  readonly value?: unknown;
  readonly remedy: string;
}

type Unread = Readonly<Record<string, unknown>>;

/** The value at a path, whether or not the rest of the document is valid. */
export function at(raw: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), raw);
}

const list = (raw: unknown, path: string): readonly unknown[] => {
  const value = at(raw, path);
  return Array.isArray(value) ? value : [];
};

/** The vaults of a document, each with its path. */
function vaultsIn(raw: unknown): readonly { readonly path: string; readonly vault: unknown }[] {
  const many = list(raw, 'vaults').map((vault, index) => ({ path: `vaults[${index}]`, vault }));
  const one = at(raw, 'vault');
  return one === undefined ? many : [{ path: 'vault', vault: one }, ...many];
}

/** A document has one vault, or several with names. */
function oneOrMany(raw: unknown): readonly ConfigFault[] {
  const [one, many] = [at(raw, 'vault'), at(raw, 'vaults')];
  if (one === undefined && many === undefined)
    return [{ path: 'vault', value: one, remedy: 'give an object, or vaults for an organization with several cells' }];
  if (one === undefined || many === undefined) return [];
  return [
    { path: 'vaults', value: many, remedy: 'remove it or vault: a configuration has one vault, or a list of vaults' },
  ];
}

/** The management account and the vaults must be different accounts, and so must the names of cells. */
function accounts(raw: unknown): readonly ConfigFault[] {
  const management = at(raw, 'organization.managementAccount');
  const vaults = vaultsIn(raw).map(({ path, vault }) => ({
    path,
    account: at(vault, 'account'),
    name: at(vault, 'name'),
  }));
  return vaults.flatMap(({ path, account, name }, index): ConfigFault[] => {
    const before = vaults.slice(0, index);
    const fault = (field: string, value: unknown, remedy: string) => [{ path: `${path}.${field}`, value, remedy }];
    const isRepeated = account !== undefined && before.some((one) => one.account === account);
    const isNamed = name !== undefined && before.some((one) => one.name === name);
    return [
      ...(account !== undefined && account === management
        ? fault(
            'account',
            account,
            'give another account: an administrator of the management account would have power over the vault',
          )
        : []),
      ...(isRepeated ? fault('account', account, 'give each cell a vault account of its own') : []),
      ...(isNamed ? fault('name', name, 'give each cell a name of its own') : []),
    ];
  });
}

/** Every unit must belong to the configured root, and be either a target or excluded. */
function units(raw: unknown): readonly ConfigFault[] {
  const rootId = at(raw, 'organization.rootId');
  if (typeof rootId !== 'string' || !rootId.startsWith('r-')) return [];
  const remedy = `give a unit under ${rootId}, or correct organization.rootId`;
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
      ? [
          {
            path,
            value: unit,
            remedy: 'remove it from one of the two lists: it is also one of organization.targetUnits',
          },
        ]
      : [];
  });
  return [...elsewhere, ...both];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, minus the other variables of the step. */
const ENVIRONMENT_BYTES = 3000;

/** The settings of enrollment are environment variables of a function, and Lambda limits their size. */
function enrollmentFits(raw: unknown): readonly ConfigFault[] {
  const lists = { exemptions: list(raw, 'exemptions'), acknowledged: list(raw, 'enrollment.confirmedWithdrawals') };
  const bytes = Buffer.byteLength(JSON.stringify(lists));
  if (bytes <= ENVIRONMENT_BYTES) return [];
  const path = lists.exemptions.length > lists.acknowledged.length ? 'exemptions' : 'enrollment.confirmedWithdrawals';
  const remedy = `remove entries that are no longer needed: both lists together may have ${ENVIRONMENT_BYTES} bytes, which fit into the environment of a Lambda function`;
  return [{ path, value: `${bytes} bytes`, remedy }];
}

function duplicates(raw: unknown): readonly ConfigFault[] {
  const lists = ['organization.targetUnits', 'regions', 'guardrails.units'];
  return [...lists, 'guardrails.exemptRoles', 'guardrails.backupRoles'].flatMap((path) =>
    list(raw, path).flatMap((value, index, all): ConfigFault[] =>
      all.indexOf(value) === index ? [] : [{ path: `${path}[${index}]`, value, remedy: 'remove the repetition' }],
    ),
  );
}

function exemptions(raw: unknown): readonly ConfigFault[] {
  const seen = new Set<unknown>();
  const never = new Map([
    [at(raw, 'organization.managementAccount'), 'remove it: the management account is never enrolled'],
    ...vaultsIn(raw).map(({ vault }) => [at(vault, 'account'), 'remove it: the vault is never enrolled'] as const),
  ]);
  return list(raw, 'exemptions').flatMap((exemption, index): ConfigFault[] => {
    const account = at(exemption, 'account');
    if (account === undefined) return [];
    const remedy = seen.has(account) ? 'remove the repetition: an account has one exemption' : never.get(account);
    seen.add(account);
    return remedy ? [{ path: `exemptions[${index}].account`, value: account, remedy }] : [];
  });
}

/** With plans, both are required; without plans, no field of a plan is allowed. */
function plans(raw: unknown): readonly ConfigFault[] {
  const backup = at(raw, 'backup');
  if (!isRecord(backup)) return [];
  const fields = backup.plans === 'off' ? ['daily', 'monthly', 'crossRegionCopy'] : ['daily', 'monthly'];
  return fields.flatMap((field): ConfigFault[] => {
    const [path, value] = [`backup.${field}`, backup[field]];
    if (backup.plans !== 'off')
      return value === undefined
        ? [{ path, remedy: "give an object with schedule, timeZone and retentionDays, or set backup.plans to 'off'" }]
        : [];
    return value === undefined
      ? []
      : [{ path, value, remedy: "remove it: backup.plans is 'off', so the tooling contains no plans" }];
  });
}

/** AWS Backup copies to another Region, and the tooling of that Region creates the backup vault there. */
function crossRegionCopy(raw: unknown): readonly ConfigFault[] {
  const [to, regions] = [at(raw, 'backup.crossRegionCopy.region'), list(raw, 'regions')];
  if (to === undefined) return [];
  const remedy = !regions.includes(to)
    ? 'give one of regions: the tooling of that Region creates the backup vault for the copies'
    : regions.every((region) => region === to)
      ? 'add another Region to regions: a copy to the same Region is not a cross-Region copy'
      : undefined;
  return remedy ? [{ path: 'backup.crossRegionCopy.region', value: to, remedy }] : [];
}

/** A power is accepted once, and only where it exists. */
function accepted(raw: unknown): readonly ConfigFault[] {
  const names = list(raw, 'trust.accepted').map((one) => at(one, 'allow'));
  const outside = vaultsIn(raw).every(({ vault }) => at(vault, 'placement') === 'outside');
  return names.flatMap((value, index): ConfigFault[] => {
    const path = `trust.accepted[${index}].allow`;
    if (outside)
      return [{ path, value, remedy: 'remove it: no principal has this power over a vault outside the organization' }];
    return names.indexOf(value) === index ? [] : [{ path, value, remedy: 'remove the repetition' }];
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
 * Where the start windows of two rules for one database overlap, AWS Backup runs only the job with the longer retention:
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
        'start it at least an hour before or after backup.daily.schedule: where the start windows overlap, AWS Backup skips the daily backup',
    },
  ];
}

/** AWS Backup rejects a schedule with less than an hour between two starts.
 * https://repost.aws/questions/QUwYlivOoWTHi1nSuSGjTVFg/error-scheduling-backup-every-ten-minutes-in-aws-backup */
function tooOften(raw: unknown): readonly ConfigFault[] {
  return ['daily', 'monthly'].flatMap((name): ConfigFault[] => {
    const plan = timed(raw, name);
    if (!startsMeet(plan, plan)) return [];
    const remedy = 'leave at least an hour between two starts: AWS Backup rejects a schedule that starts more often';
    return [{ path: `backup.${name}.schedule`, value: plan.schedule, remedy }];
  });
}

/** A copy that is within the size for one copy and beyond the size for a day would wait forever. */
const admission = (raw: unknown): readonly ConfigFault[] =>
  vaultsIn(raw).flatMap(({ path, vault }): ConfigFault[] => {
    const given = at(vault, 'admission');
    const configured = { ...DEFAULT_ADMISSION, ...(isRecord(given) ? given : {}) };
    const { maxCopyGiB, maxGiBPerAccountPerDay: value } = configured as Unread;
    if (typeof maxCopyGiB !== 'number' || typeof value !== 'number' || value >= maxCopyGiB) return [];
    const remedy = `allow at least one copy of maxCopyGiB (${maxCopyGiB} GiB) a day`;
    return [{ path: `${path}.admission.maxGiBPerAccountPerDay`, value, remedy }];
  });

/** Faults between fields of a configuration. Each check reads what is there, so that it reports faults next to others. */
export const crossFaults = (raw: unknown): readonly ConfigFault[] =>
  [
    oneOrMany,
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
