import { DescribeStackSetCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import type { StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { callAws } from '../call-aws';
import type { TeardownClients } from './clients';
import { pauseEnrollment } from './pause-enrollment';
import { retainedResources } from './retained-resources';
import { destroyStack, findStack } from './stacks';
import { TeardownLog, type TeardownReport } from './teardown-log';
import { allInstances, type Wait, withdrawAll } from './withdraw-all';

/** Options of a teardown. */
export interface TeardownOptions {
  readonly config: CheckvalveConfig;
  readonly clientsOf: (region: string) => TeardownClients;
  /** Without it nothing is changed, and the report shows what would happen. */
  readonly yes: boolean;
  readonly wait: Wait;
  readonly progress: (line: string) => void;
}

/**
 * Removes Checkvalve from the account of the credentials: in the management account the tooling of all accounts, then the
 * stacks `Tooling` and `Management`; in the vault its stacks, unless they have termination protection. The report contains what
 * stopped the teardown, including failed calls, and another run continues there.
 * @throws CheckvalveError `ACCESS_DENIED` for credentials of another account, and what {@link callAws} throws before anything
 * was done
 */
export async function tearDown(options: TeardownOptions): Promise<TeardownReport> {
  const { organization, vault } = options.config;
  const call = {
    failed: 'Nothing was removed',
    whose: `the management account ${organization.managementAccount} or the vault ${vault.account}`,
    otherwise: 'Or use --rehearsal, which needs no AWS account.',
  };
  const { sts } = options.clientsOf(MANAGEMENT_REGION);
  const { Account = '' } = await callAws(call, () => sts.send(new GetCallerIdentityCommand({})));
  if (Account === organization.managementAccount) return new Teardown(options, Account).management();
  if (Account === vault.account) return new Teardown(options, Account).vault();
  throw new CheckvalveError(
    'ACCESS_DENIED',
    `The credentials belong to account ${Account}, which is neither the management account nor the vault`,
    `Use credentials of the management account ${organization.managementAccount} first, then of the vault ${vault.account}.`,
  );
}

class Teardown {
  private readonly log: TeardownLog;

  constructor(
    private readonly options: TeardownOptions,
    private readonly account: string,
  ) {
    this.log = new TeardownLog(account, options.progress);
  }

  async management(): Promise<TeardownReport> {
    const { config, yes } = this.options;
    const parts: readonly (readonly [string, () => Promise<boolean>])[] = [
      ['withdraw the tooling', () => this.withdraw()],
      [`delete Tooling in ${MANAGEMENT_REGION}`, () => this.destroy('Tooling')],
      [`delete Management in ${MANAGEMENT_REGION}`, () => this.destroy('Management')],
    ];
    let ok = true;
    for (const [what, act] of parts) {
      if (ok) ok = await this.log.attempt(what, act);
      else this.log.step(what, 'not-started', 'the part before it stopped');
    }
    const elsewhere = `Then, with credentials of the vault ${config.vault.account}: checkvalve teardown${yes ? '' : ' (shows the part of the vault)'}`;
    const again = yes
      ? 'Resolve what stopped it, then: checkvalve teardown --yes'
      : 'To do it: checkvalve teardown --yes';
    return this.log.report('management', ok, [...(yes && ok ? [] : [again]), elsewhere]);
  }

  async vault(): Promise<TeardownReport> {
    const { config, yes } = this.options;
    const commands: string[] = [];
    let ok = true;
    for (const region of config.regions) {
      const name = `Vault-${region}`;
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

  private async withdraw(): Promise<boolean> {
    const { config, clientsOf, yes } = this.options;
    const clients = clientsOf(MANAGEMENT_REGION);
    const stackSet = new ToolingInstances(clients.cloudformation, NAMES.stackSet, config.organization.rootId);
    const before = await allInstances(stackSet);
    const accounts = [...new Set(before.map(({ account }) => account))].sort();
    const what = `withdraw the tooling from ${accounts.length} accounts (${before.length} instances)`;
    if (accounts.length > 0) await this.keepInSources(clients, accounts);
    const enrollment = await findStack(clients.cloudformation, 'Management');
    const pause = 'disable the rules and queues of enrollment';
    if (!yes) {
      if (enrollment.kind === 'ours') this.log.step(pause, 'planned');
      this.log.step(what, accounts.length > 0 ? 'planned' : 'nothing-to-do', accounts.join(', '));
      return true;
    }
    if (enrollment.kind === 'ours') {
      this.log.current = pause;
      await pauseEnrollment(enrollment.stack, clients);
      this.log.step(pause, 'done');
    }
    if (accounts.length === 0) return this.log.step(what, 'nothing-to-do');
    this.log.current = what;
    return this.withdrawNow(stackSet, before);
  }

  private async withdrawNow(stackSet: ToolingInstances, before: readonly StackInstance[]): Promise<boolean> {
    const { log } = this;
    try {
      const { remaining, leftBehind } = await withdrawAll(stackSet, this.options.wait);
      log.keepStacks(leftBehind);
      if (remaining.length > 0) return log.step(log.current, 'stopped', remaining.map(stillThere).join('; '));
      return log.step(log.current, 'done', [...new Set(before.map(({ account }) => account))].sort().join(', '));
    } catch (error) {
      // A part may be done, so the instances are listed once more for the report.
      const after = await allInstances(stackSet).catch(() => undefined);
      const all = `of ${before.length} instances`;
      if (!after) return log.stoppedBy(error, `the number of remaining instances ${all} is unknown`);
      const remaining = after.map(placeOf);
      log.keepStacks(before.filter((one) => isOutOfReach(one) && !remaining.includes(placeOf(one))));
      return log.stoppedBy(error, `${after.length} ${all} remain: ${remaining.join(', ') || 'none'}`);
    }
  }

  /** The retained resources of sources, from the StackSet's template, because the management account cannot list them. */
  private async keepInSources({ cloudformation }: TeardownClients, accounts: readonly string[]): Promise<void> {
    const command = new DescribeStackSetCommand({ StackSetName: NAMES.stackSet, CallAs: 'SELF' });
    const { StackSet } = await cloudformation.send(command);
    for (const account of accounts) {
      const template = StackSet?.TemplateBody ?? '{"Resources":{}}';
      const kept = retainedResources(account, template).map((one) => ({
        ...one,
        id: `${one.id} (logical id of its template)`,
      }));
      for (const one of kept) this.log.retained.push(one);
      this.log.retained.push({
        account,
        type: 'snapshots',
        id: 'recovery points of AWS Backup and export copies',
        because:
          'recovery points expire by their retention; export copies that the vault has not imported stay until an operator deletes them',
      });
    }
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

const placeOf = ({ account, region }: StackInstance): string => `${account} in ${region}`;
const stillThere = (one: StackInstance): string => `${placeOf(one)}: ${one.reason ?? 'it was created again'}`;
const isOutOfReach = ({ standing }: StackInstance): boolean => standing === 'inoperable' || standing === 'suspended';
