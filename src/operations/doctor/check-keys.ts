import { deniesAllPrincipals } from '../../contract/key-policy';
import type { KeyPolicy } from './facts';
import type { Findings } from './finding';

/**
 * Key policies with a Deny for all principals. AWS warns that such a statement, even with exceptions, can make copies under
 * the key fail. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
export const checkKeyTexts = (policies: readonly KeyPolicy[], vault: string, where: string): Findings =>
  policies.flatMap(({ key, isImportKey, policy }) => {
    if (!deniesAllPrincipals(policy)) return [];
    const isOwn = isImportKey || key.split(':')[4] === vault;
    return [
      {
        severity: 'warning',
        check: isImportKey ? 'import-key' : isOwn ? 'database-keys' : 'export-keys',
        what: `The policy of ${isImportKey ? 'the import key' : key} denies something to all principals, which can make copies under the key fail even with exceptions`,
        where,
        remedy: isImportKey
          ? 'Deploy the vault stack again; its template has no such statement.'
          : 'Remove the statement from the key policy, and allow only the intended principals.',
      },
    ];
  });
