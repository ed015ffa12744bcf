import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { CheckvalveError } from '../../contract/errors';
import { PREFIX } from '../../contract/names';
import { Emulator } from '../../emulator/emulator';
import { authorizedBy, Stage } from '../stage';
import { buildWorld, type World, worldOf } from '../world';
import { Authorizer } from './authorizer';
import { type Alter, Deployment } from './deploy';
import { eachStack } from './each-stack';
import { SavedWorlds } from './saved-worlds';

/** Where a landing zone is played. */
export interface LandingZoneOptions {
  /** Virtual start of the clock, ISO 8601; the machine's time by default. */
  readonly now?: string;
  /** The emulator to play on, which is emptied and not ended; by default an own one. */
  readonly emulator?: Emulator;
}

/** A landing zone that a caller plays step by step: the deployed policies authorize every call of every function. */
export class LandingZone {
  private readonly deployment: Deployment;

  private constructor(
    readonly emulator: Emulator,
    readonly world: World,
    readonly authorizer: Authorizer,
    readonly stage: Stage,
    private readonly progress: (line: string) => void,
    private readonly options: LandingZoneOptions,
  ) {
    this.deployment = new Deployment(emulator);
  }

  /** An empty emulator, and the example organization that fits the configuration. */
  static async start(
    config: CheckvalveConfig,
    progress: (line: string) => void = () => {},
    options: LandingZoneOptions = {},
  ): Promise<LandingZone> {
    const { now, emulator = await Emulator.start(now ? { now } : {}) } = options;
    if (options.emulator) await emulator.reset(now);
    const world = worldOf(config);
    const authorizer = new Authorizer(emulator, world);
    const stage = new Stage(emulator, world, {
      config,
      ...authorizedBy(authorizer),
    });
    return new LandingZone(emulator, world, authorizer, stage, progress, options);
  }

  /** Builds the organization, and deploys all stacks; `alter` changes their templates first. */
  async deploy(alter?: Alter): Promise<void> {
    this.progress('The landing zone is deployed');
    const { config } = this.stage;
    const deployed = new SavedWorlds<null>({ deployed: config, now: this.options.now ?? null });
    if (!alter && (await deployed.restore('deployed', this.emulator)) !== undefined) return;
    await buildWorld(this.emulator, this.world, config);
    await eachStack(config, alter, (stack) => this.deployment.deploy(stack));
    if (!alter) await deployed.save('deployed', this.emulator, null);
  }

  /** Updates the stack `Tooling` to this release's template, altered or not. @throws CheckvalveError `REHEARSAL_FAILED` */
  async upgrade(alter?: Alter): Promise<void> {
    await eachStack(this.stage.config, alter, async (stack) => {
      if (stack.stackName === 'Tooling') await this.deployment.update(stack);
    });
  }

  /** Fires the schedule of a step. @throws CheckvalveError `REHEARSAL_FAILED` when the step has no schedule, or a function failed */
  async fire(step: string): Promise<void> {
    this.progress(`${step} runs`);
    const fired = await this.stage.pump.fire(`${PREFIX}-${step}`);
    this.check(fired > 0 ? [] : [`no schedule wakes ${step}`]);
  }

  /** Lets virtual seconds pass. @throws CheckvalveError `REHEARSAL_FAILED` when a function failed meanwhile */
  async pass(seconds: number): Promise<void> {
    await this.stage.pump.pass(seconds);
    this.check();
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await this.stage.stop();
    if (!this.options.emulator) await this.emulator.stop();
  }

  private check(more: readonly string[] = []): void {
    const causes = [...this.stage.failures.map(({ cause }) => cause), ...more];
    if (causes.length === 0) return;
    throw new CheckvalveError('REHEARSAL_FAILED', causes.join('; '), 'Look at the step that is named.');
  }
}
