import type { ExportAction } from '../../lambda/source/export-snapshots/export-action';
import type { ImportAction } from '../../lambda/vault/import-copies/plan';
import { TAGS } from '../../src/contract/names';
import { parseHold, VERDICTS } from '../../src/contract/verdicts';
import { CRASH_WORLDS, type CrashWorld } from '../support/crash-worlds';
import { database, Pipeline, SOURCE, VAULT } from '../support/pipeline';
import { remembering, SEED, sampleOf } from '../support/sample';

const KINDS = { instance: database(SOURCE, 'db', 'orders', 20), cluster: database(SOURCE, 'cluster', 'ledger', 20) };
const STEPS = ['exporter', 'importer'] as const;
type CrashingStep = (typeof STEPS)[number];
type Kind = keyof typeof KINDS;

/** One run of a step, and the call before which it is killed. */
interface Kill {
  readonly step: CrashingStep;
  readonly run: number;
  readonly call: number;
}

/** Runs after which nothing changes any more; a world without a crash needs fewer. */
const RUNS = 17;
/** Further runs, four hours apart, of a world in which an account is slowed. */
const SLOWED_RUNS = 20;
const MENDED_AT = 4;
const BACKUPS = [0, 5];

/** Plays backups of a database through both steps. A killed run makes no further call and no further log entry; the next run is complete. */
async function play(world: CrashWorld, kind: Kind, kill?: Kill) {
  const pipeline = new Pipeline();
  const calls: Record<CrashingStep, number[]> = { exporter: [], importer: [] };
  const named = new Set<string>();
  const run = async (step: CrashingStep, at: number, body: () => Promise<unknown>) => {
    let made = 0;
    let lastEntry: number | undefined;
    pipeline.rds.beforeCall = ({ account, name }) => {
      made += 1;
      named.add(`${step} ${account === VAULT ? 'in the vault' : 'in the source'}: ${name}`);
      if (kill?.step !== step || kill.run !== at || made < kill.call) return;
      lastEntry ??= pipeline.logged.length;
      throw new Error('killed');
    };
    await body().catch(() => {});
    pipeline.logged.length = lastEntry ?? pipeline.logged.length;
    calls[step][at] = made;
  };
  world.begin(pipeline, KINDS[kind]);
  for (let at = 0; at < RUNS + (world.slowed ? SLOWED_RUNS : 0); at += 1) {
    if ((world.backups ?? BACKUPS).includes(at)) pipeline.backUp(KINDS[kind]);
    if (at === (world.mendedAt ?? MENDED_AT)) world.mend?.(pipeline);
    await run('exporter', at, () => pipeline.export());
    await run('importer', at, () => pipeline.import());
    pipeline.rds.advance(at < RUNS ? 15 : 4 * 60);
  }
  pipeline.rds.beforeCall = () => {};
  return { pipeline, state: stateOf(pipeline), verdicts: pipeline.verdicts, calls, named };
}

/** A tag without its times, which are later after a lost run; and a hold without its count, because the count is the number of
 * tries and the time of the next try depends on the last one. */
function comparable(key: string, value: string): string {
  const hold = key === TAGS.held ? parseHold(value) : undefined;
  const timeless = value.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T');
  return `${key}=${hold && VERDICTS[hold.code].lasts === 'held' ? timeless.replace(/ \d+ /, ' n ') : timeless}`;
}

/** The snapshots and the memory of both accounts. */
const stateOf = ({ rds }: Pipeline): readonly string[] => [
  ...[SOURCE, VAULT]
    .flatMap((account) => rds.all(account))
    .map(({ arn, name, status, kmsKeyArn, tags }) => {
      // On a snapshot of AWS Backup a hold is a hint, which a lost run may leave out.
      const isCompared = ([key]: readonly [string, string]) => key !== TAGS.held || !name.startsWith('awsbackup:');
      const compared = [...tags].filter(isCompared).map(([key, value]) => comparable(key, value));
      return [arn, status, kmsKeyArn, `shared with ${rds.sharedWith(arn)}`, ...compared.sort()].join(' ');
    })
    .sort(),
  ...[...rds.remembered(SOURCE)]
    .map(([arn, { importedAt, held }]) => [arn, importedAt && 'T', held && comparable(TAGS.held, held)].join(' '))
    .sort(),
];

const WORLDS = Object.entries<CrashWorld>(CRASH_WORLDS).flatMap(([name, world]) =>
  (Object.keys(KINDS) as Kind[]).map((kind) => ({ name, world, kind })),
);

let [points, all] = [0, 0];
afterAll(() => void process.stdout.write(`crash points: ${points} of ${all}, seed ${SEED}\n`));

describe.each(WORLDS)('$kind: $name', ({ name, world, kind }) => {
  test('the vault has what can be copied, copies that are not needed are deleted, and the alerts are logged', async () => {
    const { pipeline, verdicts } = await play(world, kind);
    expect(pipeline.vaultCopies()).toHaveLength(world.copied);
    expect(pipeline.rds.all(SOURCE).filter(({ type }) => type === 'manual')).toHaveLength(world.stay[kind]);
    expect(verdicts).toEqual(world.alerts);
  });

  test.each(STEPS)(
    'the %s, killed before any call of any run, ends in the same state, with at most one repeated alert',
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
          const { state, verdicts } = await play(world, kind, kill);
          expect({ kill, state }).toEqual({ kill, state: whole.state });
          // An alert is logged before it is recorded: a run that is killed in between repeats it. In the other order it would be lost.
          const repeated = verdicts.length - whole.verdicts.length;
          expect({ kill, verdicts, isOk: repeated === 0 || repeated === 1 }).toMatchObject({ kill, isOk: true });
          expect(new Set(verdicts)).toEqual(new Set(whole.verdicts));
        });
      }
    },
  );
});

/** The actions of both steps: an action that is missing here fails the type check. */
const ACTIONS: Readonly<Record<ExportAction['do'] | ImportAction['do'], true>> = {
  alert: true,
  clear: true,
  copy: true,
  'give-way': true,
  import: true,
  'log-alert': true,
  'mark-failed': true,
  'mark-imported': true,
  'note-deleted': true,
  publish: true,
  renew: true,
  retire: true,
};
const actionOf = (event: string) => event.split('.')[0] ?? '';

describe('all worlds together', () => {
  const all = () => Promise.all(WORLDS.map(({ world, kind }) => play(world, kind)));

  test('runs are killed before every kind of call of the two steps', async () => {
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

  test('every action of both steps is among them, also refusals; but for log-alert, which makes no call', async () => {
    const ended = new Set((await all()).flatMap(({ pipeline }) => pipeline.logged.map(({ event }) => event)));
    const ofActions = [...ended].filter((event) => actionOf(event) in ACTIONS).sort();
    expect([...new Set(ofActions.map(actionOf))]).toEqual(
      Object.keys(ACTIONS)
        .filter((action) => action !== 'log-alert')
        .sort(),
    );
    expect(ofActions).toEqual([
      'alert.done',
      'clear.done',
      'copy.refused',
      'copy.started',
      'give-way.done',
      'import.options',
      'import.refused',
      'import.started',
      'mark-failed.done',
      'mark-imported.done',
      'note-deleted.done',
      'publish.done',
      'publish.refused',
      'renew.done',
      'retire.done',
    ]);
  });
});
