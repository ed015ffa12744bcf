import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  type Tag,
} from '@aws-sdk/client-rds';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Region } from '../contract/ids';
import { PREFIX, roleNames } from '../contract/names';
import type { PrincipalInput } from '../trust/evaluator/case';
import type { PolicyDocument } from '../trust/evaluator/policy';
import type { Access, SnapshotFacts } from '../trust/implied/access';
import { implied } from '../trust/implied/implied';
import {
  deliveryToQueue,
  eventToQueue,
  impliedByBackup,
  impliedByRunning,
  takingBackupRole,
  takingFunctionRole,
  wakeUpOf,
} from '../trust/implied/on-behalf';
import { awsManagedKeyPolicy, defaultKeyPolicy } from '../trust/key-policies';
import { decide, PolicyBook, refusalText } from '../trust/policy-book';
import { wakersIn } from '../trust/templates/wakers-in';
import { deployedTemplates } from './deployed-templates';
import type { Emulator } from './emulator';
import type { Delivery, DeployedFunction, EventSource } from './emulator/answers';
import type { SdkCall, Verdict, Waking } from './sdk-call';
import type { World } from './world';

/** One access that was asked about, and by whom. */
export interface Asked {
  readonly principal: PrincipalInput;
  readonly access: Access;
}

const tagMap = (tags: readonly Tag[] = []): ReadonlyMap<string, string> =>
  new Map(tags.flatMap(({ Key, Value }) => (Key ? [[Key, Value ?? ''] as const] : [])));

/**
 * Authorizes what happens in a rehearsal as AWS would: each call of a handler with all that it implies, each message from
 * a topic, each wake-up of a function, each backup. It judges by the policies of the deployed templates.
 */
export class Authorizer {
  /** Every access that was asked about, in order. */
  readonly asked: Asked[] = [];
  private book = new PolicyBook([]);
  private wakers: ReadonlyMap<string, readonly string[]> = new Map();
  private known: readonly DeployedFunction[] = [];
  private readonly keyPolicies = new Map<string, PolicyDocument | null>();

  constructor(
    private readonly emulator: Emulator,
    private readonly world: World,
  ) {}

  /** Goes on where one that was asked all that was. */
  recall(asked: readonly Asked[]): void {
    this.asked.push(...asked);
  }

  /** The policies as they are deployed now. */
  async policies(): Promise<PolicyBook> {
    const functions = await this.emulator.functions();
    // Stacks come, change and go with their functions: a change of these means that the book is out of date.
    if (functions !== this.known) {
      const { management, vault, production, regions } = this.world;
      const places = new Set([
        `${management} us-east-1`,
        ...[vault, ...production].flatMap((account) => regions.map((region) => `${account} ${region}`)),
        // Accounts that were enrolled since: wherever a function stands, a stack does.
        ...functions.map(({ account, region }) => `${account} ${region}`),
      ]);
      const templates = await Promise.all(
        [...places].map((place) => {
          const [account = '', region = ''] = place.split(' ');
          return deployedTemplates(this.emulator, account, region);
        }),
      );
      this.book = PolicyBook.of(templates.flat());
      this.wakers = wakersIn(templates.flat());
      this.known = functions;
    }
    return this.book;
  }

  /** Judges a call that a handler is about to make. */
  readonly call = async (call: SdkCall): Promise<Verdict> => {
    const [facts, topicKey] = await Promise.all([this.snapshotFacts(call), this.topicKey(call)]);
    const accesses = implied(
      { account: call.account, region: call.region, service: call.service, operation: call.action, input: call.input },
      {
        snapshot: (arn) => facts.get(arn),
        topicKey: () => topicKey,
        organizationId: this.world.organization.organizationId ?? '',
        ...(call.action.startsWith('Copy') && (await this.emulator.switches())),
      },
    );
    return this.judge(call.roleArn, accesses);
  };

  /** Judges a message that SNS is about to put into a queue. */
  readonly delivery = ({ topicArn, endpoint }: Delivery): Promise<Verdict> =>
    this.judge({ service: 'sns.amazonaws.com' }, [deliveryToQueue(topicArn, endpoint)]);

  /** Judges EventBridge waking a function, or putting an event into the queue that feeds it. */
  readonly wakeup = (target: string, ruleArn: string): Promise<Verdict> => {
    const waking = target.split(':')[2] === 'sqs' ? eventToQueue(ruleArn, target) : wakeUpOf(target, ruleArn);
    return this.judge({ service: 'events.amazonaws.com' }, [waking]);
  };

  /** Judges what must be so before a line of a function's code has run: Lambda takes its role, and that role can run it. */
  readonly running = async (
    { arn, account, region, name, role }: DeployedFunction,
    source?: EventSource,
  ): Promise<Verdict> => {
    const taken = await this.judge({ service: 'lambda.amazonaws.com' }, [takingFunctionRole(arn, role)]);
    if (!taken.allowed) return taken;
    const logGroup = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${name}:*`;
    return this.judge(role, impliedByRunning(logGroup, source?.queueArn));
  };

  /** Judges AWS Backup taking a database's snapshot, under the role and into the vault of its account's tooling. */
  readonly backup = async (database: string, point: string): Promise<Verdict> => {
    const [, , , region = '', account = ''] = database.split(':');
    const roles = `arn:aws:iam::${account}:role/${roleNames.backup(region as Region)}-`;
    const role = (await this.policies()).roles.find((arn) => arn.startsWith(roles));
    if (!role) return { allowed: false, message: `There is no role ${roles}… for AWS Backup` };
    const trust = await this.judge({ service: 'backup.amazonaws.com' }, [takingBackupRole(role)]);
    if (!trust.allowed) return trust;
    const { keyArn } = (await this.lookUp(point)) ?? {};
    const vault = role.replace(roles, `arn:aws:backup:${region}:${account}:backup-vault:${PREFIX}-`);
    return this.judge(role, impliedByBackup(database, point, keyArn, vault));
  };

  /**
   * Judges an invocation: whether EventBridge may wake the function, and whether its role can run it at all. Every rule
   * that is to wake it is asked for, not only the one that did: on AWS the others would stay silent, and nobody would know.
   */
  readonly invocation = async (functionArn: string, { ruleArn, source }: Waking): Promise<Verdict> => {
    await this.policies();
    const target = source?.queueArn ?? functionArn;
    for (const rule of new Set([...(ruleArn ? [ruleArn] : []), ...(this.wakers.get(target) ?? [])])) {
      const woken = await this.wakeup(target, rule);
      if (!woken.allowed) return woken;
    }
    const deployed = (await this.emulator.functions()).find(({ arn }) => arn === functionArn);
    return deployed ? this.running(deployed, source) : { allowed: true };
  };

  private async judge(principal: PrincipalInput, accesses: readonly Access[]): Promise<Verdict> {
    const book = await this.policies();
    await this.readKeys(accesses);
    for (const access of accesses) {
      this.asked.push({ principal, access });
      const { decision, because } = decide(book, principal, access, (arn) => this.keyPolicies.get(arn) ?? null);
      if (decision !== 'Allowed') return { allowed: false, message: refusalText(principal, access, because) };
    }
    return { allowed: true };
  }

  /** The snapshots that a call names, as their owner sees them; another account's tags are no condition keys here. */
  private async snapshotFacts(call: SdkCall): Promise<ReadonlyMap<string, SnapshotFacts>> {
    const found = new Map<string, SnapshotFacts>();
    if (call.service !== 'rds') return found;
    for (const [field, value] of Object.entries(call.input)) {
      if (typeof value !== 'string' || !/Identifier$|^ResourceName$/.test(field)) continue;
      const type = /Cluster/.test(field) ? 'cluster-snapshot' : 'snapshot';
      const arn = value.startsWith('arn:') ? value : `arn:aws:rds:${call.region}:${call.account}:${type}:${value}`;
      const facts = await this.lookUp(arn);
      const foreign = arn.split(':')[4] !== call.account;
      if (facts) found.set(arn, foreign ? { ...facts, tags: new Map() } : facts);
    }
    return found;
  }

  /** The key of the topic that a call publishes to. */
  private async topicKey({ action, account, region, input: { TopicArn } }: SdkCall): Promise<string | undefined> {
    if (action !== 'Publish' || typeof TopicArn !== 'string') return undefined;
    const sns = new SNSClient(this.emulator.client(account, region));
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    const key = Attributes?.KmsMasterKeyId;
    return !key || key.startsWith('arn:') ? key || undefined : `arn:aws:kms:${region}:${account}:key/${key}`;
  }

  private async lookUp(arn: string): Promise<SnapshotFacts | undefined> {
    const [, , , region = '', account = '', type = '', ...name] = arn.split(':');
    const rds = new RDSClient(this.emulator.client(account, region));
    try {
      if (type === 'cluster-snapshot') {
        const input = { DBClusterSnapshotIdentifier: name.join(':') };
        const { DBClusterSnapshots: [one] = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand(input));
        return one && { tags: tagMap(one.TagList), keyArn: one.KmsKeyId };
      }
      const input = { DBSnapshotIdentifier: name.join(':') };
      const { DBSnapshots: [one] = [] } = await rds.send(new DescribeDBSnapshotsCommand(input));
      return one && { tags: tagMap(one.TagList), keyArn: one.KmsKeyId };
    } catch (error) {
      if (error instanceof Error && /NotFound/.test(error.name)) return undefined;
      throw error;
    }
  }

  /** Keys that no template of ours made: the databases' own, and those that AWS manages. */
  private async readKeys(accesses: readonly Access[]): Promise<void> {
    for (const { resource } of accesses) {
      if (!resource.startsWith('arn:aws:kms:') || this.keyPolicies.has(resource) || this.book.resourcePolicy(resource))
        continue;
      const [, , , region = '', account = ''] = resource.split(':');
      const kms = new KMSClient(this.emulator.client(account, region));
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: resource }));
      const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: resource, PolicyName: 'default' }));
      const managed = KeyMetadata?.KeyManager === 'AWS';
      const own = Policy ? (JSON.parse(Policy) as PolicyDocument) : defaultKeyPolicy(account);
      this.keyPolicies.set(resource, managed ? awsManagedKeyPolicy('rds', account, region) : own);
    }
  }
}
