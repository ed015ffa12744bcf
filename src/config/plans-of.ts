import type { BackupPlanConfig, CheckvalveConfig } from './checkvalve-config';
import { startWindowOf } from './start-windows';

/** The two backup plans of the tooling. */
export interface Plans {
  readonly daily: BackupPlanConfig;
  readonly monthly: BackupPlanConfig;
  /** How long a job may wait to start. */
  readonly startWindowMinutes: number;
  readonly copyTo?: string;
}

/** The backup plans of a configuration; undefined where `backup.plans` is `off`. */
export function plansOf({ backup }: CheckvalveConfig): Plans | undefined {
  const { plans, daily, monthly, crossRegionCopy } = backup;
  if (plans === 'off' || !daily || !monthly) return undefined;
  const startWindowMinutes = startWindowOf(daily, monthly);
  return { daily, monthly, startWindowMinutes, ...(crossRegionCopy && { copyTo: crossRegionCopy.region }) };
}
