import { deniesEverybody } from '../../contract/key-policy';
import type { KeyPolicy } from './facts';
import type { Findings } from './finding';

/**
 * Key policies that deny something to everybody. AWS warns that such a denial, even with exceptions, can make copies under the
 * key fail. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
export const checkKeyTexts = (policies: readonly KeyPolicy[], vault: string, where: string): Findings =>
  policies.flatMap(({ key, isImportKey, policy }) => {
    if (!deniesEverybody(policy)) return [];
    const isOwn = isImportKey || key.split(':')[4] === vault;
    return [
      {
        severity: 'warning',
        check: isImportKey ? 'import-key' : isOwn ? 'database-keys' : 'export-keys',
        what: `The policy of ${isImportKey ? 'the import key' : key} denies something to everybody: copies under the key may fail, even with exceptions`,
        where,
        remedy: isImportKey
          ? 'Deploy the vault stack again: its key policy has no such statement.'
          : 'Take the statement out of the key policy, and allow only what is meant instead.',
      },
    ];
  });
