import { makeScenario, type Scenario } from '../../../src/simulation/scenario';

/** The world of a seed with only each so-manieth database: the whole one is for `npm run nightly`. */
export function thinned(seed: number, days: number, each: number): Scenario {
  const scenario = makeScenario(seed, days);
  return { ...scenario, databases: scenario.databases.filter((_, at) => at % each === 0) };
}
