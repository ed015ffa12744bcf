import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { CheckvalveError } from '../../contract/errors';
import { Sha256 } from './cloud-trail';
import type { ArchiveRule } from './facts';
import type { ClientSettings } from './observe';

/** Where the environment sends calls, as the SDK's own clients read it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const endpointIn = ({ AWS_ENDPOINT_URL_ACCESSANALYZER, AWS_ENDPOINT_URL }: NodeJS.ProcessEnv): string | undefined =>
  AWS_ENDPOINT_URL_ACCESSANALYZER ?? AWS_ENDPOINT_URL;

/**
 * Asks IAM Access Analyzer. Its SDK client is no package of ours: two readings are not worth it.
 * @throws CheckvalveError `AWS_CALL_FAILED` with the words of IAM Access Analyzer when it does not answer
 */
async function read<Answer>(
  settings: ClientSettings,
  { action, path, query }: { readonly action: string; readonly path: string; readonly query: Record<string, string> },
): Promise<Partial<Answer>> {
  const { region } = settings;
  const url = new URL(
    settings.endpoint ?? endpointIn(process.env) ?? `https://access-analyzer.${region}.amazonaws.com`,
  );
  const { credentials } = new STSClient(settings).config;
  const signer = new SignatureV4({ credentials, region, service: 'access-analyzer', sha256: Sha256 });
  const { headers } = await signer.sign({
    ...{ method: 'GET', protocol: url.protocol, hostname: url.hostname, path },
    ...{ query, headers: { host: url.host } },
  });
  const search = new URLSearchParams(query).toString();
  const response = await fetch(new URL(search ? `${path}?${search}` : path, url), { headers });
  const text = await response.text();
  if (response.ok) return JSON.parse(text || '{}') as Partial<Answer>;
  const remedy = `Allow access-analyzer:${action} to the caller.`;
  throw new CheckvalveError('AWS_CALL_FAILED', `access-analyzer answered ${response.status}: ${text}`, remedy);
}

/** Every page of a reading. */
async function* pages<Answer extends { readonly nextToken?: string }>(
  settings: ClientSettings,
  asked: Parameters<typeof read>[1],
): AsyncGenerator<Partial<Answer>> {
  for (let token: string | undefined, first = true; first || token; first = false) {
    const query = { ...asked.query, ...(token && { nextToken: token }) };
    const page: Partial<Answer> = await read<Answer>(settings, { ...asked, query });
    yield page;
    token = page.nextToken;
  }
}

interface Analyzers {
  readonly analyzers: readonly { readonly name?: string }[];
  readonly nextToken?: string;
}

/**
 * Names of the account's analyzers for external access in the Region: AWS allows one.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
 * @throws CheckvalveError `AWS_CALL_FAILED` with the words of IAM Access Analyzer when it does not answer
 */
export async function externalAnalyzersOf(settings: ClientSettings): Promise<readonly string[]> {
  const asked = { action: 'ListAnalyzers', path: '/analyzer', query: { type: 'ACCOUNT' } };
  const names: string[] = [];
  for await (const { analyzers = [] } of pages<Analyzers>(settings, asked))
    for (const { name = '' } of analyzers) names.push(name);
  return names;
}

interface ArchiveRules {
  readonly archiveRules: readonly { readonly ruleName?: string; readonly filter?: ArchiveRule['filter'] }[];
  readonly nextToken?: string;
}

/**
 * What the account's analyzers for external access archive by themselves.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListArchiveRules.html
 * @throws CheckvalveError `AWS_CALL_FAILED` with the words of IAM Access Analyzer when it does not answer
 */
export async function archiveRulesOf(settings: ClientSettings): Promise<readonly ArchiveRule[]> {
  const found: ArchiveRule[] = [];
  for (const analyzer of await externalAnalyzersOf(settings)) {
    const asked = { action: 'ListArchiveRules', path: `/analyzer/${analyzer}/archive-rule`, query: {} };
    for await (const { archiveRules = [] } of pages<ArchiveRules>(settings, asked))
      for (const { ruleName: name = '', filter = {} } of archiveRules) found.push({ analyzer, name, filter });
  }
  return found;
}
