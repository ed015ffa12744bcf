import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { CheckvalveError } from '../contract/errors';
import { PREFIX } from '../contract/names';
import { Authorizer } from './authorizer';
import { type Alter, alterTemplates, Deployment, inOrder } from './deploy';
import { Emulator } from './emulator';
import { Stage } from './stage';
import { synthesize } from './synthesize';
import { buildWorld, type World, worldOf } from './world';

/** A landing zone of its own that is played by hand: every call of every function is authorized by what is deployed. */
export class PlayedLandingZone {
  private readonly deployment: Deployment;

  private constructor(
    readonly emulator: Emulator,
    readonly world: World,
    readonly authorizer: Authorizer,
    readonly stage: Stage,
    private readonly progress: (line: string) => void,
  ) {
    this.deployment = new Deployment(emulator);
  }

  /** An emulator of its own, with the example organization that fits the configuration. */
  static async start(config: CheckvalveConfig, progress: (line: string) => void = () => {}, now?: string) {
    const emulator = await Emulator.start(now ? { now } : {});
    const world = worldOf(config);
    const authorizer = new Authorizer(emulator, world);
    const stage = new Stage(emulator, world, {
      config,
      authorize: authorizer.call,
      authorizeDelivery: authorizer.delivery,
      authorizeInvocation: authorizer.invocation,
      authorizeBackup: authorizer.backup,
    });
    return new PlayedLandingZone(emulator, world, authorizer, stage, progress);
  }

  /** Builds the organization, and deploys all stacks; `alter` changes their templates first. */
  async deploy(alter?: Alter): Promise<void> {
    this.progress('The landing zone is deployed');
    await buildWorld(this.emulator, this.world, this.stage.config);
    await this.synthesized(alter, (deployment, stack) => deployment.deploy(stack));
  }

  /** Brings the stack `Tooling` to this release's template, altered or not. @throws CheckvalveError `REHEARSAL_FAILED` */
  async upgrade(alter?: Alter): Promise<void> {
    await this.synthesized(alter, async (deployment, stack) => {
      if (stack.stackName === 'Tooling') await deployment.update(stack);
    });
  }

  private async synthesized(
    alter: Alter | undefined,
    work: (deployment: Deployment, stack: CloudFormationStackArtifact) => Promise<void>,
  ): Promise<void> {
    const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-played-'));
    try {
      const assembly = synthesize(this.stage.config, outdir);
      if (alter) alterTemplates(assembly, alter);
      for (const stack of inOrder(assembly)) await work(this.deployment, stack);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  /** Fires the schedule of a step. @throws CheckvalveError `REHEARSAL_FAILED` when nothing has one, or a function failed */
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
    await this.emulator.stop();
  }

  private check(more: readonly string[] = []): void {
    const causes = [...this.stage.failures.map(({ cause }) => cause), ...more];
    if (causes.length === 0) return;
    throw new CheckvalveError('REHEARSAL_FAILED', causes.join('; '), 'Look at the step that is named.');
  }
}
