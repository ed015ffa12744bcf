import { CheckvalveError } from '../../../src/contract/errors';
import { VERDICTS } from '../../../src/contract/verdicts';
import type { BackupSettings } from '../../_kit/ports/backup-settings';
import type { Log } from '../../_kit/ports/log';
import type { CustomResourceAnswer, CustomResourceEvent } from '../../_kit/runtime/custom-resource';
import { eachAction, failure } from '../../_kit/runtime/each';
import { act } from './act';
import { type EnableSettings, observe } from './observe';
import { plan } from './plan';

/** What Fn::GetAtt reads of the custom resource. */
export interface OptInFound extends Readonly<Record<string, string>> {
  /** `RDS on, Aurora off, …` */
  readonly OptIn: string;
  /** The services that are off, with commas between; `none`. */
  readonly Off: string;
}

/**
 * One run of the step: look, decide, do. Safe to run at any time and twice.
 * @throws CheckvalveError `AWS_CALL_FAILED` or `STEP_FAILED` when what is configured cannot be done
 */
export async function enableBackup(backup: BackupSettings, settings: EnableSettings, log: Log): Promise<OptInFound> {
  const facts = await observe(backup, settings);
  const { actions, standing, failure: because } = plan(facts);
  const off = [...standing].flatMap(([service, is]) => (is === 'off' ? [service] : []));
  const told = [...standing].map(([service, is]) => `${service} ${is}`).join(', ');
  log('opt-in.read', { standing: told, ...(facts.optIn instanceof Map ? {} : facts.optIn) });
  // Instances of RDS are selected by ARN, and backed up whatever their opt-in says.
  const missing = off.filter((service) => service !== 'RDS');
  if (missing.length > 0) log('opt-in.missing', { services: missing, ...VERDICTS['not-opted-in'] });
  await eachAction('enable-backup', actions, (action) => act(action, backup), log);
  if (because !== undefined) {
    const message = `AWS Backup's service opt-in cannot be set: ${because}`;
    throw new CheckvalveError('AWS_CALL_FAILED', message, 'Allow it, or have it reported alone: backup.serviceOptIn.');
  }
  return { OptIn: told, Off: off.join(',') || 'none' };
}

/** What CloudFormation is answered, whatever happens. A deletion succeeds and changes nothing: the settings are the
 * account's, and others rely on them too. */
export async function replyTo(
  { RequestType }: Pick<CustomResourceEvent, 'RequestType'>,
  run: () => Promise<OptInFound>,
): Promise<CustomResourceAnswer> {
  if (RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  try {
    return { status: 'SUCCESS', data: await run() };
  } catch (error) {
    return { status: 'FAILED', reason: failure(error) };
  }
}
