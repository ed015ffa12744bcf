// Longer than most: one short method per control call.
import { CheckvalveError } from '../contract/errors';
import type {
  BackupResult,
  BackupRun,
  CustomResource,
  Delivery,
  DeployedFunction,
  EventSource,
  FailedInvocation,
  LoggedCall,
  Notification,
  OrganizationSpec,
  Pending,
  Planted,
  PlantedAnalyzer,
  PlantedArchiveRule,
  PlantedEvent,
  PlantedFault,
  PlantedLimits,
  Problem,
  Publication,
  RdsDurations,
  ResourceKey,
  Schedule,
  StackSetSettings,
  Wakeup,
} from './answers';
import { type ControlAnswer, ControlClient } from './control-client';
import type { ExecutionRoleSettings } from './execution-role-settings';
import type { PlantedInstance } from './planted-instance';
import { EmulatorProcess, type ProcessOptions } from './process';
import type { Switches } from './switches';

/** The settings with which an SDK client acts in an emulated account. */
export interface EmulatorClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly useFipsEndpoint: false;
  readonly useDualstackEndpoint: false;
  readonly retryMode: 'standard';
  readonly maxAttempts: 3;
  readonly forcePathStyle: true;
}

/**
 * The emulated AWS: any number of accounts and Regions behind one endpoint, with a clock that only control calls move.
 *
 * It never runs Lambda code; invocations are in `wakeups()`. Control calls reject with EMULATOR_REFUSED when the
 * emulator cannot carry them out, and with EMULATOR_DIED when it has ended.
 */
export class Emulator {
  /** The last list of functions: their code is long, and is read more often than it changes. */
  private known: { version: string; functions: readonly DeployedFunction[] } = { version: '', functions: [] };

  private readonly control: ControlClient;

  private constructor(
    /** The one endpoint of all services, accounts and Regions. */
    readonly endpoint: string,
    private readonly process?: EmulatorProcess,
  ) {
    this.control = new ControlClient(endpoint);
  }

  /**
   * Starts an emulator with an empty world.
   * @throws {CheckvalveError} EMULATOR_NOT_INSTALLED, EMULATOR_NOT_STARTED
   */
  static async start(options: ProcessOptions = {}): Promise<Emulator> {
    const { process, port } = await EmulatorProcess.start(options);
    return new Emulator(`http://127.0.0.1:${port}`, process);
  }

  /** An emulator that already runs at a port of 127.0.0.1; `stop` leaves it running. */
  static at(port: number): Emulator {
    return new Emulator(`http://127.0.0.1:${port}`);
  }

  /** Ends the emulator. It also ends when this process ends. */
  async stop(): Promise<void> {
    this.control.close();
    await this.process?.stop();
  }

  /** Clears the state and sets the clock to an instant (ISO 8601); by default to that of the start. */
  reset(now?: string): Promise<void> {
    return this.call('POST', '/reset', now === undefined ? {} : { now });
  }

  /** Saves the state, scheduled actions included, to a file. */
  save(file: string): Promise<void> {
    return this.call('POST', '/save', { file });
  }

  /** Replaces the state with one from a file that this version of the emulator saved. */
  restore(file: string): Promise<void> {
    return this.call('POST', '/restore', { file });
  }

  /** The settings with which an SDK client acts as an account; the emulator judges no permissions. */
  client(account: string, region: string): EmulatorClientSettings {
    return {
      endpoint: this.endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'emulated' },
      // The SDK’s defaults, set here so that the caller’s configuration cannot change them.
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      retryMode: 'standard',
      maxAttempts: 3,
      forcePathStyle: true,
    };
  }

  /** The virtual time. */
  async now(): Promise<Date> {
    return (await this.clock()).now;
  }

  /** The virtual time, and the instant of the next scheduled action. */
  async clock(): Promise<{ readonly now: Date; readonly nextDue: Date | undefined }> {
    const { now, nextDue } = await this.call<ClockAnswer>('GET', '/clock');
    return { now: new Date(now), nextDue: nextDue === null ? undefined : new Date(nextDue) };
  }

  /** The instant of the next scheduled action (a copy, a job, an operation); undefined without one. */
  async nextDue(): Promise<Date | undefined> {
    return (await this.clock()).nextDue;
  }

  /** Moves the clock forward by virtual seconds, and runs the scheduled actions on the way; resolves to the new time. */
  async advance(seconds: number): Promise<Date> {
    return new Date((await this.call<ClockAnswer>('POST', '/clock', { advanceSeconds: seconds })).now);
  }

  /** Moves the clock forward to an instant; EMULATOR_REFUSED for an instant in the past. */
  async moveTo(instant: Date): Promise<Date> {
    return new Date((await this.call<ClockAnswer>('POST', '/clock', { set: instant.toISOString() })).now);
  }

  /** The number of pending invocations, publications, deliveries and queued messages at this instant. */
  pending(): Promise<Pending> {
    return this.call('GET', '/pending');
  }

  /** Takes the invocations of functions since the last call. */
  wakeups(): Promise<Wakeup[]> {
    return this.call('GET', '/wakeups');
  }

  /** The deployed rules with a schedule expression. */
  schedules(): Promise<Schedule[]> {
    return this.call('GET', '/schedules');
  }

  /** Fires a scheduled rule once, at any hour. */
  fireSchedule(ruleArn: string): Promise<void> {
    return this.call('POST', '/schedules/fire', { ruleArn });
  }

  /** Emits an event of an AWS service, as if the service had emitted it. */
  emit(event: PlantedEvent): Promise<void> {
    return this.call('POST', '/events', event);
  }

  /** Takes the messages of topics that wait for queues; each must be let through or dropped. */
  deliveries(): Promise<Delivery[]> {
    return this.call('GET', '/deliveries');
  }

  /** Puts messages into their queues. */
  letThrough(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/deliveries', { ids });
  }

  /** Drops messages, as SNS does after its retries when the policy of the queue refuses them. */
  drop(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/deliveries', { drop: ids });
  }

  /** Takes the messages of AWS services that wait for topics; each must be published or dropped. */
  publications(): Promise<Publication[]> {
    return this.call('GET', '/publications');
  }

  /** Publishes messages of AWS services. */
  publish(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/publications', { ids });
  }

  /** Drops messages of AWS services, as AWS does when the policy of the topic or of its key refuses them. */
  refusePublication(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/publications', { drop: ids });
  }

  /** The KMS key of a topic or a queue (its ARN). */
  keyOf(arn: string): Promise<ResourceKey> {
    return this.call('POST', '/key-of', { arn });
  }

  /** The `FailedInvocations` of EventBridge, for topics. */
  failedInvocations(): Promise<FailedInvocation[]> {
    return this.call('GET', '/failed-invocations');
  }

  /** All messages that were published to any topic. */
  notifications(): Promise<Notification[]> {
    return this.call('GET', '/notifications');
  }

  /** The deployed functions of all accounts: the same array until one of them changes. */
  async functions(): Promise<readonly DeployedFunction[]> {
    const { version, functions } = await this.call<FunctionsAnswer>('POST', '/functions', {
      known: this.known.version,
    });
    if (functions) this.known = { version, functions };
    return this.known.functions;
  }

  /** The event source mappings from queues to deployed functions. */
  eventSources(): Promise<EventSource[]> {
    return this.call('GET', '/event-sources');
  }

  /** Builds a whole organization; each management account can have one. */
  buildOrganization(spec: OrganizationSpec): Promise<void> {
    return this.call('POST', '/organization', spec);
  }

  /** Runs the deployed backup plans of an account; EMULATOR_REFUSED names what is not deployed. */
  runBackup(run: BackupRun): Promise<BackupResult[]> {
    return this.call('POST', '/backup/run', run);
  }

  /** Sets the default duration of backup jobs and the default delay of their events, in virtual seconds. */
  setBackupTiming(timing: { durationSeconds?: number; eventDelaySeconds?: number }): Promise<void> {
    return this.call('POST', '/backup/settings', timing);
  }

  /** Sets the duration of StackSet operations, and the accounts in which they fail. */
  setStackSets(settings: StackSetSettings): Promise<void> {
    return this.call('POST', '/stacksets', settings);
  }

  /** Sets what CloudFormation may do in member accounts, and what its handlers need; see {@link ExecutionRoleSettings}. */
  setExecutionRole(settings: ExecutionRoleSettings): Promise<void> {
    return this.call('POST', '/stacksets/execution-role', settings);
  }

  /** Sets the status of a stack instance: states that StackSets sometimes leaves. */
  setStackInstance(planted: PlantedInstance): Promise<void> {
    return this.call('POST', '/stacksets/instance', planted);
  }

  /** Sets the state of an account, such as `SUSPENDED` or `ACTIVE`, without an event. */
  setAccountState(account: string, state: string): Promise<void> {
    return this.call('POST', '/organization/account', { account, state });
  }

  /** Sets the quotas of RDS. */
  setRdsLimits(limits: PlantedLimits): Promise<void> {
    return this.call('POST', '/rds/limits', limits);
  }

  /** Gives a key a second policy, as AWS RAM does when the key is shared; its name is `AWS_RAM` by default. */
  plantKeyPolicy(planted: {
    readonly account: string;
    readonly region: string;
    readonly key: string;
    readonly policy: string;
    readonly name?: string;
  }): Promise<void> {
    return this.call('POST', '/kms/policy', planted);
  }

  /** Sets the duration of snapshots and copies. */
  setRdsDurations(durations: RdsDurations): Promise<void> {
    return this.call('POST', '/rds/durations', durations);
  }

  /** Revokes every grant on a key by which RDS makes copies; resolves to their number. */
  async revokeCopyGrants(keyArn: string): Promise<number> {
    return (await this.call<{ revoked: number }>('POST', '/rds/revoke-grants', { keyArn })).revoked;
  }

  /** Sets attributes of a snapshot: status, tags, created, kmsKeyId, encrypted, engine, options, optionGroup, … */
  setSnapshot(planted: Planted): Promise<void> {
    return this.call('POST', '/rds/snapshot', planted);
  }

  /** Sets switches for undocumented behavior of AWS; resolves to all switches. Those left out stay as they are. */
  setSwitches(switches: Partial<Switches>): Promise<Switches> {
    return this.call('POST', '/switches', switches);
  }

  /** Takes an automated snapshot of a database now; resolves to its ARN. */
  async takeAutomatedSnapshot(of: { account: string; region: string; id: string }): Promise<string> {
    return (await this.call<{ arn: string }>('POST', '/rds/automated-snapshot', of)).arn;
  }

  /** Sets attributes of a database: status, engine, kmsKeyId, encryption (`sse-rds`, `none`). */
  setDatabase(planted: Planted): Promise<void> {
    return this.call('POST', '/rds/database', planted);
  }

  /** Adds planted faults. */
  plantFaults(faults: readonly PlantedFault[]): Promise<void> {
    return this.call('POST', '/faults', faults);
  }

  /** Removes all planted faults. */
  clearFaults(): Promise<void> {
    return this.call('DELETE', '/faults');
  }

  /** The custom resources of all stacks, with the answers of their functions. */
  customResources(): Promise<CustomResource[]> {
    return this.call('GET', '/custom-resources');
  }

  /** Creates an analyzer outside any stack; resolves to its ARN. EMULATOR_REFUSED beyond AWS’s quota. */
  async plantAnalyzer(analyzer: PlantedAnalyzer): Promise<string> {
    return (await this.call<{ arn: string }>('POST', '/analyzers', analyzer)).arn;
  }

  /** Gives an analyzer an archive rule, as CreateArchiveRule does. */
  async plantArchiveRule(analyzerArn: string, rule: PlantedArchiveRule): Promise<void> {
    await this.call('POST', '/analyzers/archive-rules', { analyzerArn, rule });
  }

  /** All AWS calls since the start or the last `clearLog`. */
  log(): Promise<LoggedCall[]> {
    return this.call('GET', '/log');
  }

  /** Empties the log. */
  clearLog(): Promise<void> {
    return this.call('DELETE', '/log');
  }

  /** What could not be emulated since the start. */
  problems(): Promise<Problem[]> {
    return this.call('GET', '/problems');
  }

  private async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    let answer: ControlAnswer;
    try {
      answer = await this.control.send(method, path, body);
    } catch (cause) {
      const ending = await this.process?.ending();
      const message = ending === undefined ? `${method} ${path} got no answer.` : `The emulator ended: ${ending}`;
      throw new CheckvalveError('EMULATOR_DIED', message, 'Start the rehearsal again.', { cause });
    }
    if (answer.status >= 300) {
      const message = `${method} ${path}: ${(answer.body as { error: string }).error}`;
      throw new CheckvalveError('EMULATOR_REFUSED', message, 'Deploy or correct what the message names.');
    }
    return answer.body as Answer;
  }
}

interface FunctionsAnswer {
  readonly version: string;
  readonly functions?: readonly DeployedFunction[];
}

interface ClockAnswer {
  readonly now: string;
  readonly nextDue: string | null;
}
