import {
  type Account,
  DescribeAccountCommand,
  ListAccountsCommand,
  ListParentsCommand,
  type OrganizationsClient,
  paginateListTagsForResource,
} from '@aws-sdk/client-organizations';
import { type AccountId, accountId } from '../../../src/contract/ids';
import type { Member, Organization, Page } from '../ports/organization';

/** {@link Organization} on AWS Organizations, as the management account sees it. */
export class AwsOrganization implements Organization {
  private readonly parents = new Map<string, string | undefined>();

  constructor(private readonly client: OrganizationsClient) {}

  /** A call returns at most twenty accounts. A page may be empty and not be the last.
   * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
  async members(from?: string): Promise<Page<Member>> {
    const { Accounts = [], NextToken: next } = await this.client.send(new ListAccountsCommand({ NextToken: from }));
    const items: Member[] = [];
    for (const account of Accounts) items.push(await this.read(account));
    return { items, next };
  }

  async member(account: AccountId): Promise<Member | undefined> {
    try {
      const { Account: found } = await this.client.send(new DescribeAccountCommand({ AccountId: account }));
      return found && (await this.read(found));
    } catch (error) {
      if (error instanceof Error && error.name === 'AccountNotFoundException') return undefined;
      throw error;
    }
  }

  async tags(account: AccountId): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for await (const page of paginateListTagsForResource({ client: this.client }, { ResourceId: account })) {
      for (const { Key, Value } of page.Tags ?? []) if (Key !== undefined) found.set(Key, Value ?? '');
    }
    return found;
  }

  /** `Status` was retired in favor of `State`; an older answer may still carry it alone.
   * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html */
  private async read(account: Account): Promise<Member> {
    const state = account.State ?? account.Status ?? 'UNKNOWN';
    return { id: accountId(account.Id), state, units: await this.unitsAbove(account) };
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
