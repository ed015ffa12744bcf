// Longer than other files: one short method for each control entry, in the words of the rehearsal.
import { CheckvalveError } from '../contract/errors';
import type {
  BackupResult,
  BackupRun,
  CustomResource,
  Delivery,
  DeployedFunction,
  EventSource,
  FailedInvocation,
  Fault,
  LoggedCall,
  Notification,
  OrganizationSpec,
  Pending,
  Planted,
  PlantedAnalyzer,
  PlantedArchiveRule,
  PlantedEvent,
  Problem,
  Publication,
  RdsDurations,
  RdsLimits,
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

/** What an SDK client needs to act in an account of the emulated world. */
export interface ClientSettings {
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
 * The emulated AWS: any number of accounts and Regions behind one endpoint, with a clock that moves only when told.
 *
 * It never runs Lambda code; what would run is in `wakeups()`. Control calls reject with EMULATOR_REFUSED when they
 * cannot be done and with EMULATOR_DIED when the emulator is gone.
 */
export class Emulator {
  /** The functions as they were last seen: their code is long, and is asked for more often than it changes. */
  private known: { version: string; functions: readonly DeployedFunction[] } = { version: '', functions: [] };

  private readonly control: ControlClient;

  private constructor(
    /** The one endpoint for every service, account and Region. */
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

  /** An emulator that runs already, at a port of 127.0.0.1; `stop` lets go of it and leaves it running. */
  static at(port: number): Emulator {
    return new Emulator(`http://127.0.0.1:${port}`);
  }

  /** Ends the emulator. It ends by itself when this process does. */
  async stop(): Promise<void> {
    this.control.close();
    await this.process?.stop();
  }

  /** Empties the world and sets the clock to an instant (ISO 8601); by default to that of the start. */
  reset(now?: string): Promise<void> {
    return this.call('POST', '/reset', now === undefined ? {} : { now });
  }

  /** Writes the world as it stands, what is due later included, into a file. */
  save(file: string): Promise<void> {
    return this.call('POST', '/save', { file });
  }

  /** Puts a world from a file, saved by this release of the emulator, in the place of this one. */
  restore(file: string): Promise<void> {
    return this.call('POST', '/restore', { file });
  }

  /** Settings with which a client acts as an account; the emulator judges no permissions. */
  client(account: string, region: string): ClientSettings {
    return {
      endpoint: this.endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'emulated' },
      // The SDK's defaults, said so that no configuration of the caller's decides them.
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

  /** The virtual time, and when the next thing falls due. */
  async clock(): Promise<{ readonly now: Date; readonly nextDue: Date | undefined }> {
    const { now, nextDue } = await this.call<ClockAnswer>('GET', '/clock');
    return { now: new Date(now), nextDue: nextDue === null ? undefined : new Date(nextDue) };
  }

  /** When the next thing falls due (a copy, a job, an operation); nothing when all is quiet. */
  async nextDue(): Promise<Date | undefined> {
    return (await this.clock()).nextDue;
  }

  /** Moves the clock forward by virtual seconds, bringing about all that falls due on the way; resolves to the new time. */
  async advance(seconds: number): Promise<Date> {
    return new Date((await this.call<ClockAnswer>('POST', '/clock', { advanceSeconds: seconds })).now);
  }

  /** Moves the clock forward to an instant. Time does not go back: EMULATOR_REFUSED. */
  async moveTo(instant: Date): Promise<Date> {
    return new Date((await this.call<ClockAnswer>('POST', '/clock', { set: instant.toISOString() })).now);
  }

  /** How much there is to do at this instant: functions to wake, messages to deliver, messages to feed to functions. */
  pending(): Promise<Pending> {
    return this.call('GET', '/pending');
  }

  /** Takes what woke functions since the last call. */
  wakeups(): Promise<Wakeup[]> {
    return this.call('GET', '/wakeups');
  }

  /** The deployed rules with a schedule. */
  schedules(): Promise<Schedule[]> {
    return this.call('GET', '/schedules');
  }

  /** Lets a scheduled rule fire once, whatever the hour. */
  fireSchedule(ruleArn: string): Promise<void> {
    return this.call('POST', '/schedules/fire', { ruleArn });
  }

  /** Plants an event of an AWS service, as if the service had emitted it. */
  emit(event: PlantedEvent): Promise<void> {
    return this.call('POST', '/events', event);
  }

  /** Takes the messages that topics hold ready for queues; each has to be let through or dropped. */
  deliveries(): Promise<Delivery[]> {
    return this.call('GET', '/deliveries');
  }

  /** Puts messages into their queues. */
  letThrough(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/deliveries', { ids });
  }

  /** Throws messages away, as SNS does in the end when a queue's policy refuses it. */
  drop(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/deliveries', { drop: ids });
  }

  /** Takes the messages that AWS services have ready for topics; each has to be published or refused. */
  publications(): Promise<Publication[]> {
    return this.call('GET', '/publications');
  }

  /** Publishes messages of AWS services. */
  publish(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/publications', { ids });
  }

  /** Throws messages of AWS services away, as AWS does when the policy of a topic or of its key refuses them. */
  refusePublication(ids: readonly string[]): Promise<void> {
    return this.call('POST', '/publications', { drop: ids });
  }

  /** The key that a topic or a queue (its ARN) is under. */
  keyOf(arn: string): Promise<ResourceKey> {
    return this.call('POST', '/key-of', { arn });
  }

  /** What EventBridge counts as FailedInvocations, for topics. */
  failedInvocations(): Promise<FailedInvocation[]> {
    return this.call('GET', '/failed-invocations');
  }

  /** All that was ever published to any topic. */
  notifications(): Promise<Notification[]> {
    return this.call('GET', '/notifications');
  }

  /** The deployed functions of all accounts: the same array as long as none of them has changed. */
  async functions(): Promise<readonly DeployedFunction[]> {
    const { version, functions } = await this.call<FunctionsAnswer>('POST', '/functions', {
      known: this.known.version,
    });
    if (functions) this.known = { version, functions };
    return this.known.functions;
  }

  /** The queues that deployed functions are fed from. */
  eventSources(): Promise<EventSource[]> {
    return this.call('GET', '/event-sources');
  }

  /** Builds an organization whole; one organization for each management account. */
  buildOrganization(spec: OrganizationSpec): Promise<void> {
    return this.call('POST', '/organization', spec);
  }

  /** Lets the deployed backup plans of an account take their turn; EMULATOR_REFUSED names what is not deployed. */
  runBackup(run: BackupRun): Promise<BackupResult[]> {
    return this.call('POST', '/backup/run', run);
  }

  /** How long backup jobs take and how late AWS Backup tells of them, in virtual seconds, unless a run says otherwise. */
  setBackupTiming(timing: { durationSeconds?: number; eventDelaySeconds?: number }): Promise<void> {
    return this.call('POST', '/backup/settings', timing);
  }

  /** Sets how long StackSet operations take and where they fail. */
  setStackSets(settings: StackSetSettings): Promise<void> {
    return this.call('POST', '/stacksets', settings);
  }

  /** Sets what CloudFormation may do in members, and what its handlers need; see {@link ExecutionRoleSettings}. */
  setExecutionRole(settings: ExecutionRoleSettings): Promise<void> {
    return this.call('POST', '/stacksets/execution-role', settings);
  }

  /** Sets what a stack instance is said to be, as StackSets leaves it behind at times. */
  setStackInstance(planted: PlantedInstance): Promise<void> {
    return this.call('POST', '/stacksets/instance', planted);
  }

  /** Sets the state of an account, such as `SUSPENDED` or `ACTIVE`; no event comes of it. */
  setAccountState(account: string, state: string): Promise<void> {
    return this.call('POST', '/organization/account', { account, state });
  }

  /** Sets RDS quotas. */
  setRdsLimits(limits: RdsLimits): Promise<void> {
    return this.call('POST', '/rds/limits', limits);
  }

  /** Gives a key a second policy, as RAM does when somebody shares the key: `AWS_RAM` unless named. */
  plantKeyPolicy(planted: {
    readonly account: string;
    readonly region: string;
    readonly key: string;
    readonly policy: string;
    readonly name?: string;
  }): Promise<void> {
    return this.call('POST', '/kms/policy', planted);
  }

  /** Sets how long snapshots and copies take. */
  setRdsDurations(durations: RdsDurations): Promise<void> {
    return this.call('POST', '/rds/durations', durations);
  }

  /** Revokes every grant on a key by which RDS is making copies; resolves to how many there were. */
  async revokeCopyGrants(keyArn: string): Promise<number> {
    return (await this.call<{ revoked: number }>('POST', '/rds/revoke-grants', { keyArn })).revoked;
  }

  /** Sets attributes of a snapshot: status, tags, created, kmsKeyId, encrypted, engine, options, optionGroup, … */
  setSnapshot(planted: Planted): Promise<void> {
    return this.call('POST', '/rds/snapshot', planted);
  }

  /** Sets how AWS behaves where that is not documented, and resolves to all switches; those left out stay as they are. */
  setSwitches(switches: Partial<Switches>): Promise<Switches> {
    return this.call('POST', '/switches', switches);
  }

  /** Lets RDS take its own daily snapshot of a database now; resolves to its ARN. */
  async takeAutomatedSnapshot(of: { account: string; region: string; id: string }): Promise<string> {
    return (await this.call<{ arn: string }>('POST', '/rds/automated-snapshot', of)).arn;
  }

  /** Sets attributes of a database: status, engine, kmsKeyId, encryption (`sse-rds`, `none`). */
  setDatabase(planted: Planted): Promise<void> {
    return this.call('POST', '/rds/database', planted);
  }

  /** Plants faults in addition to those already there. */
  plantFaults(faults: readonly Fault[]): Promise<void> {
    return this.call('POST', '/faults', faults);
  }

  /** Removes all planted faults. */
  clearFaults(): Promise<void> {
    return this.call('DELETE', '/faults');
  }

  /** The custom resources of all stacks, and what their functions have answered. */
  customResources(): Promise<CustomResource[]> {
    return this.call('GET', '/custom-resources');
  }

  /** Makes an analyzer of IAM Access Analyzer outside any stack; resolves to its ARN. EMULATOR_REFUSED beyond AWS's quota. */
  async plantAnalyzer(analyzer: PlantedAnalyzer): Promise<string> {
    return (await this.call<{ arn: string }>('POST', '/analyzers', analyzer)).arn;
  }

  /** Gives an analyzer an archive rule, as CreateArchiveRule does. */
  async plantArchiveRule(analyzerArn: string, rule: PlantedArchiveRule): Promise<void> {
    await this.call('POST', '/analyzers/archive-rules', { analyzerArn, rule });
  }

  /** Every AWS call since the start or the last `clearLog`. */
  log(): Promise<LoggedCall[]> {
    return this.call('GET', '/log');
  }

  /** Empties the log. */
  clearLog(): Promise<void> {
    return this.call('DELETE', '/log');
  }

  /** All that could not be emulated since the start. */
  problems(): Promise<Problem[]> {
    return this.call('GET', '/problems');
  }

  private async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    let answer: ControlAnswer;
    try {
      answer = await this.control.send(method, path, body);
    } catch (cause) {
      const death = await this.process?.death();
      const message = death === undefined ? `${method} ${path} got no answer.` : `The emulator ended: ${death}`;
      throw new CheckvalveError('EMULATOR_DIED', message, 'Start the rehearsal anew.', { cause });
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
