import fc from 'fast-check';
import type { ObservedAccount } from '../../../../lambda/vault/report-coverage/facts';
import { plan } from '../../../../lambda/vault/report-coverage/plan';
import type { CoverageEvidence } from '../../../../src/contract/coverage';
import { RECOVERY_POINT_TAGS, TAGS } from '../../../../src/contract/names';
import { formatHold, VERDICTS, type VerdictCode } from '../../../../src/contract/verdicts';
import { breachedAlarms } from '../../../../src/rehearsal/checks/breached-alarms';
import { aCopy, aDatabase, factsOf, hoursAgo, inSource, NOW, openAccount } from '../../../support/coverage-world';
import { holds } from '../../../support/holds';

const CODES = Object.keys(VERDICTS) as VerdictCode[];
const RAISED = ['rpo-exceeded', 'database-never-copied'];

/** What a source, or management, does before a run of coverage, while no copy comes. */
const move = fc.record({
  tag: fc.constantFrom('production', 'test', undefined),
  moreTags: fc.constantFrom(0, 60),
  tier: fc.constantFrom('cold', undefined),
  name: fc.constantFrom('orders', 'other'),
  hold: fc.option(fc.constantFrom(...CODES), { nil: undefined }),
  exportKey: fc.boolean(),
  optedOut: fc.boolean(),
  access: fc.constantFrom(
    'granted' as const,
    'granted' as const,
    'denied' as const,
    'unknown' as const,
    'left' as const,
  ),
  acceptedAgain: fc.boolean(),
  hours: fc.integer({ min: 1, max: 30 }),
});
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

function seenAfter(
  { tag, moreTags, tier, name, hold, exportKey, optedOut, access, acceptedAgain }: Move,
  now: Date,
): ObservedAccount {
  const tags = new Map([
    ...(tag ? [['environment', tag] as const] : []),
    ...(tier ? [['tier', tier] as const] : []),
    ...Array.from({ length: moreTags }, (_, at) => [`t${at}`, ''] as const),
  ]);
  const database = aDatabase(name, { kind: 'cluster', resourceId: 'cluster-1', tags });
  const marks = {
    ...(exportKey && { [RECOVERY_POINT_TAGS.exportKey]: 'key' }),
    ...(hold && { [TAGS.held]: formatHold({ code: hold, count: 1, at: now }) }),
  };
  const contents = {
    databases: [database],
    snapshots: [inSource(database, marks)],
    optedOut: optedOut ? ['Aurora'] : [],
  };
  const since = acceptedAgain ? now : hoursAgo(90 * 24);
  if (access === 'left') return openAccount({}, { state: 'left', since, observed: { access: 'not-requested' } });
  return openAccount(contents, { since, ...(access !== 'granted' && { observed: { access, because: 'no' } }) });
}

test.each([
  ['late', true],
  ['never', false],
])(
  'whatever a source or management does to a database that is %s, while no copy comes: an alarm is raised in each run',
  (status, hasCopy) => {
    const orders = aDatabase('orders', { kind: 'cluster', resourceId: 'cluster-1' });
    const own = hasCopy ? [aCopy(orders, 40)] : [];
    const byTag = [{ key: 'tier', value: 'cold', hours: 10_000 }];
    const rules = { ...factsOf([]).rules, rpo: { hours: 26, byTag } };
    holds(
      fc.property(fc.array(move, { minLength: 1, maxLength: 6 }), (moves) => {
        let before: CoverageEvidence = plan({
          ...factsOf([openAccount({ databases: [orders] })], own),
          rules,
        }).evidence;
        expect(before.databases[0]?.status).toBe(status);
        let at = NOW;
        for (const one of moves) {
          at = new Date(at.getTime() + one.hours * 3_600_000);
          const { evidence, measures } = plan({ ...factsOf([seenAfter(one, at)], own, before, at), rules });
          expect(breachedAlarms([{ step: 'report-coverage', values: measures }])).toEqual(
            expect.arrayContaining([expect.stringMatching(new RegExp(RAISED.join('|')))]),
          );
          before = evidence;
        }
      }),
      { numRuns: 400 },
    );
  },
);
