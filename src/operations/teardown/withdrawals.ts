import type { StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import type { AccountId, Region } from '../../contract/ids';
import { MAX_ACCOUNTS_PER_OPERATION } from '../../contract/stack-set-operations';

/** One deletion of stack instances: accounts with the same Regions and the same value of `retain`. */
export interface Withdrawal {
  readonly accounts: readonly AccountId[];
  readonly regions: readonly Region[];
  /** Whether the stacks stay in the accounts, because the accounts are out of reach. */
  readonly retain: boolean;
}

/** The deletions that withdraw exactly these instances, each of 1 to {@link MAX_ACCOUNTS_PER_OPERATION}. */
export function withdrawalsOf(instances: readonly StackInstance[]): Withdrawal[] {
  const regionsOf = new Map<string, { account: AccountId; retain: boolean; regions: Set<Region> }>();
  for (const { account, region, standing } of instances) {
    const retain = standing === 'inoperable' || standing === 'suspended';
    const key = `${account} ${retain}`;
    const held = regionsOf.get(key) ?? { account, retain, regions: new Set<Region>() };
    held.regions.add(region);
    regionsOf.set(key, held);
  }
  const alike = new Map<string, { accounts: AccountId[]; regions: Region[]; retain: boolean }>();
  for (const { account, retain, regions } of regionsOf.values()) {
    const sorted = [...regions].sort();
    const key = `${sorted} ${retain}`;
    const group = alike.get(key) ?? { accounts: [], regions: sorted, retain };
    group.accounts.push(account);
    alike.set(key, group);
  }
  return [...alike.values()].flatMap(({ accounts, ...rest }) =>
    Array.from({ length: Math.ceil(accounts.length / MAX_ACCOUNTS_PER_OPERATION) }, (_, at) => ({
      accounts: accounts.slice(at * MAX_ACCOUNTS_PER_OPERATION, (at + 1) * MAX_ACCOUNTS_PER_OPERATION),
      ...rest,
    })),
  );
}
