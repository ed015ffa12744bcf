import type { InheritedPower } from '../../contract/inherited-powers';
import { evaluate } from '../../policy-evaluator/evaluate';
import type { ActionCatalog, ActionDates } from './action-catalog';
import { Contexts } from './contexts';
import { inheritedPowersIn } from './inherited-powers';
import { factsInside } from './key-facts';
import { missingAccesses } from './missing-accesses';
import type { Need } from './need';
import { needsOf } from './needs';
import type { PromiseId } from './promises';
import { type AllowedAccess, type EvaluationCache, evaluateLine, type Tally } from './proof-line';
import { type NamedProofLine, proofLinesOf } from './proof-lines';
import { kindOf, nameOf } from './proof-principals';
import type { ProvedLandingZone } from './proved-landing-zone';
import { samplesOf } from './samples';
import { unjudgedIn } from './target-resources';

/** An inherited power that the configuration accepts, and the reason. */
export interface AcceptedInheritedPower {
  readonly allow: InheritedPower;
  readonly reason: string;
}

/** An inherited power that the evaluator confirms: a residual risk. */
export interface Residual extends AllowedAccess {
  readonly allow: InheritedPower;
  /** Why the configuration accepts it; absent when it does not. */
  readonly accepted?: string;
}

/** One line of the proof, counted. */
export interface CountedLine {
  readonly name: string;
  readonly resources: number;
  readonly actions: number;
  readonly principals: number;
  readonly evaluated: number;
  readonly allows: number;
}

/** The result of the proof. */
export interface Proof {
  /** No counterexample, nothing missing, and every inherited power accepted. */
  readonly ok: boolean;
  readonly resources: number;
  readonly actions: number;
  readonly principals: number;
  /** The number of evaluated accesses. */
  readonly evaluated: number;
  /** Counterexamples. */
  readonly allows: readonly AllowedAccess[];
  /** The accesses from outside the vault that are allowed and expected. */
  readonly expected: readonly AllowedAccess[];
  /** The accesses of the vault in other accounts, and of its roles in the vault. */
  readonly vaultAccesses: readonly AllowedAccess[];
  readonly residuals: readonly Residual[];
  /** Accesses that a step needs and that are not allowed. */
  readonly missing: readonly string[];
  /** The number of needs of the flow. */
  readonly needs: number;
  readonly lines: readonly CountedLine[];
  /** The version of the reference of actions. */
  readonly catalog: string;
  /** The days of that reference and of the addendum to it. */
  readonly actionsAsOf: ActionDates;
}

/**
 * Proves one-way trust of a landing zone, or finds counterexamples. Pure: the result depends on the arguments alone. A part
 * that cannot be judged counts as a counterexample. `cache` makes it fast to prove many zones that differ in one statement
 * each, and does not change the result.
 */
export function prove(
  zone: ProvedLandingZone,
  catalog: ActionCatalog,
  accepted: readonly AcceptedInheritedPower[] = [],
  cache?: EvaluationCache,
): Proof {
  const samples = samplesOf(zone);
  const needs = needsOf(zone, samples);
  const lines = proofLinesOf(zone, catalog, needs, samples);
  const tallies = tallyLines(lines, zone, needs, cache);
  const residuals = residualsOf(zone, accepted);
  const missing = missingAccesses(zone, needs, samples);
  const [first] = tallies;
  const allows = distinct([
    ...tallies.flatMap((tally) => tally.allows),
    ...unjudgedOf(zone, lines),
    ...residuals.filter((one) => one.accepted === undefined).map(accessOf),
  ]);
  const union = (of: (tally: Tally) => ReadonlySet<string>) => new Set(tallies.flatMap((tally) => [...of(tally)])).size;
  return {
    ok: allows.length === 0 && missing.length === 0,
    resources: union((tally) => tally.resources),
    actions: union((tally) => tally.actions),
    principals: union((tally) => tally.principals),
    evaluated: tallies.reduce((sum, tally) => sum + tally.evaluated, 0) + residuals.length + needs.length,
    allows,
    expected: distinct(first?.expected ?? []),
    vaultAccesses: distinct(tallies.slice(1).flatMap((tally) => tally.expected)),
    residuals,
    missing,
    needs: needs.length,
    lines: tallies.map((tally, at) => countedAs(lines[at]?.name ?? '', tally)),
    catalog: catalog.version,
    actionsAsOf: catalog.asOf,
  };
}

/** Evaluates the lines. The key of a line in the cache holds everything that its results depend on, except its targets. */
function tallyLines(
  lines: readonly NamedProofLine[],
  zone: ProvedLandingZone,
  needs: readonly Need[],
  cache: EvaluationCache | undefined,
): readonly Tally[] {
  if (!cache) return lines.map((line) => evaluateLine(line));
  const arns = lines.map(({ targets }) => targets.map(({ arn }) => arn));
  const common = JSON.stringify([needs, zone.vault, zone.sources, arns]);
  return lines.map((line) => evaluateLine(line, cache, JSON.stringify([line.name, line.principals, common])));
}

const countedAs = (name: string, { resources, actions, principals, evaluated, allows }: Tally): CountedLine => ({
  name,
  resources: resources.size,
  actions: actions.size,
  principals: principals.size,
  evaluated,
  allows: allows.length,
});

const accessOf = ({ principal, action, resource, promise, because }: AllowedAccess): AllowedAccess => ({
  principal,
  action,
  resource,
  promise,
  because,
});

/** Each access once, with its first reason. */
function distinct(allows: readonly AllowedAccess[]): readonly AllowedAccess[] {
  const found = new Map<string, AllowedAccess>();
  for (const one of allows) {
    const key = [one.principal, one.action, one.resource, one.promise].join('\n');
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

/** The promise that a part of a template in each kind of account breaks when it cannot be judged. */
const PROMISE_OF_ZONE = { vault: 'T1', management: 'T8', source: 'T3' } as const satisfies Record<string, PromiseId>;

/** Policies and resources that cannot be judged, and resources on which AWS defines no known action. */
function unjudgedOf({ templates }: ProvedLandingZone, lines: readonly NamedProofLine[]): readonly AllowedAccess[] {
  const counterexample = (resource: string, promise: PromiseId, why: string): AllowedAccess => ({
    principal: 'any principal',
    action: '*',
    resource,
    promise,
    because: `It cannot be judged: ${why}`,
  });
  const parts = (['vault', 'management', 'source'] as const).flatMap((zone) =>
    templates[zone]
      .flatMap(unjudgedIn)
      .map(({ arn, where, why }) => counterexample(arn, PROMISE_OF_ZONE[zone], `${where}: ${why}`)),
  );
  const withoutActions = lines
    .flatMap((line) => line.targets.filter((target) => line.actionsOn(target).length === 0))
    .map(({ arn, where }) => counterexample(arn, 'T1', `${where}: AWS defines no known action on it`));
  return [...parts, ...withoutActions];
}

/** The inherited powers that the evaluator confirms. */
function residualsOf(zone: ProvedLandingZone, accepted: readonly AcceptedInheritedPower[]): readonly Residual[] {
  const contexts = new Contexts(factsInside);
  return inheritedPowersIn(zone).flatMap(({ allow, principal, action, target, promise, because }): Residual[] => {
    const policies = target.policy ? [target.policy] : [];
    const isAllowed = contexts.for(action, policies, [], kindOf(principal)).some(
      (context) =>
        evaluate({
          principal: principal.id,
          action,
          resource: target.arn,
          resourceAccount: target.account,
          context,
          identityPolicies: principal.identityPolicies,
          resourcePolicy: target.policy,
        }).decision === 'Allowed',
    );
    if (!isAllowed) return [];
    const reason = accepted.find((one) => one.allow === allow)?.reason;
    const residual = { allow, principal: nameOf(principal), action, resource: target.arn, promise, because };
    return [{ ...residual, ...(reason !== undefined && { accepted: reason }) }];
  });
}
