import type { RetainedResource } from '../operations/teardown/retained-resources';
import type { TeardownReport } from '../operations/teardown/teardown-log';
import type { TeardownRehearsal } from '../rehearsal/phases/rehearse-teardown';
import { paragraph, table } from './layout';
import { green, red } from './styles';

/** What stays, by kind and reason; under it each by its name, and in which other accounts than `own` it has that name. */
function staying(stays: readonly RetainedResource[], own: string): readonly string[] {
  const kinds = new Map<string, Map<string, Set<string>>>();
  for (const { type, because, account, id } of stays) {
    const key = `${type}: ${because}`;
    const named = kinds.get(key) ?? new Map<string, Set<string>>();
    kinds.set(key, named.set(id, (named.get(id) ?? new Set()).add(account)));
  }
  return [...kinds].flatMap(([kind, named]) => [
    paragraph(kind, '  ', '  '),
    ...[...named].map(([id, accounts]) => {
      const where = [...accounts].join(', ');
      return paragraph(where === own ? `- ${id}` : `- ${id}, in ${where}`, '    ', '  ');
    }),
  ]);
}

/** A command is one line, however long: it is there to be copied. */
const nextLine = (line: string): string => (line.startsWith('aws ') ? `  ${line}` : paragraph(line, '  ', '  '));

/** What a tear-down did or would do, what stays, and what comes next. */
export function teardownReport({ account, part, steps, stays, next }: TeardownReport): string {
  const done = steps.map(({ what, outcome, because = '' }) => {
    const told = outcome === 'stopped' ? red(outcome) : outcome;
    return paragraph(`${what}: ${told}${because && ` (${because})`}`, '  ', '  ');
  });
  return [
    `The ${part === 'vault' ? 'vault' : 'management account'} ${account}`,
    ...done,
    ...(stays.length > 0 ? ['What stays, and why:', ...staying(stays, account)] : []),
    ...(next.length > 0 ? ['Next:', ...next.map(nextLine)] : []),
  ].join('\n');
}

/** The runs of a rehearsal, as somebody would start them. */
const RUNS = [
  'checkvalve teardown, in the management account',
  'checkvalve teardown --yes, in the management account',
  'checkvalve teardown --yes, in the vault, which is protected',
  'checkvalve teardown --yes, in the vault, once a person has lifted the protection',
];

/** A rehearsed tear-down, run by run, and what was seen in the end. */
export function teardownRehearsalReport(rehearsal: TeardownRehearsal): string {
  const { ok, faults, reports, stacks, retained, copiesBefore, copiesAfter } = rehearsal;
  const rows = retained.map(({ account, type, id, stands }) => [
    `${id.split('/').pop()}\n  ${type} in ${account}`,
    stands ? 'stands' : red('gone'),
  ]);
  const same = copiesBefore.join() === copiesAfter.join();
  return [
    ...reports.map(
      (report, at) => `${paragraph(`${at + 1}. ${RUNS[at] ?? 'checkvalve teardown'}`)}\n\n${teardownReport(report)}`,
    ),
    'What was looked up afterwards:',
    table(['retained', 'now'], rows),
    `Stacks that still stand: ${stacks.join(', ') || 'none'}`,
    `Copies in the vault: ${copiesBefore.length} before, ${copiesAfter.length} after, ${same ? 'the same' : 'NOT the same'}`,
    ok
      ? green('The tear-down went well.')
      : red(`The tear-down failed:\n${faults.map((line) => `- ${line}`).join('\n')}`),
  ].join('\n\n');
}
