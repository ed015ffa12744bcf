import type { RetainedResource } from '../operations/teardown/retained-resources';
import { OUTCOMES, type TeardownReport } from '../operations/teardown/teardown-log';
import type { TeardownRehearsal } from '../rehearsal/phases/rehearse-teardown';
import { paragraph, table } from './layout';
import { green, red } from './styles';

/** The retained resources by type and reason; below, each by its name, with the accounts other than `own` that have it. */
function retainedPart(retained: readonly RetainedResource[], own: string): readonly string[] {
  const kinds = new Map<string, Map<string, Set<string>>>();
  for (const { type, because, account, id } of retained) {
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

/** A command stays on one line, so that it can be copied. */
const nextLine = (line: string): string => (line.startsWith('aws ') ? `  ${line}` : paragraph(line, '  ', '  '));

/** What a teardown did or would do, what is retained, and what to do next. */
export function teardownReport({ account, part, steps, retained, next }: TeardownReport): string {
  const done = steps.map(({ what, outcome, because = '' }) => {
    const styled = outcome === 'stopped' ? red(OUTCOMES[outcome]) : OUTCOMES[outcome];
    return paragraph(`${what}: ${styled}${because && ` (${because})`}`, '  ', '  ');
  });
  return [
    `The ${part === 'vault' ? 'vault' : 'management account'} ${account}`,
    ...done,
    ...(retained.length > 0 ? ['Retained, and why:', ...retainedPart(retained, account)] : []),
    ...(next.length > 0 ? ['Next:', ...next.map(nextLine)] : []),
  ].join('\n');
}

/** The commands of a rehearsed teardown, in their order. */
const RUNS = [
  'checkvalve teardown, in the management account',
  'checkvalve teardown --yes, in the management account',
  'checkvalve teardown --yes, in the vault, whose stack has termination protection',
  'checkvalve teardown --yes, in the vault, after an operator has disabled termination protection',
];

/** A rehearsed teardown, run by run, and the state afterwards. */
export function teardownRehearsalReport(rehearsal: TeardownRehearsal): string {
  const { ok, faults, reports, stacks, retained, copiesBefore, copiesAfter } = rehearsal;
  const rows = retained.map(({ account, type, id, exists }) => [
    `${id.split('/').pop()}\n  ${type} in ${account}`,
    exists ? 'exists' : red('missing'),
  ]);
  const same = copiesBefore.join() === copiesAfter.join();
  return [
    ...reports.map(
      (report, at) => `${paragraph(`${at + 1}. ${RUNS[at] ?? 'checkvalve teardown'}`)}\n\n${teardownReport(report)}`,
    ),
    'The state afterwards:',
    table(['retained', 'now'], rows),
    `Stacks that still exist: ${stacks.join(', ') || 'none'}`,
    `Copies in the vault: ${copiesBefore.length} before, ${copiesAfter.length} after, ${same ? 'the same' : 'NOT the same'}`,
    ok
      ? green('The teardown succeeded.')
      : red(`The teardown failed:\n${faults.map((line) => `- ${line}`).join('\n')}`),
  ].join('\n\n');
}
