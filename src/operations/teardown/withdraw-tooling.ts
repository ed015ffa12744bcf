import { type CloudFormationClient, DescribeStackSetCommand } from '@aws-sdk/client-cloudformation';
import { ToolingInstances } from '../../../lambda/_kit/aws/tooling-instances';
import type { StackInstance } from '../../../lambda/_kit/ports/stack-instances';
import type { ConfiguredCell } from '../../config/cells';
import { MANAGEMENT_REGION } from '../../contract/names';
import { pauseEnrollment } from './pause-enrollment';
import { retainedResources } from './retained-resources';
import { findStack } from './stacks';
import type { TeardownLog } from './teardown-log';
import type { TeardownOptions } from './teardown-options';
import { allInstances, type Wait, withdrawAll } from './withdraw-all';

/** A StackSet of a cell with its instances, and how its withdrawal is called. */
interface DeployedTooling {
  readonly name: string;
  readonly stackSet: ToolingInstances;
  readonly instances: readonly StackInstance[];
  readonly accounts: readonly string[];
  readonly what: string;
}

/**
 * Withdraws the tooling of these cells. Enrollment is disabled before; only where a single cell is removed, enrollment continues,
 * so that the withdrawal stops while an account has the tooling. Resolves to whether the next part may start.
 */
export async function withdrawTooling(
  cells: readonly ConfiguredCell[],
  { config, cell: only, clientsOf, yes, wait }: TeardownOptions,
  log: TeardownLog,
): Promise<boolean> {
  const clients = clientsOf(MANAGEMENT_REGION);
  const deployed: DeployedTooling[] = [];
  for (const { cell } of cells) {
    const stackSet = new ToolingInstances(clients.cloudformation, cell.stackSet, config.organization.rootId);
    const instances = await allInstances(stackSet);
    const accounts = [...new Set(instances.map(({ account }) => account))].sort();
    const of = config.vaults ? ` of the cell ${cell.name}` : '';
    const what = `withdraw the tooling${of} from ${accounts.length} accounts (${instances.length} instances)`;
    const one = { name: cell.stackSet, stackSet, instances, accounts, what };
    if (only !== undefined && accounts.length > 0) {
      const because = `enrollment would deploy it again; move the accounts first (checkvalve move): ${accounts.join(', ')}`;
      return log.step(what, 'stopped', because);
    }
    if (accounts.length > 0) await keepInSources(clients.cloudformation, one, log);
    deployed.push(one);
  }
  const enrollment = await findStack(clients.cloudformation, 'Management');
  const pause = 'disable the rules and queues of enrollment';
  const pauses = only === undefined && enrollment.kind === 'ours';
  if (!yes) {
    if (pauses) log.step(pause, 'planned');
    for (const { what, accounts } of deployed) {
      log.step(what, accounts.length > 0 ? 'planned' : 'nothing-to-do', accounts.join(', '));
    }
    return true;
  }
  if (pauses) {
    log.current = pause;
    await pauseEnrollment(enrollment.stack, clients);
    log.step(pause, 'done');
  }
  for (const one of deployed) if (!(await withdrawOne(one, wait, log))) return false;
  return true;
}

async function withdrawOne(one: DeployedTooling, wait: Wait, log: TeardownLog): Promise<boolean> {
  const { name, stackSet, instances, accounts, what } = one;
  if (accounts.length === 0) return log.step(what, 'nothing-to-do');
  log.current = what;
  try {
    const { remaining, leftBehind } = await withdrawAll(stackSet, wait);
    log.keepStacks(leftBehind, name);
    if (remaining.length > 0) return log.step(what, 'stopped', remaining.map(stillThere).join('; '));
    return log.step(what, 'done', accounts.join(', '));
  } catch (error) {
    // A part may be done, so the instances are listed once more for the report.
    const after = await allInstances(stackSet).catch(() => undefined);
    const all = `of ${instances.length} instances`;
    if (!after) return log.stoppedBy(error, `the number of remaining instances ${all} is unknown`);
    const remaining = after.map(placeOf);
    log.keepStacks(
      instances.filter((instance) => isOutOfReach(instance) && !remaining.includes(placeOf(instance))),
      name,
    );
    return log.stoppedBy(error, `${after.length} ${all} remain: ${remaining.join(', ') || 'none'}`);
  }
}

/** The retained resources of sources, from the StackSet's template, because the management account cannot list them. */
async function keepInSources(
  cloudformation: CloudFormationClient,
  { name, accounts }: DeployedTooling,
  log: TeardownLog,
): Promise<void> {
  const command = new DescribeStackSetCommand({ StackSetName: name, CallAs: 'SELF' });
  const { StackSet } = await cloudformation.send(command);
  for (const account of accounts) {
    const template = StackSet?.TemplateBody ?? '{"Resources":{}}';
    const kept = retainedResources(account, template).map((one) => ({
      ...one,
      id: `${one.id} (logical id of its template)`,
    }));
    for (const one of kept) log.retained.push(one);
    log.retained.push({
      account,
      type: 'snapshots',
      id: 'recovery points of AWS Backup and export copies',
      because:
        'recovery points expire by their retention; export copies that the vault has not imported stay until an operator deletes them',
    });
  }
}

const placeOf = ({ account, region }: StackInstance): string => `${account} in ${region}`;
const stillThere = (one: StackInstance): string => `${placeOf(one)}: ${one.reason ?? 'it was created again'}`;
const isOutOfReach = ({ standing }: StackInstance): boolean => standing === 'inoperable' || standing === 'suspended';
