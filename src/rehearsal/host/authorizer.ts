// Longer than most: one method for each kind of access, and what is looked up for them.

import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  ListTagsForResourceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { Region } from '../../contract/ids';
import { PREFIX, roleNames } from '../../contract/names';
import { tagMap } from '../../contract/tags';
import type { Delivery, DeployedFunction, EventSource, Publication, ResourceKey } from '../../emulator/answers';
import type { Emulator } from '../../emulator/emulator';
import type { PrincipalInput } from '../../policy-evaluator/case';
import type { PolicyDocument } from '../../policy-evaluator/policy';
import type { Access, SnapshotFacts } from '../../trust/implied/access';
import { impliedAccesses } from '../../trust/implied/implied';
import {
  backupRoleAssumption,
  deliveryToQueue,
  eventToQueue,
  functionInvocation,
  functionRoleAssumption,
  impliedByBackup,
  impliedByRunning,
} from '../../trust/implied/service-accesses';
import { publicationToTopic, queueKeyAccesses } from '../../trust/implied/service-messages';
import { awsManagedKeyPolicy, defaultKeyPolicy } from '../../trust/key-policies';
import { decide, PolicyBook, refusalText } from '../../trust/policy-book';
import { rulesByTarget } from '../../trust/templates/rules-by-target';
import type { TemplateVariant } from '../../trust/templates/template';
import type { World } from '../world';
import { deployedTemplates } from './deployed-templates';
import type { CallDecision, SdkCall, Waking } from './sdk-call';

/** How AWS evaluates policies where that is not documented. */
export interface AuthorizerSwitches {
  /** The request tags of a copy are in the context of its source as well. False by default: the stricter. */
  readonly requestTagOnSource?: boolean;
  /** `aws:ResourceAccount` of a shared snapshot is the account that copies it, not the one that owns it. */
  readonly resourceAccountIsCaller?: boolean;
}

/** One access that was evaluated, and its principal. */
export interface EvaluatedAccess {
  readonly principal: PrincipalInput;
  readonly access: Access;
}

/**
 * Authorizes what happens in a rehearsal as AWS would: each call of a handler with all that it implies, each message to a
 * topic and from it, each wake-up of a function, each backup. It evaluates the policies of the deployed templates.
 */
export class Authorizer {
  /** Every access that was evaluated, in order. */
  readonly asked: EvaluatedAccess[] = [];
  private book = new PolicyBook([]);
  private deployed: readonly TemplateVariant[] = [];
  private wakers: ReadonlyMap<string, readonly string[]> = new Map();
  private known: readonly DeployedFunction[] = [];
  private readonly keyPolicies = new Map<string, PolicyDocument | null>();

  constructor(
    private readonly emulator: Emulator,
    private readonly world: World,
    private readonly switches: AuthorizerSwitches = {},
  ) {}

  /** Continues from an authorizer that has evaluated these accesses. */
  recall(asked: readonly EvaluatedAccess[]): void {
    for (const one of asked) this.asked.push(one);
  }

  /** The policies as they are deployed now. */
  async policies(): Promise<PolicyBook> {
    const functions = await this.emulator.functions();
    // Stacks change together with their functions: after a change of functions the book is out of date.
    if (functions !== this.known) {
      const { management, vault, production, regions } = this.world;
      const places = new Set([
        `${management} us-east-1`,
        ...[vault, ...production].flatMap((account) => regions.map((region) => `${account} ${region}`)),
        // Accounts that were enrolled since: an account with a function has a stack.
        ...functions.map(({ account, region }) => `${account} ${region}`),
      ]);
      const templates = await Promise.all(
        [...places].map((place) => {
          const [account = '', region = ''] = place.split(' ');
          return deployedTemplates(this.emulator, account, region);
        }),
      );
      this.deployed = templates.flat();
      this.book = PolicyBook.of(this.deployed);
      this.wakers = rulesByTarget(this.deployed);
      this.known = functions;
    }
    return this.book;
  }

  /** The templates as they are deployed now. */
  async templates(): Promise<readonly TemplateVariant[]> {
    await this.policies();
    return this.deployed;
  }

  /** Authorizes a call that a handler is about to make. */
  readonly call = async (call: SdkCall): Promise<CallDecision> => {
    const [facts, topicKey] = await Promise.all([this.snapshotFacts(call), this.topicKey(call)]);
    const accesses = impliedAccesses(
      { account: call.account, region: call.region, service: call.service, operation: call.action, input: call.input },
      {
        snapshot: (arn) => facts.get(arn),
        topicKey: () => topicKey,
        ...this.switches,
        organizationId: this.world.organization.organizationId ?? '',
      },
    );
    return this.decide(call.roleArn, accesses);
  };

  /** Authorizes a message that SNS is about to put into a queue. */
  readonly delivery = async ({ topicArn, endpoint }: Delivery): Promise<CallDecision> => {
    const service = 'sns.amazonaws.com';
    const key = await this.emulator.keyOf(endpoint);
    const accesses = [deliveryToQueue(topicArn, endpoint), ...queueKeyAccesses(service, topicArn, key.keyArn)];
    return this.decideService(service, accesses, key);
  };

  /** Authorizes a message that a service is about to send to a topic. */
  readonly publication = async ({ service, sourceArn, topicArn }: Publication): Promise<CallDecision> => {
    const key = await this.emulator.keyOf(topicArn);
    return this.decideService(service, publicationToTopic(service, sourceArn, topicArn, key.keyArn), key);
  };

  /** Authorizes EventBridge to invoke a function, or to put an event into the queue of a function. */
  readonly wakeup = async (target: string, ruleArn: string): Promise<CallDecision> => {
    const service = 'events.amazonaws.com';
    if (target.split(':')[2] !== 'sqs') return this.decide({ service }, [functionInvocation(target, ruleArn)]);
    const key = await this.emulator.keyOf(target);
    const accesses = [eventToQueue(ruleArn, target), ...queueKeyAccesses(service, ruleArn, key.keyArn)];
    return this.decideService(service, accesses, key);
  };

  /** Authorizes what Lambda needs before the code of a function runs: it assumes the role, and the role can run the function. */
  readonly running = async (
    { arn, account, region, name, role }: DeployedFunction,
    source?: EventSource,
  ): Promise<CallDecision> => {
    const assumed = await this.decide({ service: 'lambda.amazonaws.com' }, [functionRoleAssumption(arn, role)]);
    if (!assumed.allowed) return assumed;
    const logGroup = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${name}:*`;
    return this.decide(role, impliedByRunning(logGroup, source?.queueArn));
  };

  /** Authorizes a backup of a database under the backup role, into the backup vault of the account's tooling. */
  readonly backup = async (database: string, point: string): Promise<CallDecision> => {
    const [, , , region = '', account = ''] = database.split(':');
    const roles = `arn:aws:iam::${account}:role/${roleNames.backup(region as Region)}-`;
    const role = (await this.policies()).roles.find((arn) => arn.startsWith(roles));
    if (!role) return { allowed: false, message: `There is no role ${roles}… for AWS Backup` };
    const trust = await this.decide({ service: 'backup.amazonaws.com' }, [backupRoleAssumption(role)]);
    if (!trust.allowed) return trust;
    const { keyArn } = (await this.lookUp(point)) ?? {};
    const vault = role.replace(roles, `arn:aws:backup:${region}:${account}:backup-vault:${PREFIX}-`);
    return this.decide(role, impliedByBackup(database, point, keyArn, vault));
  };

  /**
   * Authorizes an invocation: EventBridge may invoke the function, and its role can run it. It evaluates every rule with this
   * target, not only the one that fired: a rule without permission would fail on AWS without a trace.
   */
  readonly invocation = async (functionArn: string, { ruleArn, source }: Waking): Promise<CallDecision> => {
    await this.policies();
    const target = source?.queueArn ?? functionArn;
    for (const rule of new Set([...(ruleArn ? [ruleArn] : []), ...(this.wakers.get(target) ?? [])])) {
      const woken = await this.wakeup(target, rule);
      if (!woken.allowed) return woken;
    }
    const deployed = (await this.emulator.functions()).find(({ arn }) => arn === functionArn);
    return deployed ? this.running(deployed, source) : { allowed: true };
  };

  private async decide(principal: PrincipalInput, accesses: readonly Access[]): Promise<CallDecision> {
    const book = await this.policies();
    await this.readKeys(accesses);
    for (const access of accesses) {
      this.asked.push({ principal, access });
      const { decision, because } = decide(book, principal, access, (arn) => this.keyPolicies.get(arn) ?? null);
      if (decision !== 'Allowed') return { allowed: false, message: refusalText(principal, access, because) };
    }
    return { allowed: true };
  }

  /** The snapshots that a call names, as their owner sees them; tags of another account's snapshot are not condition keys. */
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
  private async topicKey({ action, input: { TopicArn } }: SdkCall): Promise<string | undefined> {
    if (action !== 'Publish' || typeof TopicArn !== 'string') return undefined;
    return (await this.emulator.keyOf(TopicArn)).keyArn ?? undefined;
  }

  /** Authorizes an action of a service, and the use of the key that the action needs. */
  private async decideService(service: string, accesses: readonly Access[], key: ResourceKey): Promise<CallDecision> {
    const { keyArn, enabled } = key;
    if (keyArn && !enabled) {
      return { allowed: false, message: `${service} may not use ${keyArn}: the key is not enabled` };
    }
    return this.decide({ service }, accesses);
  }

  private async lookUp(arn: string): Promise<SnapshotFacts | undefined> {
    const [, , , region = '', account = '', type = '', ...name] = arn.split(':');
    const rds = new RDSClient(this.emulator.client(account, region));
    try {
      if (type === 'cluster-snapshot') {
        const input = { DBClusterSnapshotIdentifier: name.join(':') };
        const { DBClusterSnapshots: [one] = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand(input));
        return one && { tags: tagMap(one.TagList ?? (await tagsOf(rds, arn))), keyArn: one.KmsKeyId };
      }
      const input = { DBSnapshotIdentifier: name.join(':') };
      const { DBSnapshots: [one] = [] } = await rds.send(new DescribeDBSnapshotsCommand(input));
      return one && { tags: tagMap(one.TagList ?? (await tagsOf(rds, arn))), keyArn: one.KmsKeyId };
    } catch (error) {
      if (error instanceof Error && /NotFound/.test(error.name)) return undefined;
      throw error;
    }
  }

  /** Reads the policies of keys that no template creates: those of the databases, and those that AWS manages. */
  private async readKeys(accesses: readonly Access[]): Promise<void> {
    for (const { resource } of accesses) {
      if (!resource.startsWith('arn:aws:kms:') || this.keyPolicies.has(resource) || this.book.resourcePolicy(resource))
        continue;
      const [, , , region = '', account = ''] = resource.split(':');
      const kms = new KMSClient(this.emulator.client(account, region));
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: resource })).catch(nothingIfMissing);
      // A tag may name a key that does not exist: it has no policy, so that a principal with permission gets AWS's own error.
      if (!KeyMetadata) continue;
      const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: resource, PolicyName: 'default' }));
      const managed = KeyMetadata.KeyManager === 'AWS';
      const managedFor = /alias\/aws\/(\w+)/.exec(KeyMetadata.Description ?? '')?.[1] ?? 'rds';
      const own = Policy ? (JSON.parse(Policy) as PolicyDocument) : defaultKeyPolicy(account);
      this.keyPolicies.set(resource, managed ? awsManagedKeyPolicy(managedFor, account, region) : own);
    }
  }
}

const tagsOf = async (rds: RDSClient, ResourceName: string) =>
  (await rds.send(new ListTagsForResourceCommand({ ResourceName }))).TagList;

function nothingIfMissing(error: unknown): { readonly KeyMetadata?: undefined } {
  if (error instanceof Error && error.name === 'NotFoundException') return {};
  throw error;
}
