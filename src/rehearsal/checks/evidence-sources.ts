import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { NAMES } from '../../contract/names';
import type { Emulator } from '../../emulator/emulator';
import type { World } from '../world';

/** Accounts that the vault of the first Region follows. */
export async function followedBy(emulator: Emulator, { vault, regions }: World): Promise<readonly string[]> {
  const client = new DynamoDBClient(emulator.client(vault, regions[0] ?? ''));
  const found: string[] = [];
  for await (const page of paginateScan({ client }, { TableName: NAMES.sourcesTable })) {
    for (const { account, state } of page.Items ?? []) if (account?.S && state?.S !== 'left') found.push(account.S);
  }
  return found.filter((account) => /^\d{12}$/.test(account)).sort();
}
