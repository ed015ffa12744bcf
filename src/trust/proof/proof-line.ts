import { createHash } from 'node:crypto';
import { CheckvalveError } from '../../contract/errors';
import { type Check, prepareCondition } from '../../policy-evaluator/condition';
import { type Because, evaluate } from '../../policy-evaluator/evaluate';
import { type ConditionElement, listOf, type PolicyDocument } from '../../policy-evaluator/policy';
import type { KnownAction } from './action-catalog';
import { type Asker, kindOf, nameOf } from './proof-principals';
import type { Context, Contexts } from './contexts';
import type { PromiseId } from './promises';
import type { Subject } from './target-resources';

/** Something that may be allowed. */
export interface Permit {
  readonly action: string;
  readonly principal: (name: string) => boolean;
  readonly resource: (arn: string) => boolean;
  /** What the context must hold; each key is tried whether or not a policy mentions it. */
  readonly when?: ConditionElement;
  readonly because: string;
}

/** An access that is allowed: a counterexample, or one that is expected. */
export interface Allow {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly promise: PromiseId;
  /** Which statements allow it, where they stand, and in which context. */
  readonly because: string;
}

/** What was asked, and what came out. */
export class Tally {
  evaluated = 0;
  readonly allows: Allow[] = [];
  readonly expected: Allow[] = [];
  readonly resources = new Set<string>();
  readonly actions = new Set<string>();
  readonly principals = new Set<string>();

  /** Counts in what another has counted. */
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
 * What earlier proofs came to, by everything that it depends on: for whoever proves many landing zones that differ in a
 * statement each.
 */
export class Memory {
  private readonly known = new Map<string, Tally>();

  /** What was asked about a subject by those on a line, asked only where it was not yet. */
  recall(line: Line, mark: string, subject: Subject): Tally {
    const key = createHash('sha256')
      .update(JSON.stringify([mark, subject]))
      .digest('hex');
    const found = this.known.get(key) ?? askAbout(line, subject);
    this.known.set(key, found);
    return found;
  }
}

/** One line of questions: everybody of `askers` asks for every action on every subject. */
export interface Line {
  readonly askers: readonly Asker[];
  /** Who asks about one subject beside them. */
  readonly named?: (subject: Subject) => readonly Asker[];
  readonly subjects: readonly Subject[];
  readonly actionsOn: (subject: Subject) => readonly KnownAction[];
  readonly permits: readonly Permit[];
  readonly contexts: Contexts;
  /** Which promise an access breaks that no permit is for. */
  readonly promiseOf: (action: KnownAction, subject: Subject, principal: string) => PromiseId;
  /** What need not be asked, since it cannot happen. */
  readonly never?: (principal: string, action: string) => boolean;
}

/** Asks everything on a line; what `memory` knows under `mark`, which stands for all but the subjects, it need not ask. */
export function ask(line: Line, memory?: Memory, mark = ''): Tally {
  const tally = new Tally();
  for (const subject of line.subjects) tally.add(memory?.recall(line, mark, subject) ?? askAbout(line, subject));
  return tally;
}

/** Asks everything about one subject. What cannot be answered counts as allowed to anybody. */
function askAbout(line: Line, subject: Subject): Tally {
  const tally = new Tally();
  tally.resources.add(subject.arn);
  const askers = askersOf(line, subject);
  for (const name of askers.keys()) tally.principals.add(name);
  for (const known of line.actionsOn(subject)) {
    tally.actions.add(known.action);
    try {
      for (const [name, asker] of askers) {
        if (!line.never?.(name, known.action)) askOne(line, tally, subject, known, name, asker);
      }
    } catch (error) {
      if (!(error instanceof CheckvalveError)) throw error;
      const because = `It cannot be judged (${subject.where}): ${error.message}`;
      tally.allows.push(allow('anybody', known.action, subject.arn, line.promiseOf(known, subject, ''), because));
    }
  }
  return tally;
}

const askersOf = ({ askers, named }: Line, subject: Subject): ReadonlyMap<string, Asker> =>
  new Map([...askers, ...(named?.(subject) ?? [])].map((one) => [nameOf(one), one]));

const allow = (principal: string, action: string, resource: string, promise: PromiseId, because: string): Allow => ({
  principal,
  action,
  resource,
  promise,
  because,
});

function askOne(line: Line, tally: Tally, subject: Subject, known: KnownAction, name: string, asker: Asker): void {
  const { action } = known;
  const permits = line.permits.filter(
    (one) => one.action === action && one.principal(name) && one.resource(subject.arn),
  );
  const policy = policyOn(subject, action);
  const policies = [...asker.identity, ...(policy ? [policy] : [])];
  const asked = permits.flatMap(({ when }) => (when ? [when] : []));
  let told = false;
  for (const context of line.contexts.for(action, policies, asked, kindOf(asker))) {
    tally.evaluated += 1;
    const { decision, because } = evaluate({
      principal: asker.principal,
      action,
      resource: subject.arn,
      resourceAccount: subject.account,
      context,
      identityPolicies: asker.identity,
      resourcePolicy: policy,
    });
    if (decision !== 'Allowed') continue;
    const promise = line.promiseOf(known, subject, name);
    const permit = permits.find(({ when }) => when === undefined || holds(when, context));
    if (!permit && told) continue;
    if (!permit) {
      told = true;
      tally.allows.push(allow(name, action, subject.arn, promise, reason(because, subject, asker, context)));
    } else tally.expected.push(allow(name, action, subject.arn, promise, permit.because));
  }
}

/** The policy of a subject that counts for an action: that of a role is about who takes it, and nothing else. */
const policyOn = ({ arn, policy }: Subject, action: string): PolicyDocument | null =>
  /^arn:[^:]*:iam:/.test(arn) && !action.startsWith('sts:') ? null : policy;

const prepared = new WeakMap<ConditionElement, readonly Check[]>();

/** Whether a context fulfils a condition. */
function holds(condition: ConditionElement, context: Context): boolean {
  const checks = prepared.get(condition) ?? prepareCondition(condition, false);
  prepared.set(condition, checks);
  const valuesOf = (key: string): readonly string[] => {
    const given = Object.entries(context).find(([name]) => name.toLowerCase() === key)?.[1];
    return given === undefined ? [] : typeof given === 'string' ? [given] : given;
  };
  return checks.every((check) => check({ valuesOf, oneValueOf: (key) => valuesOf(key)[0] ?? null }));
}

/** Which statements allow it, where each stands, and with what in the context. */
function reason(because: readonly Because[], subject: Subject, asker: Asker, context: Context): string {
  const parts = because.map(({ policy, statement, why, index = 0 }) => {
    const own = asker.policies[index];
    const place =
      policy === 'identity'
        ? own && `${own.where}`
        : statement === undefined
          ? subject.where
          : placeOf(subject, statement);
    return `${policy} policy${statement === undefined ? '' : `, statement ${statement}`}${place ? ` (${place})` : ''}: ${why}`;
  });
  const held = Object.entries(context).filter(([, value]) => value.length > 0);
  const given = held.map(([key, value]) => `${key}=${typeof value === 'string' ? value : value.join()}`);
  return [...parts, ...(given.length > 0 ? [`with ${given.join(', ')}`] : [])].join('; ');
}

/** Where the statement of a subject's policy stands, by its Sid or its position. */
function placeOf({ policy, places, where }: Subject, statement: string): string {
  const at = listOf((policy as PolicyDocument).Statement).findIndex((one, i) => (one.Sid ?? String(i)) === statement);
  return places[at] ?? where;
}
