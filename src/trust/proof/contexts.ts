import { availabilityOf, type CallerClass } from '../../policy-evaluator/condition-keys';
import { unsupported } from '../../policy-evaluator/faults';
import { matches, withWildcards } from '../../policy-evaluator/pattern';
import {
  type ConditionElement,
  listOf,
  type PolicyDocument,
  type PolicyStatement,
} from '../../policy-evaluator/policy';
import type { ConditionLine } from '../templates/condition-line';
import { type Candidate, candidatesOf, type KeyFacts } from './candidates';
import { comparableLinesOf } from './comparisons';

/** A request's context, as the evaluator takes it. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/**
 * Keys that follow from the principal and the resource. They get no values: the proof tries principals instead.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const DERIVED_FROM_REQUEST: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:principaltype',
  'aws:resourceaccount',
  'aws:username',
  'kms:calleraccount',
]);

const MAX_CONTEXTS = 4096;

/**
 * The contexts that can change the result of policies. The result depends on which lines of their conditions hold, and each
 * line on one key. So it is enough to try, for each key, a value for every combination of its lines, and to combine the keys
 * in every way. Keys that a principal can choose freely take any value; see `factsOf`.
 */
export class Contexts {
  private readonly known = new Map<string, readonly Context[]>();
  private readonly byAction = new WeakMap<PolicyDocument, Map<string, readonly ConditionElement[]>>();

  constructor(private readonly factsOf: (key: string) => KeyFacts) {}

  /**
   * The contexts for an action under policies. `expected` are conditions of expected accesses, which are tried even where no
   * policy has them. `kind` is the class of the caller: keys that it cannot have are left out. Without it, none are.
   */
  for(
    action: string,
    policies: readonly PolicyDocument[],
    expected: readonly ConditionElement[] = [],
    kind?: CallerClass,
  ): readonly Context[] {
    const conditions = [...policies.flatMap((policy) => this.conditionsOn(action, policy)), ...expected];
    if (conditions.length === 0) return NO_CONTEXT;
    const key = `${kind} ${JSON.stringify(conditions)}`;
    const contexts = this.known.get(key) ?? this.make(comparableLinesOf(conditions), kind);
    this.known.set(key, contexts);
    return contexts;
  }

  private conditionsOn(action: string, policy: PolicyDocument): readonly ConditionElement[] {
    const of = this.byAction.get(policy) ?? new Map<string, readonly ConditionElement[]>();
    this.byAction.set(policy, of);
    const found =
      of.get(action) ??
      listOf(policy.Statement).flatMap((statement) =>
        statement.Condition && meansAction(statement, action) ? [statement.Condition] : [],
      );
    of.set(action, found);
    return found;
  }

  private make(all: readonly ConditionLine[], kind: CallerClass | undefined): readonly Context[] {
    const keys = new Map<string, ConditionLine[]>();
    for (const line of all) {
      if (isTried(line.key, kind)) keys.set(line.key, [...(keys.get(line.key) ?? []), line]);
    }
    return [...keys].reduce<readonly Context[]>((contexts, [key, lines]) => {
      const candidates = this.candidatesFor(key, lines, kind);
      if (contexts.length * candidates.length > MAX_CONTEXTS) {
        throw unsupported(
          `conditions on ${[...keys.keys()].join(', ')} make more than ${MAX_CONTEXTS} contexts`,
          'Use fewer condition keys in the statements for one action.',
        );
      }
      return candidates.flatMap((candidate) => contexts.map((context) => withKey(context, key, candidate)));
    }, NO_CONTEXT);
  }

  private candidatesFor(
    key: string,
    lines: readonly ConditionLine[],
    kind: CallerClass | undefined,
  ): readonly Candidate[] {
    const availability = kind && availabilityOf(key, kind);
    const always = availability?.is === 'always' || availability?.is === 'derived';
    const candidates = candidatesOf(lines, { ...this.factsOf(key), ...(always && { always: true as const }) });
    // AWS does not say whether the caller has an unknown key, so a request without it is tried too.
    return availability?.is === 'unknown' ? candidates.map((one) => one ?? []) : candidates;
  }
}

/** Whether a key gets values. Keys that follow from the principal get some only where AWS does not document their values. */
function isTried(key: string, kind: CallerClass | undefined): boolean {
  const availability = kind && availabilityOf(key, kind);
  if (availability?.is === 'unknown') return true;
  if (availability?.is === 'absent' || DERIVED_FROM_REQUEST.has(key)) return false;
  // No list of principals holds every user id, so ids get values.
  return availability?.is !== 'derived' || key === 'aws:userid';
}

const NO_CONTEXT: readonly Context[] = [{}];

const withKey = (context: Context, key: string, candidate: Candidate): Context =>
  candidate === undefined ? context : { ...context, [key]: candidate };

/** Whether a statement applies to an action. */
export function meansAction({ Action, NotAction }: PolicyStatement, action: string): boolean {
  const lower = action.toLowerCase();
  const isNamed = listOf(Action ?? NotAction).some((one) => matches(withWildcards(one.toLowerCase()), lower));
  return isNamed === (Action !== undefined);
}
