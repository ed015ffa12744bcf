import type { Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { followSources } from '../../../lambda/vault/follow-sources/follow-sources';
import type { AccountId } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import { enrolled, FakeRegistry, HERE, OTHER, Pipeline, SOURCE } from '../../support/pipeline';
import { shareCopy } from '../../support/vault-days';

const named = (name: string, more: object = {}) => Object.assign(new Error('no'), { name, ...more });

/** What AWS, the network or our own code may say of a call into an account. */
const ERRORS: readonly (readonly [string, unknown])[] = [
  ['50 tags on the export copy', named('TagQuotaPerResourceExceeded')],
  ['the same under another name', named('InvalidParameterValue')],
  ['throttling', named('Throttling')],
  ['a fault of AWS', named('InternalFailure')],
  ['a time-out', named('TimeoutError')],
  ['a name that nobody has heard of', named('Ünknown error <of> tomorrow')],
  ['no name at all', named('')],
  ['a broken connection', named('Error', { code: 'ECONNRESET' })],
  ['a malformed answer', new TypeError('cannot read properties of undefined')],
  ['an access role without a trust policy', named('AccessDenied')],
  ['something that is no error', 'no'],
];

/** Makes some calls through the access role of one account fail. */
function failing(pipeline: Pipeline, account: AccountId, calls: Partial<Record<keyof Snapshots, unknown>>): void {
  const failures = Object.fromEntries(
    Object.entries(calls).map(([name, error]) => [name, () => Promise.reject(error)]),
  );
  pipeline.door = (of) => ({ ...pipeline.rds.as(of), ...(of === account && failures) });
}

const takenOf = (pipeline: Pipeline, account: AccountId) =>
  pipeline.rds.all(account).filter(({ tags }) => tags.has(TAGS.takenAt)).length;
const originsOf = (pipeline: Pipeline) => pipeline.vaultCopies().map(({ database: of }) => of.split(':')[4]);
const eventsOf = (pipeline: Pipeline, account: AccountId, event: string) =>
  pipeline.logged.filter((one) => one.event === event && one.fields?.account === account);

describe.each(ERRORS)('%s is the answer of the account that gives it:', (_, error) => {
  test('its copies wait, those of others are imported, and no run fails', async () => {
    const pipeline = new Pipeline();
    shareCopy(pipeline, OTHER, 'theirs');
    shareCopy(pipeline, SOURCE, 'orders');
    failing(pipeline, OTHER, { manual: error });
    await pipeline.import();
    pipeline.rds.advance(30);
    await pipeline.import();
    expect(originsOf(pipeline)).toEqual([SOURCE]);
    const told = ['account.could-not-ask', 'door.stayed-shut'].flatMap((event) => eventsOf(pipeline, OTHER, event));
    expect(told).toHaveLength(2);
  });

  test('a mark that cannot be written stops no other account’s, and no run fails', async () => {
    const pipeline = new Pipeline();
    for (const account of [OTHER, SOURCE]) shareCopy(pipeline, account, 'orders');
    failing(pipeline, OTHER, { tag: error });
    await pipeline.import();
    pipeline.rds.advance(30);
    await pipeline.import();
    expect([takenOf(pipeline, OTHER), takenOf(pipeline, SOURCE)]).toEqual([0, 1]);
    expect(eventsOf(pipeline, OTHER, 'door.refused')).toHaveLength(1);
  });

  test('a shared copy that cannot be copied stops no other, and no run fails', async () => {
    const pipeline = new Pipeline();
    for (const account of [OTHER, SOURCE]) shareCopy(pipeline, account, 'orders');
    pipeline.copyError = ({ source }) => (source.includes(OTHER) ? error : undefined);
    await pipeline.import();
    pipeline.rds.advance(30);
    await pipeline.import();
    expect(originsOf(pipeline)).toEqual([SOURCE]);
    expect(pipeline.logged.some(({ event }) => event === 'import.not-started')).toBe(true);
  });

  test('a topic that cannot be subscribed to stops no other, and no run fails', async () => {
    const seen: AccountId[] = [];
    const subscriptions = {
      subscribe: async (account: AccountId) => {
        if (account === OTHER) throw error;
        seen.push(account);
      },
    };
    const registry = new FakeRegistry([enrolled(OTHER), enrolled(SOURCE)]);
    const ports = { registry, sources: new FakeRegistry(), subscriptions };
    await followSources(ports, { additionsADay: 9, region: HERE }, new Date('2026-03-01T12:00:00Z'), () => {});
    expect(seen).toEqual([SOURCE]);
  });
});

test('20 days with an export copy that has as many tags as it may: no run fails', async () => {
  const pipeline = new Pipeline();
  const full = shareCopy(pipeline, OTHER, 'full');
  shareCopy(pipeline, OTHER, 'orders');
  const inside = pipeline.rds.as(OTHER);
  pipeline.door = (account) => ({
    ...pipeline.rds.as(account),
    tag: (arn, tags) => (arn === full ? Promise.reject(named('TagQuotaPerResourceExceeded')) : inside.tag(arn, tags)),
  });
  let [failed, runs] = [0, 0];
  for (let minutes = 0; minutes < 20 * 1440; minutes += 15) {
    runs += 1;
    await pipeline.import().catch(() => {
      failed += 1;
    });
    pipeline.rds.advance(15);
  }
  process.stdout.write(`failed runs in 20 days: ${failed} of ${runs}\n`);
  expect(failed).toBe(0);
  // What cannot be marked says nothing of the others of the account.
  expect(takenOf(pipeline, OTHER)).toBe(1);
}, 60_000);
