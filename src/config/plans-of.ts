import type { BackupPlanConfig, CheckvalveConfig } from './checkvalve-config';

/** The two plans that the tooling brings along; undefined where people bring their own. */
export function plansOf({
  backup,
}: CheckvalveConfig):
  | { readonly daily: BackupPlanConfig; readonly monthly: BackupPlanConfig; readonly copyTo?: string }
  | undefined {
  const { plans, daily, monthly, crossRegionCopy } = backup;
  if (plans === 'off' || !daily || !monthly) return undefined;
  return { daily, monthly, ...(crossRegionCopy && { copyTo: crossRegionCopy.region }) };
}
