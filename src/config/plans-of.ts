import type { BackupPlanConfig, CheckvalveConfig } from './checkvalve-config';
import { startWindowOf } from './start-windows';

/** The two plans that the tooling brings along. */
export interface Plans {
  readonly daily: BackupPlanConfig;
  readonly monthly: BackupPlanConfig;
  /** How long a job may wait to start. */
  readonly startWindowMinutes: number;
  readonly copyTo?: string;
}

/** The plans of a configuration; undefined where teams bring their own. */
export function plansOf({ backup }: CheckvalveConfig): Plans | undefined {
  const { plans, daily, monthly, crossRegionCopy } = backup;
  if (plans === 'off' || !daily || !monthly) return undefined;
  const startWindowMinutes = startWindowOf(daily, monthly);
  return { daily, monthly, startWindowMinutes, ...(crossRegionCopy && { copyTo: crossRegionCopy.region }) };
}
