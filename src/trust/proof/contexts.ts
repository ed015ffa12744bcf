import { availabilityOf, type CallerClass } from '../../policy-evaluator/condition-keys';
import { unsupported } from '../../policy-evaluator/faults';
import { matches, withWildcards } from '../../policy-evaluator/pattern';
import {
  type ConditionElement,
  listOf,
  type PolicyDocument,
  type PolicyStatement,
} from '../../policy-evaluator/policy';
import { type Atom, atomsOf } from './condition-lines';
import { type Candidate, candidatesOf, type KeyFacts } from './candidates';

/** A request's context, as the evaluator takes it. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/**
 * Keys that follow from who asks and of what: they are tried by trying everybody, not by giving them values.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const TOLD_BY_THE_REQUEST: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:principaltype',
  'aws:resourceaccount',
  'aws:username',
  'kms:calleraccount',
]);

const TOO_MANY = 4096;

/**
 * The contexts in which policies can come out differently. Whatever a policy says depends on which lines of its conditions
 * hold, and each line on one key. So it is enough to try, for each key by itself, a value for every combination of its
 * lines, and to combine the keys in every way. What everybody can make up is taken for made up; see `factsOf`.
 */
export class Contexts {
  private readonly known = new Map<string, readonly Context[]>();
  private readonly byAction = new WeakMap<PolicyDocument, Map<string, readonly ConditionElement[]>>();

  constructor(private readonly factsOf: (key: string) => KeyFacts) {}

  /**
   * The contexts for an action under policies. `asked` are conditions of a promise: what they distinguish is tried even
   * where no policy does. `kind` is the class of the caller: what it cannot have is left out; without, anything goes.
   */
  for(
    action: string,
    policies: readonly PolicyDocument[],
    asked: readonly ConditionElement[] = [],
    kind?: CallerClass,
  ): readonly Context[] {
    const conditions = [...policies.flatMap((policy) => this.conditionsOn(action, policy)), ...asked];
    if (conditions.length === 0) return NO_CONTEXT;
    const mark = `${kind} ${JSON.stringify(conditions)}`;
    const made = this.known.get(mark) ?? this.make(atomsOf(conditions), kind);
    this.known.set(mark, made);
    return made;
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

  private make(atoms: readonly Atom[], kind: CallerClass | undefined): readonly Context[] {
    const keys = new Map<string, Atom[]>();
    for (const atom of atoms) {
      if (isTried(atom.key, kind)) keys.set(atom.key, [...(keys.get(atom.key) ?? []), atom]);
    }
    return [...keys].reduce<readonly Context[]>((contexts, [key, lines]) => {
      const candidates = this.candidatesFor(key, lines, kind);
      if (contexts.length * candidates.length > TOO_MANY) {
        throw unsupported(
          `conditions on ${[...keys.keys()].join(', ')} make more than ${TOO_MANY} cases`,
          'Put fewer keys into the statements for one action.',
        );
      }
      return candidates.flatMap((candidate) => contexts.map((context) => withKey(context, key, candidate)));
    }, NO_CONTEXT);
  }

  private candidatesFor(key: string, lines: readonly Atom[], kind: CallerClass | undefined): readonly Candidate[] {
    const availability = kind && availabilityOf(key, kind);
    const always = availability?.is === 'always' || availability?.is === 'derived';
    const candidates = candidatesOf(lines, { ...this.factsOf(key), ...(always && { always: true as const }) });
    // Where AWS does not say whether the caller has the key, that it lacks it is one of the answers to be tried.
    return availability?.is === 'unknown' ? candidates.map((one) => one ?? []) : candidates;
  }
}

/** Whether a key takes values of its own: those that tell who asks do where AWS does not say what they hold. */
function isTried(key: string, kind: CallerClass | undefined): boolean {
  const availability = kind && availabilityOf(key, kind);
  if (availability?.is === 'unknown') return true;
  if (availability?.is === 'absent' || TOLD_BY_THE_REQUEST.has(key)) return false;
  // Ids are everybody's own: no list of callers has them all, so they are made up.
  return availability?.is !== 'derived' || key === 'aws:userid';
}

const NO_CONTEXT: readonly Context[] = [{}];

const withKey = (context: Context, key: string, candidate: Candidate): Context =>
  candidate === undefined ? context : { ...context, [key]: candidate };

/** Whether a statement speaks of an action. */
export function meansAction({ Action, NotAction }: PolicyStatement, action: string): boolean {
  const lower = action.toLowerCase();
  const named = listOf(Action ?? NotAction).some((one) => matches(withWildcards(one.toLowerCase()), lower));
  return named === (Action !== undefined);
}
