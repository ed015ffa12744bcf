import type { CoverageAccount, CoverageElsewhere } from '../../../src/contract/coverage';
import { HOUR } from '../../../src/contract/durations';
import { foreignText } from '../../../src/contract/foreign-text';
import type { Region } from '../../../src/contract/ids';
import type { SourceView } from '../../_kit/ports/coverage-access';
import type { Database } from '../../_kit/ports/databases';
import { failure } from '../../_kit/runtime/each';
import type { CoverageFacts, CoverageRules, ObservedAccount, UncoveredRegionFacts } from './facts';

const RUNS_PER_DAY = 24;
/** Databases of an account and Region that a report names; the others are counted. */
const MAX_NAMED = 50;
/** Regions of an account that could not be looked at and that a report names: one is enough for the alarm. */
const MAX_UNREAD = 3;

/** The Regions that the run of this hour looks at, so that each comes once a day. Pure. */
export function regionsOfRun(regions: readonly Region[], now: Date): readonly Region[] {
  const perRun = Math.ceil(regions.length / RUNS_PER_DAY);
  const first = Math.floor(now.getTime() / HOUR) * perRun;
  return Array.from({ length: perRun }, (_, at) => regions[(first + at) % regions.length]).flatMap((one) => one ?? []);
}

/** Looks which databases an account has in Regions that no vault covers, by two calls each. */
export async function observeUncoveredRegions(
  view: SourceView,
  regions: readonly Region[],
): Promise<readonly UncoveredRegionFacts[]> {
  const looks: UncoveredRegionFacts[] = [];
  for (const region of regions) {
    try {
      looks.push({ region, databases: (await view.databasesIn(region)) ?? [] });
    } catch (error) {
      looks.push({ region, databases: [], because: failure(error) });
    }
  }
  return looks;
}

/** What is known of an account's databases in Regions that no vault covers: what this run saw, and of the other Regions what
 * was seen last. Databases that an operator excluded are left out. Pure. */
export function uncoveredRegionsOf(
  { seen }: ObservedAccount,
  before: CoverageAccount | undefined,
  { rules, decisions = [], now }: CoverageFacts,
): readonly CoverageElsewhere[] | undefined {
  const looked = seen.access === 'granted' ? (seen.elsewhere ?? []) : [];
  const excluded = new Set(decisions.filter(({ kind }) => kind === 'excluded').map(({ subject }) => subject));
  const isProduction = ({ arn, tags }: Database) =>
    tags.get(rules.databaseTag.key) === rules.databaseTag.value && !excluded.has(arn);
  const found = looked.map(({ region, databases, because }): CoverageElsewhere => {
    const arns = databases.filter(isProduction).map(({ arn }) => arn);
    const named = arns.slice(0, MAX_NAMED);
    const why = because === undefined ? {} : { because: foreignText(because) };
    return { region, at: now.toISOString(), databases: named, count: arns.length, ...why };
  });
  const known = new Map((before?.elsewhere ?? []).map((one) => [one.region, one]));
  // What could not be looked at now stands as it was seen.
  const current = found.map((one) =>
    one.because === undefined ? one : { ...one, ...standing(known.get(one.region)) },
  );
  const isNew = new Set(found.map(({ region }) => region));
  const kept = [...known.values()].filter(({ region }) => isStill(region, rules) && !isNew.has(region));
  const all = [...current, ...kept].filter(({ count, because }) => count > 0 || because !== undefined);
  const unread = new Set(all.filter(({ because }) => because !== undefined).slice(0, MAX_UNREAD));
  const told = all.filter((one) => one.because === undefined || unread.has(one));
  return told.length > 0 ? told : undefined;
}

const standing = (seen: CoverageElsewhere | undefined) => seen && { databases: seen.databases, count: seen.count };

const isStill = (region: Region, { uncoveredRegions = [] }: CoverageRules): boolean =>
  uncoveredRegions.includes(region);
