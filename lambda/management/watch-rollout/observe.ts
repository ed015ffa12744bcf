import type { Alerts } from '../../_kit/ports/alerts';
import type { Page } from '../../_kit/ports/organization';
import type { EnrollmentRegistry, RegistryEntry } from '../../_kit/ports/registry';
import { type Rollout, type RolloutOperation, rollsOut, type StackInstance } from '../../_kit/ports/stack-instances';
import type { StepQueue } from '../../_kit/ports/step-queue';
import type { ListingPart, ObservedPart } from './facts';

/** The ports of watch-rollout. */
export interface RolloutPorts {
  /** Of the StackSet of one cell. */
  readonly rollout: Rollout;
  /** Whether an account belongs to that cell. */
  readonly isOfCell: (entry: RegistryEntry) => boolean;
  readonly registry: Pick<EnrollmentRegistry, 'of' | 'change' | 'recordAlert' | 'recordRefusal'>;
  readonly alerts: Alerts;
  readonly queue: StepQueue;
}

/** Reads one part. An operation that runs, that StackSets no longer knows, or that rolls nothing out has no results. */
export async function observe({ operation, from }: ListingPart, ports: RolloutPorts, now: Date): Promise<ObservedPart> {
  const { rollout, registry } = ports;
  const state = operation ? await rollout.operationState(operation) : undefined;
  const nothing: Page<StackInstance> = { items: [] };
  const listed = !operation
    ? await rollout.instances(from)
    : state?.ended && rollsOut(state.action)
      ? await rollout.results(operation, from)
      : nothing;
  const isRemoval = state?.action === 'DELETE';
  const isHealthy = listed.items.every(({ standing }) => standing === 'current' || standing === 'running');
  const operations = operation || isHealthy ? [] : await rollout.recentOperations();
  const instances = isRemoval
    ? []
    : operation
      ? listed.items
      : await withoutOtherOperations(listed.items, operations, rollout);
  const known = await registry.of([...new Set(instances.map(({ account }) => account))]);
  const entries = new Map([...known].filter(([, entry]) => ports.isOfCell(entry) && !entry.moving));
  const version = instances.length > 0 ? await rollout.templateVersion() : '';
  return {
    facts: {
      instances,
      entries,
      version,
      mayRepair: !operation,
      isRollingOut: operations.some(({ ended, action }) => !ended && rollsOut(action)),
      now,
    },
    notRemoved: isRemoval ? listed.items.filter(({ standing }) => standing === 'failed') : [],
    next: listed.next,
  };
}

/** The instances, without the last operation of a failed one if that operation rolled nothing out: it is no new failure. */
async function withoutOtherOperations(
  instances: readonly StackInstance[],
  operations: readonly RolloutOperation[],
  rollout: Rollout,
): Promise<readonly StackInstance[]> {
  const actions = new Map(operations.map(({ id, action }) => [id, action]));
  const failed = instances.filter(({ standing }) => standing === 'failed');
  for (const id of new Set(failed.flatMap(({ operation }) => operation ?? []))) {
    // An operation that StackSets no longer knows counts as an update, which most operations are.
    if (!actions.has(id)) actions.set(id, (await rollout.operationState(id))?.action ?? 'UPDATE');
  }
  return instances.map((instance) => {
    const { operation, ...rest } = instance;
    return failed.includes(instance) && operation && !rollsOut(actions.get(operation) ?? '') ? rest : instance;
  });
}
