import { DescribeStackSetCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ToolingInstances } from '../../lambda/_kit/aws/tooling-instances';
import type { StackInstance } from '../../lambda/_kit/ports/stack-instances';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { CheckvalveError } from '../contract/errors';
import { MANAGEMENT_REGION, NAMES } from '../contract/names';
import type { TeardownClients } from './clients';
import { pauseEnrolment } from './pause-enrolment';
import { destroyStack, findStack } from './stacks';
import { type Stays, whatStays } from './what-stays';
import { allInstances, type Wait, withdrawAll } from './withdraw-all';

/** One thing that a tear-down does. */
export interface TeardownStep {
  readonly what: string;
  readonly outcome: 'would be done' | 'done' | 'nothing to do' | 'stopped';
  readonly because?: string;
}

/** What a tear-down did, or would do, in the account whose credentials it has. */
export interface TeardownReport {
  readonly account: string;
  readonly part: 'management' | 'vault';
  /** Nothing stopped it. */
  readonly ok: boolean;
  readonly steps: readonly TeardownStep[];
  readonly stays: readonly Stays[];
  /** What a person does next, and where. */
  readonly next: readonly string[];
}

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
 * it may be run again: it goes on where it stopped.
 * @throws CheckvalveError `ACCESS_DENIED` when the credentials are of another account
 */
export async function tearDown(options: TeardownOptions): Promise<TeardownReport> {
  const { organization, vault } = options.config;
  const { Account = '' } = await options.clientsOf(MANAGEMENT_REGION).sts.send(new GetCallerIdentityCommand({}));
  if (Account === organization.managementAccount) return new Teardown(options, Account).management();
  if (Account === vault.account) return new Teardown(options, Account).vault();
  throw new CheckvalveError(
    'ACCESS_DENIED',
    `These credentials are of account ${Account}`,
    `Sign in to the management account ${organization.managementAccount} first, then to the vault ${vault.account}.`,
  );
}

class Teardown {
  private readonly steps: TeardownStep[] = [];
  private readonly stays: Stays[] = [];

  constructor(
    private readonly options: TeardownOptions,
    private readonly account: string,
  ) {}

  async management(): Promise<TeardownReport> {
    const { config, yes } = this.options;
    const ok = (await this.withdraw()) && (await this.destroy('Tooling')) && (await this.destroy('Management'));
    const elsewhere = `Then, with credentials of the vault ${config.vault.account}: checkvalve teardown${yes ? '' : ', which shows its part'}`;
    const again = yes ? 'Mend what stopped it, then: checkvalve teardown --yes' : 'To do it: checkvalve teardown --yes';
    return this.report('management', ok, [...(yes && ok ? [] : [again]), elsewhere]);
  }

  async vault(): Promise<TeardownReport> {
    const { config, yes } = this.options;
    const commands: string[] = [];
    let ok = true;
    for (const region of config.regions) {
      const name = `Vault-${region}`;
      const command = await this.protection(name, region);
      if (command) commands.push(command);
      ok = !command && (await this.destroy(name, region)) && ok;
    }
    this.stays.push({
      account: this.account,
      type: 'copies of databases',
      id: 'every snapshot in the vault',
      because: 'no stack made them, and they are what the vault is for; nothing deletes them from here on',
    });
    const first = `First the part of the management account ${config.organization.managementAccount}: the vault cannot see whether it is gone.`;
    const again = commands.length > 0 || !yes ? ['checkvalve teardown --yes'] : [];
    return this.report('vault', ok, [...(yes && ok ? [] : [first]), ...commands, ...again]);
  }

  /** The command that lifts the protection of a stack; a person runs it, this never does. */
  private async protection(name: string, region: string): Promise<string | undefined> {
    const found = await findStack(this.options.clientsOf(region).cloudformation, name);
    if (found.kind !== 'ours' || !found.stack.protected) return undefined;
    this.keep(found.stack);
    this.step(
      `destroy ${name} in ${region}`,
      'stopped',
      'it is protected against termination, and this does not lift that',
    );
    return `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${region}`;
  }

  private async withdraw(): Promise<boolean> {
    const { config, clientsOf, yes, wait } = this.options;
    const clients = clientsOf(MANAGEMENT_REGION);
    const stackSet = new ToolingInstances(clients.cloudformation, NAMES.stackSet, config.organization.rootId);
    const before = await allInstances(stackSet);
    const accounts = [...new Set(before.map(({ account }) => account))].sort();
    const what = `withdraw the tooling from ${accounts.length} accounts (${before.length} instances)`;
    if (accounts.length > 0) await this.keepInSources(clients, accounts);
    const enrolment = await findStack(clients.cloudformation, 'Management');
    const pause = 'switch off what wakes enrolment';
    if (!yes) {
      if (enrolment.kind === 'ours') this.step(pause, 'would be done');
      this.step(what, accounts.length > 0 ? 'would be done' : 'nothing to do', accounts.join(', '));
      return true;
    }
    if (enrolment.kind === 'ours') {
      await pauseEnrolment(enrolment.stack, clients);
      this.step(pause, 'done');
    }
    if (accounts.length === 0) return this.step(what, 'nothing to do');
    const { standing, leftBehind } = await withdrawAll(stackSet, wait);
    for (const { account, region } of leftBehind) {
      const because = 'nothing can reach into the account: whoever keeps it deletes the stack there';
      this.stays.push({
        account,
        type: 'the whole stack of the tooling',
        id: `StackSet-${NAMES.stackSet}-… in ${region}`,
        because,
      });
    }
    if (standing.length === 0) return this.step(what, 'done', accounts.join(', '));
    return this.step(what, 'stopped', standing.map(stillThere).join('; '));
  }

  /** What a source keeps is in the StackSet's template: the management account sees no more of it. */
  private async keepInSources({ cloudformation }: TeardownClients, accounts: readonly string[]): Promise<void> {
    const asked = new DescribeStackSetCommand({ StackSetName: NAMES.stackSet, CallAs: 'SELF' });
    const { StackSet } = await cloudformation.send(asked);
    for (const account of accounts) {
      this.stays.push(...whatStays(account, StackSet?.TemplateBody ?? '{"Resources":{}}'), {
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
    if (found.kind === 'none') return this.step(what, 'nothing to do', 'there is no such stack');
    if (found.kind === 'foreign')
      return this.step(what, 'stopped', 'a stack of that name stands, and is not Checkvalve’s');
    this.keep(found.stack);
    if (!yes) return this.step(what, 'would be done');
    const reason = await destroyStack(cloudformation, found.stack.id, wait);
    return reason ? this.step(what, 'stopped', reason) : this.step(what, 'done');
  }

  private keep({ template, resources }: { template: string; resources: ReadonlyMap<string, { id: string }> }): void {
    const ids = Object.fromEntries([...resources].map(([logicalId, { id }]) => [logicalId, id]));
    this.stays.push(...whatStays(this.account, template, ids));
  }

  /** Notes a step; whether the next may follow. */
  private step(what: string, outcome: TeardownStep['outcome'], because?: string): boolean {
    this.steps.push({ what, outcome, ...(because && { because }) });
    this.options.progress(`${what}: ${outcome}${because ? ` (${because})` : ''}`);
    return outcome !== 'stopped';
  }

  private report(part: TeardownReport['part'], ok: boolean, next: readonly string[]): TeardownReport {
    return { account: this.account, part, ok, steps: this.steps, stays: this.stays, next };
  }
}

const stillThere = ({ account, region, reason }: StackInstance): string =>
  `${account} in ${region}: ${reason ?? 'it came back'}`;
