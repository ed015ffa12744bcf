import { CheckvalveError } from '../../../src/contract/errors';
import { VERDICTS } from '../../../src/contract/verdicts';
import type { BackupSettings } from '../../_kit/ports/backup-settings';
import type { Log } from '../../_kit/ports/log';
import type { CustomResourceAnswer, CustomResourceEvent } from '../../_kit/runtime/custom-resource';
import { eachAction, failure } from '../../_kit/runtime/each';
import { act } from './act';
import type { EnableSettings } from './facts';
import { observe } from './observe';
import { plan } from './plan';

/** The attributes of the custom resource, for Fn::GetAtt. */
export interface OptInAttributes extends Readonly<Record<string, string>> {
  /** `RDS on, Aurora off, …` */
  readonly OptIn: string;
  /** The services that are off, separated by commas; `none`. */
  readonly Off: string;
}

/**
 * One run of the step: observes, plans, acts. Safe to run at any time, and to run twice.
 * @throws CheckvalveError `AWS_CALL_FAILED` or `STEP_FAILED` when the configured opt-in or the backup vault cannot be set
 */
export async function enableBackup(
  backup: BackupSettings,
  settings: EnableSettings,
  log: Log,
): Promise<OptInAttributes> {
  const facts = await observe(backup, settings);
  const { actions, states, failure: because } = plan(facts);
  const off = [...states].flatMap(([service, state]) => (state === 'off' ? [service] : []));
  const summary = [...states].map(([service, state]) => `${service} ${state}`).join(', ');
  log('opt-in.read', { states: summary, ...(facts.optIn instanceof Map ? {} : facts.optIn) });
  // RDS is no finding: a backup plan selects instances by ARN, and AWS Backup backs them up whatever the opt-in to RDS is.
  const missing = off.filter((service) => service !== 'RDS');
  if (missing.length > 0) log('opt-in.missing', { services: missing, ...VERDICTS['not-opted-in'] });
  await eachAction('enable-backup', actions, (action) => act(action, backup), log);
  if (because !== undefined) {
    const message = `AWS Backup's service opt-in cannot be set: ${because}`;
    const remedy = 'Allow the call, or set backup.serviceOptIn to “report”, which only logs what is off.';
    throw new CheckvalveError('AWS_CALL_FAILED', message, remedy);
  }
  return { OptIn: summary, Off: off.join(',') || 'none' };
}

/** The answer to CloudFormation, which waits for one in every case. A deletion succeeds and changes nothing: the settings
 * belong to the account, and other workloads rely on them. */
export async function answerTo(
  { RequestType }: Pick<CustomResourceEvent, 'RequestType'>,
  run: () => Promise<OptInAttributes>,
): Promise<CustomResourceAnswer> {
  if (RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  try {
    return { status: 'SUCCESS', data: await run() };
  } catch (error) {
    return { status: 'FAILED', reason: failure(error) };
  }
}
