import { TAGS } from '../../../src/contract/names';
import { enrolled, Pipeline } from '../../support/pipeline';
import { accountsOf, shareCopy } from '../../support/vault-days';

/** What several accounts of one attacker do together, in a vault that follows others as well. */
const [ONE, TWO, THREE, ...OTHERS] = accountsOf(8);
const ATTACKERS = [ONE, TWO, THREE].flatMap((account) => account ?? []);

const named = (name: string) => Object.assign(new Error('no'), { name });

function vault() {
  const pipeline = new Pipeline();
  pipeline.sources.held.clear();
  for (const account of [...ATTACKERS, ...OTHERS]) pipeline.sources.held.set(account, enrolled(account));
  return pipeline;
}

describe('at an hour at which accounts of one attacker alone share something', () => {
  test.each([
    ['Throttling', 'manual'],
    ['TimeoutError', 'manual'],
    ['Throttling', 'tag'],
    ['InvalidParameterValue', 'tag'],
  ] as const)('the same %s of each of them, to %s, fails no run', async (name, call) => {
    const pipeline = vault();
    for (const account of ATTACKERS) shareCopy(pipeline, account, 'decoy');
    pipeline.accessRole = (of) => ({
      ...pipeline.rds.as(of),
      ...(ATTACKERS.includes(of) && { [call]: () => Promise.reject(named(name)) }),
    });
    for (let run = 0; run < 4; run += 1) {
      await pipeline.import();
      pipeline.rds.advance(30);
    }
    const event = call === 'tag' ? 'access-role.refused' : 'account.could-not-ask';
    const told = pipeline.logged.filter((one) => one.event === event).map(({ fields }) => fields?.account);
    expect(new Set(told)).toEqual(new Set(ATTACKERS));
  });

  test('what most of the followed accounts answer alike is a failure of the run all the same', async () => {
    const pipeline = vault();
    const most = [...ATTACKERS, ...OTHERS].slice(0, 5);
    for (const account of most) shareCopy(pipeline, account, 'orders');
    pipeline.accessRole = (of) => ({ ...pipeline.rds.as(of), manual: () => Promise.reject(named('EMFILE')) });
    await expect(pipeline.import()).rejects.toThrow('failed alike for all 5 accounts');
  });
});

describe('accounts that never answer a mark', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('so many that a run cannot mark all others: those are marked by another run', async () => {
    const pipeline = new Pipeline({
      maxInstanceCopiesInFlight: 200,
      maxClusterCopiesInFlight: 5,
      manualSnapshotQuota: 1000,
    });
    pipeline.sources.held.clear();
    const accounts = accountsOf(120);
    const honest = accounts[119];
    for (const account of accounts) {
      pipeline.sources.held.set(account, enrolled(account));
      shareCopy(pipeline, account, 'orders');
    }
    pipeline.accessRole = (of) => ({
      ...pipeline.rds.as(of),
      ...(of !== honest && { tag: () => new Promise<never>(() => {}) }),
    });
    const taken = () => pipeline.rds.all(honest as never).filter(({ tags }) => tags.has(TAGS.copiedAt)).length;
    for (let run = 0; run < 24 && taken() === 0; run += 1) {
      let isOver = false;
      const over = pipeline.import().finally(() => {
        isOver = true;
      });
      over.catch(() => {});
      for (let passed = 0; !isOver && passed < 600; passed += 1) await jest.advanceTimersByTimeAsync(1000);
      await over;
      pipeline.rds.advance(15);
    }
    expect(taken()).toBe(1);
  }, 60_000);
});
