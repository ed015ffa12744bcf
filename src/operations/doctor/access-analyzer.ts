import { AccessAnalyzerClient, paginateListAnalyzers, paginateListArchiveRules } from '@aws-sdk/client-accessanalyzer';
import type { ArchiveRule } from './facts';
import type { AwsClientSettings } from './observe';

/**
 * Names of the account's analyzers for external access in the Region: AWS allows one.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
 */
export async function externalAnalyzersOf(settings: AwsClientSettings): Promise<readonly string[]> {
  const client = new AccessAnalyzerClient(settings);
  const names: string[] = [];
  for await (const { analyzers = [] } of paginateListAnalyzers({ client }, { type: 'ACCOUNT' }))
    for (const { name = '' } of analyzers) names.push(name);
  return names;
}

/**
 * The archive rules of the account's analyzers for external access.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListArchiveRules.html
 */
export async function archiveRulesOf(settings: AwsClientSettings): Promise<readonly ArchiveRule[]> {
  const client = new AccessAnalyzerClient(settings);
  const found: ArchiveRule[] = [];
  for (const analyzer of await externalAnalyzersOf(settings)) {
    for await (const { archiveRules = [] } of paginateListArchiveRules({ client }, { analyzerName: analyzer }))
      for (const { ruleName: name = '', filter = {} } of archiveRules) found.push({ analyzer, name, filter });
  }
  return found;
}
