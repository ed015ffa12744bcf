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

/** How a tear-down is run. */
export interface TeardownOptions {
  readonly config: CheckvalveConfig;
  readonly clientsOf: (region: string) => TeardownClients;
  /** Without it nothing is changed: the report says what would happen. */
  readonly yes: boolean;
  readonly wait: Wait;
  readonly progress: (line: string) => void;
}

/**
 * Tears down what the account of the current credentials holds: in the management account all tooling, then the stacks
 * `Tooling` and `Management`; in the vault its own stacks, unless they are protected. What stopped it is in the report, and
 * it may be run again: it goes on where it stopped. So is a call that failed: once something was done, nothing is thrown.
 * @throws CheckvalveError `ACCESS_DENIED` when the credentials are of another account, and what {@link callAws} throws before
 * anything was done
 */
export async function tearDown(options: TeardownOptions): Promise<TeardownReport> {
  const { organization, vault } = options.config;
  const asked = {
    failed: 'Nothing was torn down',
    whose: `the management account ${organization.managementAccount}, or of the vault ${vault.account}`,
    otherwise: 'Or play it with --rehearsal.',
  };
  const { sts } = options.clientsOf(MANAGEMENT_REGION);
  const { Account = '' } = await callAws(asked, () => sts.send(new GetCallerIdentityCommand({})));
  if (Account === organization.managementAccount) return new Teardown(options, Account).management();
  if (Account === vault.account) return new Teardown(options, Account).vault();
  throw new CheckvalveError(
    'ACCESS_DENIED',
    `These credentials are of account ${Account}`,
    `Sign in to the management account ${organization.managementAccount} first, then to the vault ${vault.account}.`,
  );
}

class Teardown {
  private readonly notes: TeardownLog;

  constructor(
    private readonly options: TeardownOptions,
    private readonly account: string,
  ) {
    this.notes = new TeardownLog(account, options.progress);
  }

  async management(): Promise<TeardownReport> {
    const { config, yes } = this.options;
    const parts: readonly (readonly [string, () => Promise<boolean>])[] = [
      ['withdraw the tooling', () => this.withdraw()],
      [`destroy Tooling in ${MANAGEMENT_REGION}`, () => this.destroy('Tooling')],
      [`destroy Management in ${MANAGEMENT_REGION}`, () => this.destroy('Management')],
    ];
    let ok = true;
    for (const [what, act] of parts) {
      if (ok) ok = await this.notes.attempt(what, act);
      else this.notes.step(what, 'not begun', 'it waits for what was stopped');
    }
    const elsewhere = `Then, with credentials of the vault ${config.vault.account}: checkvalve teardown${yes ? '' : ', which shows its part'}`;
    const again = yes ? 'Mend what stopped it, then: checkvalve teardown --yes' : 'To do it: checkvalve teardown --yes';
    return this.notes.report('management', ok, [...(yes && ok ? [] : [again]), elsewhere]);
  }

  async vault(): Promise<TeardownReport> {
    const { config, yes } = this.options;
    const commands: string[] = [];
    let ok = true;
    for (const region of config.regions) {
      const name = `Vault-${region}`;
      const done = await this.notes.attempt(`destroy ${name} in ${region}`, async () => {
        const command = await this.protection(name, region);
        if (command) commands.push(command);
        return !command && this.destroy(name, region);
      });
      ok = done && ok;
    }
    this.notes.stays.push({
      account: this.account,
      type: 'copies of databases',
      id: 'every snapshot in the vault',
      because: 'no stack made them, and they are what the vault is for; nothing deletes them from here on',
    });
    const first = `First the part of the management account ${config.organization.managementAccount}: the vault cannot see whether it is gone.`;
    const again = ok && yes ? [] : ['checkvalve teardown --yes'];
    return this.notes.report('vault', ok, [...(yes && ok ? [] : [first]), ...commands, ...again]);
  }

  /** The command that lifts the protection of a stack; a person runs it, this never does. */
  private async protection(name: string, region: string): Promise<string | undefined> {
    const found = await findStack(this.options.clientsOf(region).cloudformation, name);
    if (found.kind !== 'ours' || !found.stack.protected) return undefined;
    this.keep(found.stack);
    this.notes.step(
      `destroy ${name} in ${region}`,
      'stopped',
      'it is protected against termination, and this does not lift that',
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
    const pause = 'switch off what wakes enrollment';
    if (!yes) {
      if (enrollment.kind === 'ours') this.notes.step(pause, 'would be done');
      this.notes.step(what, accounts.length > 0 ? 'would be done' : 'nothing to do', accounts.join(', '));
      return true;
    }
    if (enrollment.kind === 'ours') {
      this.notes.doing = pause;
      await pauseEnrollment(enrollment.stack, clients);
      this.notes.step(pause, 'done');
    }
    if (accounts.length === 0) return this.notes.step(what, 'nothing to do');
    this.notes.doing = what;
    return this.withdrawNow(stackSet, before);
  }

  private async withdrawNow(stackSet: ToolingInstances, before: readonly StackInstance[]): Promise<boolean> {
    const { notes } = this;
    try {
      const { standing, leftBehind } = await withdrawAll(stackSet, this.options.wait);
      notes.keepStacks(leftBehind);
      if (standing.length > 0) return notes.step(notes.doing, 'stopped', standing.map(stillThere).join('; '));
      return notes.step(notes.doing, 'done', [...new Set(before.map(({ account }) => account))].sort().join(', '));
    } catch (error) {
      // Some of it may be done: what stands is looked at once more, and if that fails too, that is what is told.
      const after = await allInstances(stackSet).catch(() => undefined);
      const all = `of ${before.length} instances`;
      if (!after) return notes.stoppedBy(error, `how many ${all} still stand could not be seen`);
      const standing = after.map(placeOf);
      notes.keepStacks(before.filter((one) => isOutOfReach(one) && !standing.includes(placeOf(one))));
      return notes.stoppedBy(error, `${after.length} ${all} still stand: ${standing.join(', ') || 'none'}`);
    }
  }

  /** What a source keeps is in the StackSet's template: the management account sees no more of it. */
  private async keepInSources({ cloudformation }: TeardownClients, accounts: readonly string[]): Promise<void> {
    const asked = new DescribeStackSetCommand({ StackSetName: NAMES.stackSet, CallAs: 'SELF' });
    const { StackSet } = await cloudformation.send(asked);
    for (const account of accounts) {
      const template = StackSet?.TemplateBody ?? '{"Resources":{}}';
      const kept = retainedResources(account, template).map((one) => ({
        ...one,
        id: `${one.id} (logical id of its template)`,
      }));
      for (const one of kept) this.notes.stays.push(one);
      this.notes.stays.push({
        account,
        type: 'snapshots',
        id: 'recovery points of AWS Backup and export copies',
        because: 'recovery points expire at their term; export copies that the vault has not taken wait for a person',
      });
    }
  }

  private async destroy(name: string, region: string = MANAGEMENT_REGION): Promise<boolean> {
    const { clientsOf, yes, wait } = this.options;
    const { cloudformation } = clientsOf(region);
    const what = `destroy ${name} in ${region}`;
    const found = await findStack(cloudformation, name);
    if (found.kind === 'none') return this.notes.step(what, 'nothing to do', 'there is no such stack');
    if (found.kind === 'foreign')
      return this.notes.step(what, 'stopped', 'a stack of that name stands, and is not Checkvalve’s');
    this.keep(found.stack);
    if (!yes) return this.notes.step(what, 'would be done');
    this.notes.doing = what;
    try {
      const reason = await destroyStack(cloudformation, found.stack.id, wait);
      return reason ? this.notes.step(what, 'stopped', reason) : this.notes.step(what, 'done');
    } catch (error) {
      return this.notes.stoppedBy(error, 'whether its deletion goes on could not be seen');
    }
  }

  private keep({ template, resources }: { template: string; resources: ReadonlyMap<string, { id: string }> }): void {
    const ids = Object.fromEntries([...resources].map(([logicalId, { id }]) => [logicalId, id]));
    for (const one of retainedResources(this.account, template, ids)) this.notes.stays.push(one);
  }
}

const placeOf = ({ account, region }: StackInstance): string => `${account} in ${region}`;
const stillThere = (one: StackInstance): string => `${placeOf(one)}: ${one.reason ?? 'it came back'}`;
const isOutOfReach = ({ standing }: StackInstance): boolean => standing === 'inoperable' || standing === 'suspended';
