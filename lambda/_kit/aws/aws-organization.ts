import {
  type Account,
  ListParentsCommand,
  type OrganizationsClient,
  paginateListAccounts,
  paginateListTagsForResource,
} from '@aws-sdk/client-organizations';
import { type AccountId, accountId } from '../../../src/contract/ids';
import type { Member, Organization } from '../ports/organization';

/** {@link Organization} on AWS Organizations, as the management account sees it. */
export class AwsOrganization implements Organization {
  private readonly parents = new Map<string, string | undefined>();

  constructor(private readonly client: OrganizationsClient) {}

  async members(): Promise<readonly Member[]> {
    const found: Member[] = [];
    for await (const page of paginateListAccounts({ client: this.client }, {})) {
      for (const account of page.Accounts ?? []) {
        // `Status` was retired in favour of `State`; an older answer may still carry it alone.
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html
        const state = account.State ?? account.Status ?? 'UNKNOWN';
        found.push({ id: accountId(account.Id), state, units: await this.unitsAbove(account) });
      }
    }
    return found;
  }

  async tags(account: AccountId): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for await (const page of paginateListTagsForResource({ client: this.client }, { ResourceId: account })) {
      for (const { Key, Value } of page.Tags ?? []) if (Key !== undefined) found.set(Key, Value ?? '');
    }
    return found;
  }

  /** From the account's path where Organizations gives it, which costs no call; else parent by parent. */
  private async unitsAbove(account: Account): Promise<readonly string[]> {
    const path = account.Paths?.[0];
    if (path) return path.split('/').filter((part) => /^(r|ou)-/.test(part));
    const units: string[] = [];
    for (let at = await this.parentOf(account.Id ?? ''); at; at = await this.parentOf(at)) units.push(at);
    return units;
  }

  private async parentOf(child: string): Promise<string | undefined> {
    if (child.startsWith('r-')) return undefined;
    if (!this.parents.has(child)) {
      const { Parents } = await this.client.send(new ListParentsCommand({ ChildId: child }));
      this.parents.set(child, Parents?.[0]?.Id);
    }
    return this.parents.get(child);
  }
}
