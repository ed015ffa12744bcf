import { createHash } from 'node:crypto';
import { CheckvalveError } from '../../contract/errors';
import { type ConditionCheck, prepareCondition } from '../../policy-evaluator/condition';
import type { Reason } from '../../policy-evaluator/decision';
import { evaluate } from '../../policy-evaluator/evaluate';
import { type ConditionElement, listOf, type PolicyDocument } from '../../policy-evaluator/policy';
import type { KnownAction } from './action-catalog';
import type { Context, Contexts } from './contexts';
import type { PromiseId } from './promises';
import { kindOf, nameOf, type ProofPrincipal } from './proof-principals';
import type { TargetResource } from './target-resources';

/** An access that may be allowed without breaking a promise. */
export interface ExpectedAccess {
  readonly action: string;
  readonly principal: (name: string) => boolean;
  readonly resource: (arn: string) => boolean;
  /** What the context must hold. Each of its keys is tried, also where no policy has it. */
  readonly when?: ConditionElement;
  readonly because: string;
}

/** An access that the evaluator allows: a counterexample, or an expected access. */
export interface AllowedAccess {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly promise: PromiseId;
  /** The statements that allow it, their places, and the context. */
  readonly because: string;
}

/** The results of evaluations. */
export class Tally {
  evaluated = 0;
  readonly allows: AllowedAccess[] = [];
  readonly expected: AllowedAccess[] = [];
  readonly resources = new Set<string>();
  readonly actions = new Set<string>();
  readonly principals = new Set<string>();

  /** Adds the results of another tally. */
  add(other: Tally): void {
    this.evaluated += other.evaluated;
    for (const one of other.allows) this.allows.push(one);
    for (const one of other.expected) this.expected.push(one);
    for (const one of other.resources) this.resources.add(one);
    for (const one of other.actions) this.actions.add(one);
    for (const one of other.principals) this.principals.add(one);
  }
}

/**
 * Keeps the results of earlier proofs by everything that they depend on. Makes it fast to prove many landing zones that differ
 * in one statement each.
 */
export class EvaluationCache {
  private readonly known = new Map<string, Tally>();

  /** The results for a target on a line, evaluated the first time only. */
  tallyOf(line: ProofLine, lineKey: string, target: TargetResource): Tally {
    const key = createHash('sha256')
      .update(JSON.stringify([lineKey, target]))
      .digest('hex');
    const tally = this.known.get(key) ?? evaluateTarget(line, target);
    this.known.set(key, tally);
    return tally;
  }
}

/** One line of the proof: evaluates every action of each of these principals on each of these targets. */
export interface ProofLine {
  readonly principals: readonly ProofPrincipal[];
  /** More principals for one target: those that its policy names. */
  readonly named?: (target: TargetResource) => readonly ProofPrincipal[];
  readonly targets: readonly TargetResource[];
  readonly actionsOn: (target: TargetResource) => readonly KnownAction[];
  readonly expected: readonly ExpectedAccess[];
  readonly contexts: Contexts;
  /** The promise that an unexpected access breaks. */
  readonly promiseOf: (action: KnownAction, target: TargetResource, principal: string) => PromiseId;
  /** Accesses that cannot happen and are not evaluated. */
  readonly never?: (principal: string, action: string) => boolean;
}

/** Evaluates a line. `lineKey` identifies everything but the targets in the cache. */
export function evaluateLine(line: ProofLine, cache?: EvaluationCache, lineKey = ''): Tally {
  const tally = new Tally();
  for (const target of line.targets) {
    tally.add(cache?.tallyOf(line, lineKey, target) ?? evaluateTarget(line, target));
  }
  return tally;
}

/** Evaluates one target of a line. An access that the evaluator cannot decide counts as allowed to any principal. */
function evaluateTarget(line: ProofLine, target: TargetResource): Tally {
  const tally = new Tally();
  tally.resources.add(target.arn);
  const principals = principalsOf(line, target);
  for (const name of principals.keys()) tally.principals.add(name);
  for (const known of line.actionsOn(target)) {
    tally.actions.add(known.action);
    try {
      for (const [name, principal] of principals) {
        if (!line.never?.(name, known.action)) evaluatePrincipal(line, tally, target, known, principal);
      }
    } catch (error) {
      if (!(error instanceof CheckvalveError)) throw error;
      tally.allows.push({
        principal: 'any principal',
        action: known.action,
        resource: target.arn,
        promise: line.promiseOf(known, target, ''),
        because: `It cannot be judged (${target.where}): ${error.message}`,
      });
    }
  }
  return tally;
}

const principalsOf = ({ principals, named }: ProofLine, target: TargetResource): ReadonlyMap<string, ProofPrincipal> =>
  new Map([...principals, ...(named?.(target) ?? [])].map((one) => [nameOf(one), one]));

function evaluatePrincipal(
  line: ProofLine,
  tally: Tally,
  target: TargetResource,
  known: KnownAction,
  principal: ProofPrincipal,
): void {
  const { action } = known;
  const { arn, account } = target;
  const name = nameOf(principal);
  const candidates = line.expected.filter((one) => one.action === action && one.principal(name) && one.resource(arn));
  const resourcePolicy = policyOn(target, action);
  const policies = [...principal.identityPolicies, ...(resourcePolicy ? [resourcePolicy] : [])];
  const conditions = candidates.flatMap(({ when }) => (when ? [when] : []));
  let isReported = false;
  for (const context of line.contexts.for(action, policies, conditions, kindOf(principal))) {
    tally.evaluated += 1;
    const { decision, because } = evaluate({
      principal: principal.id,
      action,
      resource: arn,
      resourceAccount: account,
      context,
      identityPolicies: principal.identityPolicies,
      resourcePolicy,
    });
    if (decision !== 'Allowed') continue;
    const allowed = { principal: name, action, resource: arn, promise: line.promiseOf(known, target, name) };
    const expected = candidates.find(({ when }) => when === undefined || holds(when, context));
    if (expected) tally.expected.push({ ...allowed, because: expected.because });
    else if (!isReported) {
      isReported = true;
      tally.allows.push({ ...allowed, because: reasonText(because, target, principal, context) });
    }
  }
}

/** The policy of a target that applies to an action. The trust policy of a role applies to STS alone. */
const policyOn = ({ arn, policy }: TargetResource, action: string): PolicyDocument | null =>
  /^arn:[^:]*:iam:/.test(arn) && !action.startsWith('sts:') ? null : policy;

const prepared = new WeakMap<ConditionElement, readonly ConditionCheck[]>();

/** Whether a context meets a condition. */
function holds(condition: ConditionElement, context: Context): boolean {
  const checks = prepared.get(condition) ?? prepareCondition(condition, false);
  prepared.set(condition, checks);
  const valuesOf = (key: string): readonly string[] => {
    const given = Object.entries(context).find(([name]) => name.toLowerCase() === key)?.[1];
    return given === undefined ? [] : typeof given === 'string' ? [given] : given;
  };
  return checks.every((check) => check({ valuesOf, oneValueOf: (key) => valuesOf(key)[0] ?? null }));
}

/** The statements that allow an access, the place of each, and the context. */
function reasonText(
  because: readonly Reason[],
  target: TargetResource,
  principal: ProofPrincipal,
  context: Context,
): string {
  const parts = because.map(({ policy, statement, why, index = 0 }) => {
    const place =
      policy === 'identity'
        ? principal.policies[index]?.where
        : statement === undefined
          ? target.where
          : placeOf(target, statement);
    return `${policy} policy${statement === undefined ? '' : `, statement ${statement}`}${place ? ` (${place})` : ''}: ${why}`;
  });
  const held = Object.entries(context).filter(([, value]) => value.length > 0);
  const given = held.map(([key, value]) => `${key}=${typeof value === 'string' ? value : value.join()}`);
  return [...parts, ...(given.length > 0 ? [`with ${given.join(', ')}`] : [])].join('; ');
}

/** The place of a statement of a target's policy, by its Sid or its position. */
function placeOf({ policy, places, where }: TargetResource, statement: string): string {
  const at = listOf((policy as PolicyDocument).Statement).findIndex((one, i) => (one.Sid ?? String(i)) === statement);
  return places[at] ?? where;
}
