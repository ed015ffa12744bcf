import type { CheckvalveConfig } from './config/checkvalve-config';

/** The landing zone. This one is invented, so that every command runs without changes. Replace it with your own. */
export const config: CheckvalveConfig = {
  organization: {
    id: 'o-exampleorg1',
    rootId: 'r-ex01',
    managementAccount: '444400003333',
    targetUnits: ['ou-ex01-workload'],
  },
  vault: {
    account: '333300002222',
    placement: 'outside',
    retention: {
      timeZone: 'Europe/Berlin',
      dailyDays: 35,
      weeklyWeeks: 0,
      monthlyMonths: 12,
      yearlyYears: 5,
      minCopiesPerDatabase: 1,
      maxDeletionsPerRun: 50,
      maxDeletedPercentPerRun: 25,
    },
    databases: { instances: 1, clusters: 1 },
    // A day between two backups plus two hours for the snapshot and both copies. Raise it for databases of terabytes.
    rpo: { hours: 26, byTag: [] },
  },
  regions: ['eu-central-1'],
  accountTag: { key: 'environment', value: 'production' },
  exemptions: [],
  backup: {
    daily: { schedule: 'cron(0 1 * * ? *)', timeZone: 'Europe/Berlin', retentionDays: 35 },
    monthly: { schedule: 'cron(0 5 1 * ? *)', timeZone: 'Europe/Berlin', retentionDays: 1825 },
  },
  databaseTag: { key: 'environment', value: 'production' },
  limits: {
    maxInstanceCopiesInFlight: 20,
    maxClusterCopiesInFlight: 5,
    manualSnapshotQuota: 100,
    copyDeadlineHours: 24,
    maxNewAccountsPerDay: 50,
  },
};
