import * as fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../../lambda/_kit/copies';
import type { Snapshot } from '../../../../lambda/_kit/ports/snapshots';
import { plan } from '../../../../lambda/source/export-snapshots/plan';
import { keyIdOf, snapshotArn } from '../../../../src/contract/ids';
import { holds } from '../../../support/holds';
import { database, exportKeyOf, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';

const TAG = { key: 'environment', value: 'production' };
const CURRENT = keyIdOf(exportKeyOf(SOURCE));
const [OLD, OLDER, FOREIGN] = ['a', 'b', 'f'].map((end) => `00000000-0000-4000-8000-00000000000${end}`) as [
  string,
  string,
  string,
];

/** A snapshot of AWS Backup with the tag of a key; with `copied`, one that was copied from another Region. */
function snapshotOf(keyId: string, copied = false): Snapshot {
  const pipeline = new Pipeline();
  pipeline.backUp(database(SOURCE, 'db', 'orders'), { encryption_key: keyId });
  const [backup] = pipeline.rds.all(SOURCE);
  if (!backup) throw new Error('AWS Backup made no snapshot');
  const name = copied ? backup.name.replace('awsbackup:job-', 'awsbackup:copyjob-') : backup.name;
  const arn = snapshotArn(backup.arn.replace(backup.name, name));
  return { ...backup, name, arn, status: 'available' };
}

function outcomeOf(snapshot: Snapshot, previousKeyIds?: readonly string[]): string {
  const facts = {
    exportKey: exportKeyOf(SOURCE),
    vaultAccount: VAULT,
    limits: DEFAULT_LIMITS,
    previousKeyIds,
    databaseTag: TAG,
    memory: new Map(),
    reported: new Set<string>(),
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
  ['an earlier key', OLDER, [OLD, OLDER], `copied under ${CURRENT}`],
  ['a replaced key that is not configured', OLD, [], 'tagged-for-another-key'],
  ['a foreign key', FOREIGN, [OLD, OLDER], 'tagged-for-another-key'],
  ['no key', '', [OLD, ''], 'not-a-production-database'],
])('a snapshot tagged for %s (%s, previous %j): %s', (_, keyId, previous, expected) => {
  expect(outcomeOf(snapshotOf(keyId), previous)).toBe(expected);
});

test('for all earlier keys, a copy is made under the current one', () => {
  const id = fc.uuid();
  holds(
    fc.property(id, fc.array(id, { maxLength: 10 }), (tag, previous) => {
      const isOurs = tag === CURRENT || previous.includes(tag);
      expect(outcomeOf(snapshotOf(tag), previous)).toBe(isOurs ? `copied under ${CURRENT}` : 'tagged-for-another-key');
    }),
    { numRuns: 50 },
  );
});

// AWS Backup's copies in another Region have the tags of the original. The tooling there has another key and exports no copy with
// these tags; but a key id may be configured there by mistake, and a tag may be set by hand.
test.each([
  ['tagged by the Region it comes from', FOREIGN, []],
  ['tagged by a Region whose key id is configured here', FOREIGN, [FOREIGN]],
  ['tagged for the key of this Region', CURRENT, []],
  ['without the tag', '', []],
])('a snapshot that AWS Backup copied from another Region is not exported again: %s', (_, keyId, previous) => {
  expect(outcomeOf(snapshotOf(keyId, true), previous)).toBe('copied-from-another-region');
});
