import type { CoverageAccount, CoverageElsewhere } from '../../../src/contract/coverage';
import { HOUR } from '../../../src/contract/durations';
import { foreignText } from '../../../src/contract/foreign-text';
import type { Region } from '../../../src/contract/ids';
import type { SourceView } from '../../_kit/ports/coverage-access';
import type { Database } from '../../_kit/ports/databases';
import { failure } from '../../_kit/runtime/each';
import type { CoverageFacts, CoverageRules, ObservedAccount, UncoveredRegionFacts } from './facts';

const RUNS_PER_DAY = 24;
/** Databases of an account and Region that a report names; it counts the others. */
const MAX_NAMED = 50;
/** Regions of an account that could not be read and that a report names: one is enough for the alarm. */
const MAX_UNREAD = 3;

/** The Regions without a vault that the run of this hour reads, one, and of more than there are hours, each once a day. Pure. */
export function regionsOfRun(regions: readonly Region[], now: Date): readonly Region[] {
  const hour = Math.floor(now.getTime() / HOUR);
  const run = hour % RUNS_PER_DAY;
  const one = regions[hour % Math.max(1, regions.length)];
  if (regions.length <= RUNS_PER_DAY) return one === undefined ? [] : [one];
  const first = (at: number) => Math.floor((at * regions.length) / RUNS_PER_DAY);
  return regions.slice(first(run), first(run + 1));
}

/** Lists the databases of an account in Regions without a vault, by two calls each. */
export async function observeUncoveredRegions(
  view: SourceView,
  regions: readonly Region[],
): Promise<readonly UncoveredRegionFacts[]> {
  const found: UncoveredRegionFacts[] = [];
  for (const region of regions) {
    try {
      found.push({ region, databases: (await view.databasesIn(region)) ?? [] });
    } catch (error) {
      found.push({ region, databases: [], because: failure(error) });
    }
  }
  return found;
}

/** The production databases of an account in Regions without a vault: those that this run listed, and for the other Regions those
 * of the report before. Databases that an operator excluded are left out. Pure. */
export function uncoveredRegionsOf(
  { observed }: ObservedAccount,
  before: CoverageAccount | undefined,
  { rules, decisions = [], now }: CoverageFacts,
): readonly CoverageElsewhere[] | undefined {
  const listed = observed.access === 'granted' ? (observed.elsewhere ?? []) : [];
  const excluded = new Set(decisions.filter(({ kind }) => kind === 'excluded').map(({ subject }) => subject));
  const isProduction = ({ arn, tags }: Database) =>
    tags.get(rules.databaseTag.key) === rules.databaseTag.value && !excluded.has(arn);
  const found = listed.map(({ region, databases, because }): CoverageElsewhere => {
    const arns = databases.filter(isProduction).map(({ arn }) => arn);
    const named = arns.slice(0, MAX_NAMED);
    const why = because === undefined ? {} : { because: foreignText(because) };
    return { region, at: now.toISOString(), databases: named, count: arns.length, ...why };
  });
  const known = new Map((before?.elsewhere ?? []).map((one) => [one.region, one]));
  // Where this run could not list them, the databases of the report before stay.
  const current = found.map((one) =>
    one.because === undefined ? one : { ...one, ...databasesOf(known.get(one.region)) },
  );
  const isCurrent = new Set(found.map(({ region }) => region));
  const kept = [...known.values()].filter(({ region }) => isStillUncovered(region, rules) && !isCurrent.has(region));
  const all = [...current, ...kept].filter(({ count, because }) => count > 0 || because !== undefined);
  const unread = new Set(all.filter(({ because }) => because !== undefined).slice(0, MAX_UNREAD));
  const reported = all.filter((one) => one.because === undefined || unread.has(one));
  return reported.length > 0 ? reported : undefined;
}

const databasesOf = (known: CoverageElsewhere | undefined) =>
  known && { databases: known.databases, count: known.count };

const isStillUncovered = (region: Region, { uncoveredRegions = [] }: CoverageRules): boolean =>
  uncoveredRegions.includes(region);
