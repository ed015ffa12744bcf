import { config } from '../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { INHERITED_POWERS } from '../../src/contract/inherited-powers';

/** A configuration that says something in each of its optional fields, so that each resource that may be made is made. */
export const ALL_OPTIONS: Required<Omit<CheckvalveConfig, 'vaults' | 'cell'>> = {
  ...config,
  organization: { ...config.organization, excludedUnits: ['ou-ex01-excluded'] },
  vault: {
    ...config.vault,
    placement: 'inside',
    manualSnapshotQuota: 200,
    admission: { maxNewDatabasesPerAccountPerDay: 20, maxCopyGiB: 32_768, maxGiBPerAccountPerDay: 131_072 },
    rpo: { hours: 26, byTag: [{ key: 'tier', value: 'gold', hours: 25 }] },
  },
  regions: ['eu-central-1', 'eu-west-1'],
  accountTag: { ...config.accountTag, otherValues: ['prod'], match: 'case-insensitive' },
  exemptions: [{ account: '222200001111', reason: 'It is moved elsewhere.', until: '2027-01-31' }],
  enrollment: {
    ...{ graceDays: 7, maxWithdrawalsAtOnce: 3, maxWithdrawalsPercent: 10, readsPerSecond: 5 },
    confirmedWithdrawals: ['111122223333'],
  },
  rollout: { maxConcurrentPercent: 10, failureTolerancePercent: 5 },
  backup: { ...config.backup, plans: 'on', serviceOptIn: 'set', crossRegionCopy: { region: 'eu-west-1' } },
  alerts: { runbookUrl: 'https://wiki.example.com/checkvalve/runbook' },
  guardrails: { units: ['ou-ex01-workload'], exemptRoles: ['platform'] },
  trust: { accepted: INHERITED_POWERS.map((allow) => ({ allow, reason: 'The management account is locked away.' })) },
};
