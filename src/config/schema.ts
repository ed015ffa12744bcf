// Longer than most: the shape of every field with its remedy, in one place.
import * as z from 'zod';
import { INHERITED_POWERS } from '../contract/inherited-powers';
import { REGIONS } from '../contract/regions';
import { MAX_DELETIONS_PER_RUN } from '../contract/retention';
import { isRate, readCron, startsFrom } from './schedule';
import { isTimeZone } from './time-zone';

/** A text that satisfies a condition; `wants` is the remedy when it does not. */
const text = (holds: (value: string) => boolean, wants: string) =>
  z.string({ error: wants }).refine(holds, { error: wants });
const pattern = (shape: RegExp, wants: string) => text((value) => shape.test(value), wants);
const whole = (max: number, what: string, min = 1) => {
  const wants = `give a whole number of ${what} from ${min} to ${max}`;
  return z.number({ error: wants }).int({ error: wants }).min(min, { error: wants }).max(max, { error: wants });
};
const some = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: `give a list of ${what}` }).min(1, { error: `give at least one of the ${what}` });

const isDay = (value: string): boolean => {
  const day = new Date(`${value}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
};

/** Twelve digits. */
export const ACCOUNT = pattern(/^\d{12}$/, 'give an account id of exactly twelve digits, in quotes');
const root = pattern(/^r-[a-z0-9]{4,32}$/, 'give the id of the root, such as r-ab12');
/** Id of a root or of an organizational unit. */
export const UNIT = pattern(
  /^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$/,
  'give the id of an organizational unit, such as ou-ab12-cdefgh34, or of the root',
);
/** A Region of the `aws` partition. */
export const REGION = text(
  (value) => REGIONS.includes(value),
  'give a Region of the aws partition, such as eu-central-1; other partitions are not supported',
);
const tagText = (longest: number, what: string) =>
  text(
    (value) => /^[\p{L}\p{N} _.:/=+\-@]+$/u.test(value) && value.length <= longest && !/^(aws|rds):/i.test(value),
    `give a tag ${what} of 1 to ${longest} letters, digits, spaces or _ . : / = + - @, not beginning with aws: or rds:`,
  );
/** Keys and values that Organizations and RDS accept.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Tag.html */
const tag = z.strictObject({ key: tagText(128, 'key'), value: tagText(256, 'value') });
/** No backup plan of Checkvalve was deployed before: a schedule with earlier years only never starts. */
const FIRST_YEAR = new Date('2026-01-01T00:00:00Z');
const CRON =
  'give a cron expression in six fields, such as cron(0 1 * * ? *), with ? as the day of the month or as the day of the week';
const NEVER =
  'it never starts, because no future day matches its day of the month, month, weekday and year; correct one of the four';
const schedule = z
  .string({ error: CRON })
  .refine((value) => !isRate(value), {
    abort: true,
    error:
      'AWS Backup does not support rate expressions; give a cron expression in six fields, such as cron(0 1 * * ? *)',
  })
  .refine((value) => readCron(value) !== undefined, { abort: true, error: CRON })
  .refine((value) => startsFrom(value, FIRST_YEAR), { error: NEVER });
const timeZone = text(isTimeZone, 'give the name of an IANA time zone, such as Europe/Berlin, not an offset');
const plan = z.strictObject({
  schedule,
  timeZone,
  retentionDays: whole(36_500, 'days'),
});

const retention = z.strictObject({
  timeZone,
  dailyDays: whole(36_500, 'days'),
  weeklyWeeks: whole(5200, 'weeks', 0),
  monthlyMonths: whole(1200, 'months', 0),
  yearlyYears: whole(100, 'years', 0),
  minCopiesPerDatabase: whole(1000, 'copies'),
  maxDeletionsPerRun: whole(MAX_DELETIONS_PER_RUN, 'copies'),
  maxDeletedPercentPerRun: whole(100, 'percent'),
  sourceDeletedDays: whole(36_500, 'days', 30).optional(),
  maxFailedDeletionsPerRun: whole(MAX_DELETIONS_PER_RUN, 'copies').optional(),
});

const vault = z.strictObject({
  account: ACCOUNT,
  placement: z.enum(['outside', 'inside'], { error: "give 'outside' or 'inside'" }),
  retention,
  databases: z.strictObject({
    instances: whole(100_000, 'databases', 0),
    clusters: whole(100_000, 'databases', 0),
  }),
  manualSnapshotQuota: whole(100_000, 'snapshots').optional(),
  admission: z
    .strictObject({
      maxNewDatabasesPerAccountPerDay: whole(1000, 'databases').optional(),
      maxCopyGiB: whole(256 * 1024, 'GiB').optional(),
      maxGiBPerAccountPerDay: whole(1024 * 1024 * 16, 'GiB').optional(),
    })
    .optional(),
  rpo: z
    .strictObject({
      hours: whole(24 * 366, 'hours'),
      byTag: z.array(
        z.strictObject({ key: tagText(128, 'key'), value: tagText(256, 'value'), hours: whole(24 * 366, 'hours') }),
        { error: 'give a list of RPOs for tags; [] for none' },
      ),
    })
    .optional(),
  accessAnalyzer: z
    .union(
      [
        z.literal('create'),
        z.strictObject({ adopt: pattern(/^[A-Za-z][\w.-]{0,254}$/, 'give the name of the existing analyzer') }),
      ],
      { error: "give 'create', or { adopt: 'NAME' } with the name of the existing analyzer" },
    )
    .optional(),
});

/** Cells of an organization: fifty thousand accounts are more than AWS allows an organization. */
const MAX_CELLS = 50;
/** The longest name that it is part of is that of a role, `checkvalve-registry-access-NAME`, of which IAM allows 64 characters; the rest is
 * for operators to read. */
const namedVault = z.strictObject({
  name: pattern(
    /^[a-z][a-z0-9-]{0,11}$/,
    'give the cell a name of at most 12 lower case letters, digits and hyphens that begins with a letter',
  ),
  onlyTagged: z.boolean({ error: 'give true or false' }).optional(),
  ...vault.shape,
});

/** The shape of the configuration. Faults between fields are in cross-checks.ts. */
export const CONFIG = z.strictObject({
  organization: z.strictObject({
    id: pattern(/^o-[a-z0-9]{10,32}$/, 'give the id of the organization, such as o-a1b2c3d4e5'),
    rootId: root,
    managementAccount: ACCOUNT,
    targetUnits: some(UNIT, 'target units'),
    excludedUnits: z.array(UNIT, { error: 'give a list of units' }).optional(),
  }),
  vault: vault.optional(),
  vaults: some(namedVault, 'vaults')
    .max(MAX_CELLS, { error: `give at most ${MAX_CELLS} vaults` })
    .optional(),
  regions: some(REGION, 'Regions'),
  accountTag: z.strictObject({
    ...tag.shape,
    otherValues: z.array(tag.shape.value, { error: 'give a list of values' }).optional(),
    match: z.enum(['exact', 'case-insensitive'], { error: "give 'exact' or 'case-insensitive'" }).optional(),
  }),
  exemptions: z.array(
    z.strictObject({
      account: ACCOUNT,
      reason: text((value) => value.trim().length > 0, 'give the reason for the exemption as text'),
      until: text(isDay, 'give the last day as YYYY-MM-DD, an existing day'),
    }),
    { error: 'give a list of exemptions; [] for none' },
  ),
  enrollment: z
    .strictObject({
      graceDays: whole(365, 'days').optional(),
      maxWithdrawalsAtOnce: whole(10_000, 'accounts').optional(),
      maxWithdrawalsPercent: whole(100, 'percent').optional(),
      confirmedWithdrawals: z.array(ACCOUNT, { error: 'give a list of account ids' }).optional(),
      readsPerSecond: whole(100, 'reads').optional(),
    })
    .optional(),
  rollout: z
    .strictObject({
      maxConcurrentPercent: whole(100, 'percent').optional(),
      failureTolerancePercent: whole(100, 'percent', 0).optional(),
      accounts: whole(100_000, 'accounts').optional(),
      executionRole: z
        .enum(['administrator', 'generated'], { error: "give 'administrator' or 'generated'" })
        .optional(),
      outputBucket: pattern(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'give the name of a bucket').optional(),
    })
    .optional(),
  backup: z.strictObject({
    plans: z.enum(['on', 'off'], { error: "give 'on' or 'off'" }).optional(),
    daily: plan.optional(),
    monthly: plan.optional(),
    serviceOptIn: z.enum(['report', 'set'], { error: "give 'report' or 'set'" }).optional(),
    crossRegionCopy: z.strictObject({ region: REGION }).optional(),
  }),
  databaseTag: tag,
  limits: z.strictObject({
    maxInstanceCopiesInFlight: whole(1000, 'copies'),
    maxClusterCopiesInFlight: whole(1000, 'copies'),
    manualSnapshotQuota: whole(100_000, 'snapshots'),
    copyDeadlineHours: whole(24 * 14, 'hours'),
    maxNewAccountsPerDay: whole(10_000, 'accounts'),
  }),
  alerts: z
    .strictObject({
      runbookUrl: pattern(
        /^https:\/\/[^\s#]{1,200}$/,
        'give the https address of the runbook, at most 200 characters after https://, without a # fragment',
      ).optional(),
    })
    .optional(),
  guardrails: z
    .strictObject({
      units: some(UNIT, 'units'),
      exemptRoles: z.array(
        pattern(/^[\w+=,.@-]{1,64}$/, 'give the name of a role, without a path and without * or ?'),
        { error: 'give a list of role names; [] for none' },
      ),
      backupRoles: z
        .array(
          pattern(
            /^([\w+=,.@-]{1,64}\/)*[\w+=,.@-]{1,64}$/,
            'give the name of a role with its path, such as backup/copies, without * or ?',
          ),
          { error: 'give a list of role names' },
        )
        .optional(),
    })
    .optional(),
  trust: z
    .strictObject({
      accepted: z.array(
        z.strictObject({
          allow: z.enum(INHERITED_POWERS, { error: `give one of ${INHERITED_POWERS.join(', ')}` }),
          reason: text((value) => value.trim().length > 0, 'give the reason for accepting it as text'),
        }),
        { error: 'give a list of accepted powers; [] for none' },
      ),
    })
    .optional(),
});
