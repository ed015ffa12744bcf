import { TAGS } from '../../src/contract/names';
import { readHold, VERDICTS } from '../../src/contract/verdicts';
import { CRASH_WORLDS, type CrashWorld } from '../support/crash-worlds';
import { database, Pipeline, SOURCE, VAULT } from '../support/pipeline';
import { remembering, SEED, sampleOf } from '../support/sample';

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

/** Runs until everything has come to rest; the worlds need fewer when nobody is killed. */
const RUNS = 17;
/** Further runs, four hours apart, of a world in which an account is slowed. */
const SLOWED_RUNS = 20;
const MENDED_AT = 4;
const BACKUPS = [0, 5];

/** Plays backups of a database through both steps. A killed run does and says nothing more; the next one is whole. */
async function play(world: CrashWorld, kind: Kind, kill?: Kill) {
  const pipeline = new Pipeline();
  const calls: Record<Step, number[]> = { exporter: [], importer: [] };
  const named = new Set<string>();
  const run = async (step: Step, at: number, body: () => Promise<unknown>) => {
    let made = 0;
    let lastWord: number | undefined;
    pipeline.rds.beforeCall = ({ account, name }) => {
      made += 1;
      named.add(`${step} ${account === VAULT ? 'in the vault' : 'in the source'}: ${name}`);
      if (kill?.step !== step || kill.run !== at || made < kill.call) return;
      lastWord ??= pipeline.logged.length;
      throw new Error('killed');
    };
    await body().catch(() => {});
    pipeline.logged.length = lastWord ?? pipeline.logged.length;
    calls[step][at] = made;
  };
  world.begin(pipeline, KINDS[kind]);
  for (let at = 0; at < RUNS + (world.slowed ? SLOWED_RUNS : 0); at += 1) {
    if ((world.backups ?? BACKUPS).includes(at)) pipeline.backUp(KINDS[kind]);
    if (at === MENDED_AT) world.mend?.(pipeline);
    await run('exporter', at, () => pipeline.export());
    await run('importer', at, () => pipeline.import());
    pipeline.rds.advance(at < RUNS ? 15 : 4 * 60);
  }
  pipeline.rds.beforeCall = () => {};
  return { pipeline, state: stateOf(pipeline), told: toldBy(pipeline), calls, named };
}

/** What a tag says, all but the times, which are later after a run was lost. Nor how often a verdict came that is tried
 * again: that counts the tries, and when the next is due goes by the time of the one before. */
function told(key: string, value: string): string {
  const hold = key === TAGS.held ? readHold(value) : undefined;
  const timeless = value.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T');
  return `${key}=${hold && VERDICTS[hold.code].lasts === 'held' ? timeless.replace(/ \d+ /, ' n ') : timeless}`;
}

/** All that stands in both accounts. */
const stateOf = ({ rds }: Pipeline): readonly string[] => [
  ...[SOURCE, VAULT]
    .flatMap((account) => rds.all(account))
    .map(({ arn, name, status, kmsKeyArn, tags }) => {
      // On a snapshot of AWS Backup a verdict is a hint, which a lost run may leave out.
      const counts = ([key]: readonly [string, string]) => key !== TAGS.held || !name.startsWith('awsbackup:');
      const said = [...tags].filter(counts).map(([key, value]) => told(key, value));
      return [arn, status, kmsKeyArn, `shared with ${rds.sharedWith(arn)}`, ...said.sort()].join(' ');
    })
    .sort(),
  ...[...rds.remembered(SOURCE)]
    .map(([arn, { takenAt, held }]) => [arn, takenAt && 'T', held && told(TAGS.held, held)].join(' '))
    .sort(),
];

/** The verdicts that a person heard of. */
const toldBy = ({ logged }: Pipeline): readonly string[] =>
  logged.filter(({ event }) => event === 'database.not-crossing').map(({ fields }) => String(fields?.verdict));

const WORLDS = Object.entries<CrashWorld>(CRASH_WORLDS).flatMap(([name, world]) =>
  (Object.keys(KINDS) as Kind[]).map((kind) => ({ name, world, kind })),
);

let [points, all] = [0, 0];
afterAll(() => void process.stdout.write(`crash points: ${points} of ${all}, seed ${SEED}\n`));

describe.each(WORLDS)('$kind: $name', ({ name, world, kind }) => {
  test('what can cross is in the vault, what may go is gone, and a person was told', async () => {
    const { pipeline, told: heard } = await play(world, kind);
    expect(pipeline.vaultCopies()).toHaveLength(world.copied);
    expect(pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual')).toHaveLength(world.stay[kind]);
    expect(heard).toEqual(world.alerted);
  });

  test.each(STEPS)(
    'the %s, killed before any call of any run, ends in the same state; at worst a person is told once more',
    async (step) => {
      const whole = await play(world, kind);
      const kills = whole.calls[step].flatMap((calls, run) =>
        Array.from({ length: calls }, (_, at): Kill => ({ step, run, call: at + 1 })),
      );
      expect(kills.length).toBeGreaterThan(RUNS);
      const what = `crash points of the ${step}, ${kind}, ${name}`;
      const idOf = ({ run, call }: Kill) => `run ${run}, call ${call}`;
      const sample = sampleOf(what, kills, Math.ceil(kills.length / 5), idOf, false);
      points += sample.length;
      all += kills.length;
      for (const kill of sample) {
        await remembering(what, idOf(kill), async () => {
          const { state, told: heard } = await play(world, kind, kill);
          expect({ kill, state }).toEqual({ kill, state: whole.state });
          // Told first, then written down: who dies between the two tells it again. The other way round nobody might hear.
          const again = heard.length - whole.told.length;
          expect({ kill, heard, again: again === 0 || again === 1 }).toMatchObject({ kill, again: true });
          expect(new Set(heard)).toEqual(new Set(whole.told));
        });
      }
    },
  );
});

describe('all worlds together', () => {
  const all = () => Promise.all(WORLDS.map(({ world, kind }) => play(world, kind)));

  test('the calls before which runs are killed are all that the two steps make', async () => {
    const named = new Set((await all()).flatMap((one) => [...one.named]));
    expect([...named].sort()).toEqual([
      'exporter in the source: again',
      'exporter in the source: copy',
      'exporter in the source: notify',
      'exporter in the source: own',
      'exporter in the source: remember',
      'exporter in the source: remembered',
      'exporter in the source: remove',
      'exporter in the source: share',
      'exporter in the source: tag',
      'importer in the source: manual',
      'importer in the source: tag',
      'importer in the vault: again',
      'importer in the vault: copy',
      'importer in the vault: manual',
      'importer in the vault: shared',
      'importer in the vault: sources',
      'importer in the vault: tag',
    ]);
  });

  test('every action of both steps is among them, the refusals as well; but that which only tells, and makes no call', async () => {
    const ended = new Set((await all()).flatMap(({ pipeline }) => pipeline.logged.map(({ event }) => event)));
    const actions = /^(copy|publish|retire|clear|hold|tell|give-way|import|mark-taken|mark-failed)\./;
    expect([...ended].filter((event) => actions.test(event)).sort()).toEqual([
      'clear.done',
      'copy.refused',
      'copy.started',
      'give-way.done',
      'hold.done',
      'import.options',
      'import.refused',
      'import.started',
      'mark-failed.done',
      'mark-taken.done',
      'publish.done',
      'publish.refused',
      'retire.done',
    ]);
  });
});
