import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { CheckvalveError } from '../../contract/errors';
import type { Trail } from './facts';
import type { ClientSettings } from './observe';

type Answer = Readonly<Record<string, unknown>>;

/** SHA-256 as the signer wants it. */
export class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret ? createHmac('sha256', bytes(secret)) : createHash('sha256');
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {}
}

const bytes = (data: string | ArrayBuffer | ArrayBufferView): Uint8Array =>
  typeof data === 'string'
    ? Buffer.from(data)
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);

/** Where the environment sends calls, as the SDK's own clients read it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const endpointIn = ({ AWS_ENDPOINT_URL_CLOUDTRAIL, AWS_ENDPOINT_URL }: NodeJS.ProcessEnv): string | undefined =>
  AWS_ENDPOINT_URL_CLOUDTRAIL ?? AWS_ENDPOINT_URL;

/**
 * One call to CloudTrail, signed with the credentials of the settings. Its SDK client is no package of ours: three readings
 * are not worth one. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html
 * @throws CheckvalveError `AWS_CALL_FAILED` with CloudTrail's words when it does not answer
 */
export async function askCloudTrail(settings: ClientSettings, action: string, input: Answer): Promise<Answer> {
  const { region } = settings;
  const url = new URL(settings.endpoint ?? endpointIn(process.env) ?? `https://cloudtrail.${region}.amazonaws.com`);
  const { credentials } = new STSClient(settings).config;
  const signer = new SignatureV4({ credentials, region, service: 'cloudtrail', sha256: Sha256 });
  const body = JSON.stringify(input);
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.${action}`,
    },
    body,
  });
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.ok) return JSON.parse(text || '{}') as Answer;
  const remedy = `Allow cloudtrail:${action} to the caller.`;
  throw new CheckvalveError('AWS_CALL_FAILED', `cloudtrail:${action} answered ${response.status}: ${text}`, remedy);
}

const records = (value: unknown): readonly Answer[] => (Array.isArray(value) ? (value as readonly Answer[]) : []);

/** Whether a trail with these selectors records changes.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html */
function recordsChanges({ EventSelectors, AdvancedEventSelectors }: Answer): boolean {
  const basic = records(EventSelectors).some(
    ({ IncludeManagementEvents, ReadWriteType = 'All' }) =>
      IncludeManagementEvents !== false && ReadWriteType !== 'ReadOnly',
  );
  const advanced = records(AdvancedEventSelectors).some(({ FieldSelectors }) =>
    records(FieldSelectors).some(
      ({ Field, Equals }) => Field === 'eventCategory' && JSON.stringify(Equals) === '["Management"]',
    ),
  );
  return basic || advanced;
}

/** The trails that see what happens in the Region of the settings, and in services that are global. */
export async function trailsOf(settings: ClientSettings): Promise<readonly Trail[]> {
  const { trailList } = await askCloudTrail(settings, 'DescribeTrails', { includeShadowTrails: true });
  return Promise.all(
    records(trailList).map(async ({ Name, TrailARN }) => {
      const { IsLogging } = await askCloudTrail(settings, 'GetTrailStatus', { Name: TrailARN });
      const selectors = await askCloudTrail(settings, 'GetEventSelectors', { TrailName: TrailARN });
      return { name: String(Name), logging: IsLogging === true, managementEvents: recordsChanges(selectors) };
    }),
  );
}
