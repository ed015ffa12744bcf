import { faultLine } from './faults';
import { IMPORT_KEY } from './scenario';
import type { Counterexample } from './shrink';
import { INVARIANTS } from './violation';

/** A counterexample as text: the broken invariant, and the whole of the small world. */
export function counterexampleText({ scenario, violation, played }: Counterexample): string {
  const { seed, days, databases, faults } = scenario;
  const some = (lines: readonly string[]) => (lines.length > 0 ? lines.map((line) => `  ${line}`) : ['  none']);
  const described = databases.map(({ database, outcome, teamSnapshots }) => {
    const key = database.key ? '' : ', not encrypted';
    const team = teamSnapshots ? ', its team takes snapshots too' : '';
    return `${database.arn}: ${database.engine}, a copy takes about ${database.copyMinutes} min${key}; ${outcome}${team}`;
  });
  return [
    `Broken: ${violation.invariant}: ${INVARIANTS[violation.invariant]}`,
    `  ${violation.at} ${violation.what}`,
    `The smallest world found that still breaks it (seed ${seed}, ${days} day(s); ${played} worlds played):`,
    'Databases:',
    ...some(described),
    'Faults:',
    ...some(faults.map(faultLine)),
    `Day 0 is 2026-01-01T00:00Z; the import key is ${IMPORT_KEY}.`,
  ].join('\n');
}
