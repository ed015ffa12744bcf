import * as fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../lambda/_kit/copies';
import type { Snapshot } from '../../../lambda/_kit/ports/snapshots';
import { plan } from '../../../lambda/source/export-snapshots/plan';
import { keyIdOf, snapshotArn } from '../../../src/contract/ids';
import { database, exportKeyOf, Pipeline, SOURCE, VAULT } from '../../support/pipeline';

const TAG = { key: 'environment', value: 'production' };
const CURRENT = keyIdOf(exportKeyOf(SOURCE));
const [OLD, OLDER, FOREIGN] = ['a', 'b', 'f'].map((end) => `00000000-0000-4000-8000-00000000000${end}`) as [
  string,
  string,
  string,
];

/** A snapshot of AWS Backup, tagged for a key; one that was copied from another Region, where `copied`. */
function snapshotOf(keyId: string, copied = false): Snapshot {
  const pipeline = new Pipeline();
  pipeline.backUp(database(SOURCE, 'db', 'orders'), { encryption_key: keyId });
  const [taken] = pipeline.rds.all(SOURCE);
  if (!taken) throw new Error('no snapshot was taken');
  const name = copied ? taken.name.replace('awsbackup:job-', 'awsbackup:copyjob-') : taken.name;
  const arn = snapshotArn(taken.arn.replace(taken.name, name));
  return { ...taken, name, arn, status: 'available' };
}

function judged(snapshot: Snapshot, previousKeyIds?: readonly string[]): string {
  const facts = {
    exportKey: exportKeyOf(SOURCE),
    vaultAccount: VAULT,
    limits: DEFAULT_LIMITS,
    previousKeyIds,
    databaseTag: TAG,
    memory: new Map(),
    told: new Set<string>(),
  };
  const { actions, passed } = plan({ ...facts, snapshots: [snapshot], now: new Date('2026-01-02T00:00:00Z') });
  const [copy] = actions.flatMap((action) => (action.do === 'copy' ? [action.order] : []));
  if (copy) return `copied under ${keyIdOf(copy.key)}`;
  return passed.map(({ because }) => because).join();
}

test.each([
  ['the current key', CURRENT, [], `copied under ${CURRENT}`],
  ['the current key, after others', CURRENT, [OLD, OLDER], `copied under ${CURRENT}`],
  ['a key that was replaced', OLD, [OLD, OLDER], `copied under ${CURRENT}`],
  ['one before that', OLDER, [OLD, OLDER], `copied under ${CURRENT}`],
  ['a key that was replaced, of which nobody was told', OLD, [], 'not tagged for this export key'],
  ['a key of somebody else', FOREIGN, [OLD, OLDER], 'not tagged for this export key'],
  ['no key at all', '', [OLD, ''], 'of no production database'],
])('a snapshot tagged for %s (%s, previous %j): %s', (_, keyId, previous, expected) => {
  expect(judged(snapshotOf(keyId), previous)).toBe(expected);
});

test('whatever keys there were, a copy is always made under the current one', () => {
  const id = fc.uuid();
  fc.assert(
    fc.property(id, fc.array(id, { maxLength: 10 }), (tag, previous) => {
      const crosses = tag === CURRENT || previous.includes(tag);
      expect(judged(snapshotOf(tag), previous)).toBe(
        crosses ? `copied under ${CURRENT}` : 'not tagged for this export key',
      );
    }),
    { numRuns: 50 },
  );
});

// AWS Backup's copies in another Region carry the original's tags. The tooling there has a key of its own, so that they
// would not cross anyhow; but a key id may be made known there by mistake, and a tag may be set by hand.
test.each([
  ['tagged by the Region it comes from', FOREIGN, []],
  ['tagged by a Region whose key id was made known here', FOREIGN, [FOREIGN]],
  ['tagged for the key of this Region', CURRENT, []],
  ['without the tag', '', []],
])('what AWS Backup copied from another Region does not cross twice: %s', (_, keyId, previous) => {
  expect(judged(snapshotOf(keyId, true), previous)).toBe('copied from another Region');
});
