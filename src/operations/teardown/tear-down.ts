import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type ConfiguredCell, cellsOf } from '../../config/cells';
import { cellSuffix } from '../../contract/cells';
import { CheckvalveError } from '../../contract/errors';
import { MANAGEMENT_REGION } from '../../contract/names';
import { callAws } from '../call-aws';
import { retainedResources } from './retained-resources';
import { destroyStack, findStack } from './stacks';
import { TeardownLog, type TeardownReport } from './teardown-log';
import type { TeardownOptions } from './teardown-options';
import { withdrawTooling } from './withdraw-tooling';

/**
 * Removes Checkvalve from the account of the credentials: in the management account the tooling of all accounts, then the
 * stacks `Tooling` and `Management`; in the vault its stacks, unless they have termination protection. The report contains what
 * stopped the teardown, including failed calls, and another run continues there.
 * @throws CheckvalveError `ACCESS_DENIED` for credentials of another account, and what {@link callAws} throws before anything
 * was done
 */
export async function tearDown(options: TeardownOptions): Promise<TeardownReport> {
  const { organization } = options.config;
  const cells = cellsOf(options.config).filter(({ cell }) => options.cell === undefined || cell.name === options.cell);
  const vaults = cells.map(({ cell }) => cell.vaultAccount).join(' or ');
  const call = {
    failed: 'Nothing was removed',
    whose: `the management account ${organization.managementAccount} or the vault ${vaults}`,
    otherwise: 'Or use --rehearsal, which needs no AWS account.',
  };
  const { sts } = options.clientsOf(MANAGEMENT_REGION);
  const { Account = '' } = await callAws(call, () => sts.send(new GetCallerIdentityCommand({})));
  if (Account === organization.managementAccount) return new Teardown(options, Account, cells).management();
  const own = cells.find(({ cell }) => cell.vaultAccount === Account);
  if (own) return new Teardown(options, Account, cells).vault(own);
  throw new CheckvalveError(
    'ACCESS_DENIED',
    `The credentials belong to account ${Account}, which is neither the management account nor the vault`,
    `Use credentials of the management account ${organization.managementAccount} first, then of the vault ${vaults}.`,
  );
}

class Teardown {
  private readonly log: TeardownLog;

  constructor(
    private readonly options: TeardownOptions,
    private readonly account: string,
    private readonly cells: readonly ConfiguredCell[],
  ) {
    this.log = new TeardownLog(account, options.progress);
  }

  async management(): Promise<TeardownReport> {
    const { yes, cell: only } = this.options;
    const deleted = [
      ...this.cells.map(({ config }) => `Tooling${cellSuffix(config.cell)}`),
      ...(only ? [] : ['Management']),
    ];
    const parts: readonly (readonly [string, () => Promise<boolean>])[] = [
      ['withdraw the tooling', () => withdrawTooling(this.cells, this.options, this.log)],
      ...deleted.map((name) => [`delete ${name} in ${MANAGEMENT_REGION}`, () => this.destroy(name)] as const),
    ];
    let ok = true;
    for (const [what, act] of parts) {
      if (ok) ok = await this.log.attempt(what, act);
      else this.log.step(what, 'not-started', 'the part before it stopped');
    }
    const vaults = this.cells.map(({ cell }) => cell.vaultAccount).join(', then of the vault ');
    const elsewhere = `Then, with credentials of the vault ${vaults}: checkvalve teardown${yes ? '' : ' (shows the part of the vault)'}`;
    const again = yes
      ? 'Resolve what stopped it, then: checkvalve teardown --yes'
      : 'To do it: checkvalve teardown --yes';
    return this.log.report('management', ok, [...(yes && ok ? [] : [again]), elsewhere]);
  }

  async vault({ config }: ConfiguredCell): Promise<TeardownReport> {
    const { yes } = this.options;
    const commands: string[] = [];
    let ok = true;
    for (const region of config.regions) {
      const name = `Vault${cellSuffix(config.cell)}-${region}`;
      const done = await this.log.attempt(`delete ${name} in ${region}`, async () => {
        const command = await this.protection(name, region);
        if (command) commands.push(command);
        return !command && this.destroy(name, region);
      });
      ok = done && ok;
    }
    this.log.retained.push({
      account: this.account,
      type: 'copies of databases',
      id: 'every snapshot in the vault',
      because: 'they belong to no stack; after the teardown no component deletes them, even when their retention ends',
    });
    const first = `First run checkvalve teardown --yes in the management account ${config.organization.managementAccount}; the vault cannot check that it is done.`;
    const again = ok && yes ? [] : ['checkvalve teardown --yes'];
    return this.log.report('vault', ok, [...(yes && ok ? [] : [first]), ...commands, ...again]);
  }

  /** The command that disables the termination protection of a stack. The operator runs it; a teardown never does. */
  private async protection(name: string, region: string): Promise<string | undefined> {
    const found = await findStack(this.options.clientsOf(region).cloudformation, name);
    if (found.kind !== 'ours' || !found.stack.protected) return undefined;
    this.keep(found.stack);
    this.log.step(
      `delete ${name} in ${region}`,
      'stopped',
      'it has termination protection, which a teardown never disables',
    );
    return `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${region}`;
  }

  private async destroy(name: string, region: string = MANAGEMENT_REGION): Promise<boolean> {
    const { clientsOf, yes, wait } = this.options;
    const { cloudformation } = clientsOf(region);
    const what = `delete ${name} in ${region}`;
    const found = await findStack(cloudformation, name);
    if (found.kind === 'none') return this.log.step(what, 'nothing-to-do', 'the stack does not exist');
    if (found.kind === 'foreign')
      return this.log.step(what, 'stopped', 'the stack of that name does not belong to Checkvalve');
    this.keep(found.stack);
    if (!yes) return this.log.step(what, 'planned');
    this.log.current = what;
    try {
      const reason = await destroyStack(cloudformation, found.stack.id, wait);
      return reason ? this.log.step(what, 'stopped', reason) : this.log.step(what, 'done');
    } catch (error) {
      return this.log.stoppedBy(error, 'it is unknown whether the deletion continues');
    }
  }

  private keep({ template, resources }: { template: string; resources: ReadonlyMap<string, { id: string }> }): void {
    const ids = Object.fromEntries([...resources].map(([logicalId, { id }]) => [logicalId, id]));
    for (const one of retainedResources(this.account, template, ids)) this.log.retained.push(one);
  }
}
