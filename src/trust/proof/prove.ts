import type { AmbientPower } from '../../contract/inherited-powers';
import { CheckvalveError } from '../../contract/errors';
import type { PrincipalInput } from '../../policy-evaluator/case';
import { evaluate } from '../../policy-evaluator/evaluate';
import type { Access } from '../implied/access';
import { decide, type ElsewherePolicy, PolicyBook, refusalText } from '../policy-book';
import type { ActionCatalog, ActionDates } from './action-catalog';
import { ambientIn } from './inherited-powers';
import { kindOf, nameOf } from './proof-principals';
import { type Allow, ask, type Memory, type Tally } from './proof-line';
import { Contexts } from './contexts';
import { factsInside } from './key-facts';
import type { LandingZone } from './proved-landing-zone';
import { linesOf, type NamedLine } from './proof-lines';
import { type Need, needsOf } from './needs';
import type { PromiseId } from './promises';
import { type Samples, samplesOf } from './samples';
import { unjudgedIn } from './target-resources';

/** An ambient power that the configuration takes into account, and why. */
export interface AcceptedPower {
  readonly allow: AmbientPower;
  readonly reason: string;
}

/** A power over the vault that no template of ours gives. */
export interface Residual extends Allow {
  readonly allow: AmbientPower;
  /** Why it is accepted; absent when it is not. */
  readonly accepted?: string;
}

/** One line of the proof, counted. */
export interface Counted {
  readonly name: string;
  readonly resources: number;
  readonly actions: number;
  readonly principals: number;
  readonly evaluated: number;
  readonly allows: number;
}

/** What the proof came to. */
export interface Proof {
  /** No counterexample, nothing missing, and every ambient power accepted. */
  readonly ok: boolean;
  readonly resources: number;
  readonly actions: number;
  readonly principals: number;
  /** Accesses that were put to the evaluator. */
  readonly evaluated: number;
  /** Counterexamples. */
  readonly allows: readonly Allow[];
  /** What somebody outside the vault is allowed in it, and shall be. */
  readonly expected: readonly Allow[];
  /** What the vault is allowed elsewhere, and its roles at home. */
  readonly arrows: readonly Allow[];
  readonly residuals: readonly Residual[];
  /** What a step needs and is not allowed. */
  readonly missing: readonly string[];
  /** What the flow needs, each with all that it implies. */
  readonly needs: number;
  readonly lines: readonly Counted[];
  /** The version of the reference of actions. */
  readonly catalog: string;
  /** The days of that reference and of the addendum to it. */
  readonly actionsAsOf: ActionDates;
}

/**
 * Proves one-way trust of a landing zone, or finds what breaks it. Pure: whatever it looks at is in its arguments. What it
 * cannot judge counts as a counterexample. `memory` makes it quick to prove many zones that differ in a statement each, and
 * changes nothing else.
 */
export function prove(
  zone: LandingZone,
  catalog: ActionCatalog,
  accepted: readonly AcceptedPower[] = [],
  memory?: Memory,
): Proof {
  const samples = samplesOf(zone);
  const needs = needsOf(zone, samples);
  const lines = linesOf(zone, catalog, needs, samples);
  const world = memory
    ? JSON.stringify([needs, zone.vault, zone.sources, lines.map(({ subjects }) => subjects.map(({ arn }) => arn))])
    : '';
  const tallies = lines.map((line) => ask(line, memory, memory && JSON.stringify([line.name, line.askers, world])));
  const residuals = residualsOf(zone, accepted);
  const missing = missingOf(zone, needs, samples);
  const [first] = tallies;
  const allows = distinct([
    ...tallies.flatMap((tally) => tally.allows),
    ...unjudgedOf(zone, lines),
    ...residuals.filter((one) => one.accepted === undefined).map(plain),
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
    arrows: distinct(tallies.slice(1).flatMap((tally) => tally.expected)),
    residuals,
    missing,
    needs: needs.length,
    lines: tallies.map((tally, at) => countedAs(lines[at]?.name ?? '', tally)),
    catalog: catalog.version,
    actionsAsOf: catalog.asOf,
  };
}

const countedAs = (name: string, { resources, actions, principals, evaluated, allows }: Tally): Counted => ({
  name,
  resources: resources.size,
  actions: actions.size,
  principals: principals.size,
  evaluated,
  allows: allows.length,
});

const plain = ({ principal, action, resource, promise, because }: Allow): Allow => ({
  ...{ principal, action, resource, promise, because },
});

/** The same access once, with the first of its reasons. */
function distinct(allows: readonly Allow[]): readonly Allow[] {
  const found = new Map<string, Allow>();
  for (const one of allows) {
    const mark = [one.principal, one.action, one.resource, one.promise].join('\n');
    if (!found.has(mark)) found.set(mark, one);
  }
  return [...found.values()];
}

/** Policies and resources that nobody can judge, and resources on which AWS defines no action that is known. */
function unjudgedOf({ templates }: LandingZone, lines: readonly NamedLine[]): readonly Allow[] {
  const of = { vault: 'T1', management: 'T8', source: 'T3' } as const satisfies Record<string, PromiseId>;
  const guilty = (resource: string, promise: PromiseId, why: string): Allow => ({
    ...{ principal: 'anybody', action: '*', resource, promise, because: `It cannot be judged: ${why}` },
  });
  const parts = (['vault', 'management', 'source'] as const).flatMap((kind) =>
    templates[kind].flatMap(unjudgedIn).map(({ arn, where, why }) => guilty(arn, of[kind], `${where}: ${why}`)),
  );
  const nameless = lines
    .flatMap((line) => line.subjects.filter((subject) => line.actionsOn(subject).length === 0))
    .map(({ arn, where }) => guilty(arn, 'T1', `${where}: AWS defines no action on it that is known`));
  return [...parts, ...nameless];
}

/** The ambient powers that the evaluator confirms. */
function residualsOf(zone: LandingZone, accepted: readonly AcceptedPower[]): readonly Residual[] {
  const contexts = new Contexts(factsInside);
  return ambientIn(zone).flatMap(({ allow, asker, action, subject, promise, because }): readonly Residual[] => {
    const policies = subject.policy ? [subject.policy] : [];
    const isAllowed = contexts.for(action, policies, [], kindOf(asker)).some(
      (context) =>
        evaluate({
          ...{ principal: asker.principal, action, resource: subject.arn, resourceAccount: subject.account, context },
          ...{ identityPolicies: asker.identity, resourcePolicy: subject.policy },
        }).decision === 'Allowed',
    );
    if (!isAllowed) return [];
    const reason = accepted.find((one) => one.allow === allow)?.reason;
    const found = { allow, principal: nameOf(asker), action, resource: subject.arn, promise, because };
    return [{ ...found, ...(reason !== undefined && { accepted: reason }) }];
  });
}

/** The other direction: what the flow needs and the policies refuse. */
function missingOf(zone: LandingZone, needs: readonly Need[], samples: Samples): readonly string[] {
  const { templates } = zone;
  const book = PolicyBook.of([...templates.vault, ...templates.management, ...templates.source]);
  return needs.flatMap(({ principal, ways }) => {
    const refusals = ways.map((accesses) =>
      accesses.flatMap((access) => refusalOf(book, principal, access, samples.elsewhere)),
    );
    return refusals.some((one) => one.length === 0) ? [] : (refusals[0] ?? []);
  });
}

function refusalOf(
  book: PolicyBook,
  principal: PrincipalInput,
  access: Access,
  elsewhere: ElsewherePolicy,
): readonly string[] {
  try {
    const { decision, because } = decide(book, principal, access, elsewhere);
    return decision === 'Allowed' ? [] : [refusalText(principal, access, because)];
  } catch (error) {
    if (!(error instanceof CheckvalveError)) throw error;
    return [`${access.action} on ${access.resource} cannot be judged: ${error.message}`];
  }
}
