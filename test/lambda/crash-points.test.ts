import { database, Pipeline, SOURCE, VAULT } from '../support/pipeline';

const KINDS = { instance: database(SOURCE, 'db', 'orders', 20), cluster: database(SOURCE, 'cluster', 'ledger', 20) };
const STEPS = ['exporter', 'importer'] as const;
type Step = (typeof STEPS)[number];
type Kind = keyof typeof KINDS;

/** One run of a step, and the call before which it is killed. */
interface Kill {
  readonly step: Step;
  readonly run: number;
  readonly call: number;
}

/** Runs until everything has come to rest; the world needs far fewer when nobody is killed. */
const RUNS = 14;
const SECOND_BACKUP = 5;

/** Plays two backups of a database through both steps. A killed run makes no further call; the next one is whole. */
async function play(kind: Kind, kill?: Kill) {
  const pipeline = new Pipeline();
  const calls: Record<Step, number[]> = { exporter: [], importer: [] };
  const named: string[] = [];
  const run = async (step: Step, at: number, body: () => Promise<unknown>) => {
    let made = 0;
    pipeline.rds.beforeCall = ({ account, name }) => {
      made += 1;
      if (kill?.step === step && kill.run === at && made >= kill.call) throw new Error('killed');
      if (!kill) named.push(`${step} ${account === VAULT ? 'in the vault' : 'in the source'}: ${name}`);
    };
    await body().catch(() => {});
    calls[step][at] = made;
  };
  for (let at = 0; at < RUNS; at += 1) {
    if (at === 0 || at === SECOND_BACKUP) pipeline.backUp(KINDS[kind]);
    await run('exporter', at, () => pipeline.export());
    await run('importer', at, () => pipeline.import());
    pipeline.rds.advance(15);
  }
  pipeline.rds.beforeCall = () => {};
  return { state: stateOf(pipeline), calls, named: new Set(named) };
}

/** All that stands in both accounts; of what a tag says, all but the times, which are later after a run was lost. */
const stateOf = ({ rds }: Pipeline): readonly string[] =>
  [SOURCE, VAULT]
    .flatMap((account) => rds.all(account))
    .map(({ arn, status, kmsKeyArn, tags }) => {
      const told = [...tags].map(([key, value]) => (/^\d{4}-\d\d-\d\dT/.test(value) ? key : `${key}=${value}`));
      return [arn, status, kmsKeyArn, `shared with ${rds.sharedWith(arn)}`, ...told.sort()].join(' ');
    })
    .sort();

describe.each(Object.keys(KINDS) as Kind[])('%s', (kind) => {
  test('both backups are in the vault, and what may go is gone', async () => {
    const { state } = await play(kind);
    const copiesIn = (account: string) =>
      state.filter((line) =>
        new RegExp(`^arn:aws:rds:eu-central-1:${account}:(cluster-)?snapshot:checkvalve-`).test(line),
      );
    expect(copiesIn(VAULT)).toHaveLength(2);
    expect(copiesIn(SOURCE)).toHaveLength(kind === 'instance' ? 1 : 0);
  });

  test.each(STEPS)('the %s, killed before any call of any run, ends in the same state', async (step) => {
    const whole = await play(kind);
    const kills = whole.calls[step].flatMap((calls, run) =>
      Array.from({ length: calls }, (_, at): Kill => ({ step, run, call: at + 1 })),
    );
    expect(kills.length).toBeGreaterThan(20);
    for (const kill of kills) {
      const { state } = await play(kind, kill);
      expect({ kill, state }).toEqual({ kill, state: whole.state });
    }
  });
});

test('the calls before which runs are killed are all that the two steps make of snapshots', async () => {
  const named = new Set([...(await play('instance')).named, ...(await play('cluster')).named]);
  expect([...named].sort()).toEqual([
    'exporter in the source: announce',
    'exporter in the source: copy',
    'exporter in the source: own',
    'exporter in the source: remove',
    'exporter in the source: share',
    'exporter in the source: tag',
    'importer in the source: manual',
    'importer in the source: tag',
    'importer in the vault: copy',
    'importer in the vault: manual',
    'importer in the vault: shared',
  ]);
});
