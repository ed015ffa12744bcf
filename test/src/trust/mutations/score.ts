import { PolicyBook } from '../../../../src/trust/policy-book';
import { brokenPromisesOf, RULES } from '../../../../src/trust/rules/rules';
import { resolveTemplate } from '../../../../src/trust/templates/resolve-template';
import { mustBeAllowed, mustBeRefused } from '../../../support/must-be-refused';
import { passes } from '../../../support/probe-passes';
import { sampleOf } from '../../../support/sample';
import { harmedAsAWhole } from './harmful-resources';
import { harmedBy } from './harmful-statements';
import { harmlessChangesOf, harmlessChangesOfTemplate } from './harmless';
import { type LooseTemplate, statementsIn, type TemplateMutant } from './mutant';
import { ACCOUNTS, type MutatedTemplates, TEMPLATE_KEYS, type TemplateKey } from './mutated-templates';
import { withoutTls } from './tls-probes';

/** How many mutants of a kind there are, and how many of them were noticed. */
export interface KindScore {
  readonly kind: string;
  readonly mutants: number;
  readonly noticed: number;
}

/** What came of all mutants of the synthesized templates. */
export interface Score {
  readonly statements: number;
  readonly harmful: {
    readonly mutants: number;
    readonly byRule: number;
    /** Not by a rule, but by an access that the tests of permissions hold refused or allowed. */
    readonly byProbe: number;
    readonly missed: readonly string[];
    readonly kinds: readonly KindScore[];
    /** For each rule: how many it finds, and how many nothing else would find. */
    readonly rules: Readonly<Record<string, { readonly finds: number; readonly alone: number }>>;
  };
  readonly harmless: {
    readonly mutants: number;
    readonly passed: number;
    readonly refused: readonly string[];
    readonly kinds: readonly KindScore[];
  };
}

const PLACES: Readonly<Record<TemplateKey, { account: string; region: string; stackName: string }>> = {
  vault: { account: ACCOUNTS.vault, region: 'eu-central-1', stackName: 'Vault-eu-central-1' },
  management: { account: ACCOUNTS.management, region: 'us-east-1', stackName: 'Management' },
  tooling: { account: ACCOUNTS.management, region: 'us-east-1', stackName: 'Tooling' },
  source: { account: '222200001111', region: 'eu-central-1', stackName: 'StackSet-source-tooling' },
};

/** Whether an access that must be refused is allowed by the changed templates, or one that must be allowed is refused. */
function isNoticedByProbe(zone: MutatedTemplates, changed: TemplateKey, template: LooseTemplate): boolean {
  const book = PolicyBook.of(
    TEMPLATE_KEYS.map((key) => resolveTemplate(key === changed ? template : zone.templates[key].template, PLACES[key])),
  );
  return (
    [...mustBeRefused(book), ...withoutTls(book)].some((probe) => passes(book, probe)) ||
    mustBeAllowed(book).some((probe) => !passes(book, probe))
  );
}

/** Counts by kind, in the order in which the kinds come. */
class Tally {
  private readonly counts = new Map<string, { mutants: number; noticed: number }>();
  add(kind: string, isNoticed: boolean): void {
    const { mutants, noticed } = this.counts.get(kind) ?? { mutants: 0, noticed: 0 };
    this.counts.set(kind, { mutants: mutants + 1, noticed: noticed + (isNoticed ? 1 : 0) });
  }
  get kinds(): readonly KindScore[] {
    return [...this.counts].map(([kind, count]) => ({ kind, ...count }));
  }
}

/** One in ten, whatever failed before, and at least one of each kind. */
function sampleOfMutants(what: string, key: TemplateKey, all: readonly TemplateMutant[]): readonly TemplateMutant[] {
  const sample = sampleOf(what, all, Math.ceil(all.length / 10), (mutant) => labelOf(key, mutant));
  const kinds = new Set(sample.map(({ kind }) => kind));
  const [taken, missing] = [new Set(sample), new Map<string, TemplateMutant>()];
  for (const mutant of all) if (!kinds.has(mutant.kind)) missing.set(mutant.kind, mutant);
  return all.filter((mutant) => taken.has(mutant) || missing.get(mutant.kind) === mutant);
}

const labelOf = (key: TemplateKey, { kind, what }: TemplateMutant): string => `${key}: ${kind}: ${what}`;

function scoreHarmful(zone: MutatedTemplates): Score['harmful'] {
  const rules = Object.fromEntries(RULES.map(({ id }) => [id, { finds: 0, alone: 0 }]));
  const [tally, missed] = [new Tally(), [] as string[]];
  let [mutants, byRule, byProbe] = [0, 0, 0];
  for (const key of TEMPLATE_KEYS) {
    const { zone: at, template } = zone.templates[key];
    const all = [...statementsIn(at, template).flatMap(harmedBy), ...harmedAsAWhole(at, template)];
    for (const mutant of sampleOfMutants(`harmful mutants of ${key}`, key, all)) {
      const ids = new Set(brokenPromisesOf(zone.with(key, mutant.template)).map(({ rule }) => rule.id));
      for (const id of ids) {
        const { finds = 0, alone = 0 } = rules[id] ?? {};
        rules[id] = { finds: finds + 1, alone: alone + (ids.size === 1 ? 1 : 0) };
      }
      const isProbed = ids.size === 0 && isNoticedByProbe(zone, key, mutant.template);
      mutants += 1;
      byRule += ids.size > 0 ? 1 : 0;
      byProbe += isProbed ? 1 : 0;
      tally.add(mutant.kind, ids.size > 0 || isProbed);
      if (ids.size === 0 && !isProbed) missed.push(labelOf(key, mutant));
    }
  }
  return { mutants, byRule, byProbe, missed, kinds: tally.kinds, rules };
}

function scoreHarmless(zone: MutatedTemplates): Score['harmless'] {
  const [tally, refused] = [new Tally(), [] as string[]];
  let mutants = 0;
  for (const key of TEMPLATE_KEYS) {
    const { zone: at, template } = zone.templates[key];
    const all = [...statementsIn(at, template).flatMap(harmlessChangesOf), ...harmlessChangesOfTemplate(at, template)];
    for (const mutant of sampleOfMutants(`harmless mutants of ${key}`, key, all)) {
      const [broken] = brokenPromisesOf(zone.with(key, mutant.template));
      mutants += 1;
      tally.add(mutant.kind, broken !== undefined);
      if (broken) refused.push(`${labelOf(key, mutant)} => ${broken.rule.id}: ${broken.what}`);
    }
  }
  return { mutants, passed: mutants - refused.length, refused, kinds: tally.kinds };
}

/** Makes every mutant of the synthesized templates, and asks the rules, and then the probes, about each. */
export function scoreOf(zone: MutatedTemplates): Score {
  const statements = TEMPLATE_KEYS.flatMap((key) =>
    statementsIn(zone.templates[key].zone, zone.templates[key].template),
  );
  return { statements: statements.length, harmful: scoreHarmful(zone), harmless: scoreHarmless(zone) };
}

/** The score as it is read. */
export function scoreText({ statements, harmful, harmless }: Score): string {
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
  const caught = harmful.byRule + harmful.byProbe;
  const lines = [
    `${statements} statements of the synthesized templates`,
    `harmful:  ${caught} of ${harmful.mutants} mutants caught (${percent(caught, harmful.mutants)}): ${harmful.byRule} by a rule, ${harmful.byProbe} by a probe of permissions`,
    ...harmful.kinds.map(
      ({ kind, mutants, noticed }) => `  ${String(noticed).padStart(5)} / ${String(mutants).padEnd(5)} ${kind}`,
    ),
    `by rule: ${Object.entries(harmful.rules)
      .map(([id, { finds, alone }]) => `${id} ${finds} (${alone} by it alone)`)
      .join(', ')}`,
    `harmless: ${harmless.passed} of ${harmless.mutants} mutants passed (${percent(harmless.passed, harmless.mutants)})`,
    ...harmless.kinds.map(
      ({ kind, mutants, noticed }) =>
        `  ${String(mutants - noticed).padStart(5)} / ${String(mutants).padEnd(5)} ${kind}`,
    ),
    ...harmful.missed.map((one) => `MISSED  ${one}`),
    ...harmless.refused.map((one) => `REFUSED ${one}`),
  ];
  return `${lines.join('\n')}\n`;
}
