import type { Alerts } from '../../_kit/ports/alerts';
import type { Page } from '../../_kit/ports/organization';
import type { EnrollmentRegistry } from '../../_kit/ports/registry';
import { type Rollout, type RolloutOperation, rollsOut, type StackInstance } from '../../_kit/ports/stack-instances';
import type { StepQueue } from '../../_kit/ports/step-queue';
import type { RolloutFacts } from './plan';

/** What watch-rollout touches. */
export interface RolloutPorts {
  readonly rollout: Rollout;
  readonly registry: Pick<EnrollmentRegistry, 'of' | 'change' | 'recordAlert' | 'recordRefusal'>;
  readonly alerts: Alerts;
  readonly queue: StepQueue;
}

/** A part of what there is to look at: of an operation's results, or of all instances. */
export interface Part {
  /** Id of the operation; without it all instances are meant. */
  readonly operation?: string;
  /** What this run is called. */
  readonly run: string;
  /** Counts the parts. */
  readonly part: number;
  readonly from?: string;
}

/** What was seen: the facts to plan with, removals that failed, and where the listing goes on. */
export interface ObservedPart {
  readonly facts: RolloutFacts;
  readonly notRemoved: readonly StackInstance[];
  readonly next?: string;
}

/** Reads one part. An operation that has not ended, is forgotten, or rolls nothing out has nothing to say. */
export async function observe({ operation, from }: Part, ports: RolloutPorts, now: Date): Promise<ObservedPart> {
  const { rollout, registry } = ports;
  const about = operation ? await rollout.operationState(operation) : undefined;
  const nothing: Page<StackInstance> = { items: [] };
  const listed = !operation
    ? await rollout.instances(from)
    : about?.ended && rollsOut(about.action)
      ? await rollout.results(operation, from)
      : nothing;
  const removing = about?.action === 'DELETE';
  const isWell = listed.items.every(({ standing }) => standing === 'current' || standing === 'running');
  const operations = operation || isWell ? [] : await rollout.recentOperations();
  const seen = removing ? [] : operation ? listed.items : await attributed(listed.items, operations, rollout);
  const entries = await registry.of([...new Set(seen.map(({ account }) => account))]);
  const version = seen.length > 0 ? await rollout.templateVersion() : '';
  return {
    facts: {
      seen,
      entries,
      version,
      repairing: !operation,
      rollingOut: operations.some(({ ended, action }) => !ended && rollsOut(action)),
      now,
    },
    notRemoved: removing ? listed.items.filter(({ standing }) => standing === 'failed') : [],
    next: listed.next,
  };
}

/** The instances, without the operation where the last one on a failed instance rolled nothing out: it is no new failure. */
async function attributed(
  instances: readonly StackInstance[],
  operations: readonly RolloutOperation[],
  rollout: Rollout,
): Promise<readonly StackInstance[]> {
  const actions = new Map(operations.map(({ id, action }) => [id, action]));
  const failed = instances.filter(({ standing }) => standing === 'failed');
  for (const id of new Set(failed.flatMap(({ operation }) => operation ?? []))) {
    // What StackSets has forgotten is taken for what it mostly is.
    if (!actions.has(id)) actions.set(id, (await rollout.operationState(id))?.action ?? 'UPDATE');
  }
  return instances.map((instance) => {
    const { operation, ...rest } = instance;
    return failed.includes(instance) && operation && !rollsOut(actions.get(operation) ?? '') ? rest : instance;
  });
}
