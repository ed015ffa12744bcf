import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { CheckvalveError } from '../../contract/errors';
import { Sha256 } from './cloud-trail';
import type { ClientSettings } from './look';

/** Where the environment sends calls, as the SDK's own clients read it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const endpointIn = ({ AWS_ENDPOINT_URL_ACCESSANALYZER, AWS_ENDPOINT_URL }: NodeJS.ProcessEnv): string | undefined =>
  AWS_ENDPOINT_URL_ACCESSANALYZER ?? AWS_ENDPOINT_URL;

/**
 * Names of the account's analyzers for external access in the Region: AWS allows one. Its SDK client is no package of ours: one
 * reading is not worth it. https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
 * @throws CheckvalveError `AWS_CALL_FAILED` with the words of IAM Access Analyzer when it does not answer
 */
export async function externalAnalyzersOf(settings: ClientSettings): Promise<readonly string[]> {
  const { region } = settings;
  const url = new URL(
    settings.endpoint ?? endpointIn(process.env) ?? `https://access-analyzer.${region}.amazonaws.com`,
  );
  const { credentials } = new STSClient(settings).config;
  const signer = new SignatureV4({ credentials, region, service: 'access-analyzer', sha256: Sha256 });
  const { headers } = await signer.sign({
    ...{ method: 'GET', protocol: url.protocol, hostname: url.hostname, path: '/analyzer' },
    ...{ query: { type: 'ACCOUNT' }, headers: { host: url.host } },
  });
  const response = await fetch(new URL('/analyzer?type=ACCOUNT', url), { headers });
  const text = await response.text();
  if (response.ok) {
    const { analyzers = [] } = JSON.parse(text || '{}') as { analyzers?: readonly { readonly name?: string }[] };
    return analyzers.map(({ name = '' }) => name);
  }
  const remedy = 'Allow access-analyzer:ListAnalyzers to the caller.';
  throw new CheckvalveError('AWS_CALL_FAILED', `access-analyzer answered ${response.status}: ${text}`, remedy);
}
