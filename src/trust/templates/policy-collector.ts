import type { PolicyDocument } from '../../policy-evaluator/policy';
import { executionRoleFaults } from './execution-role';
import { permissionStatementOf, targetFunctionArnOf } from './lambda-permission';
import { Owners } from './policy-owners';
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  list,
  type ResolvedResource,
  type TemplateVariant,
  texts,
} from './template';
import type { TemplatePolicy, TemplatePolicyKind, UnreadPolicy } from './template-policy';

/** The property that holds the policy of a resource type, its kind, and its owners. */
interface PolicyPlace {
  readonly kind: TemplatePolicyKind;
  readonly path: readonly string[];
  /** Null: the owners name the policy, and it is collected with them. */
  readonly ownersOf: (resource: ResolvedResource, owners: Owners) => readonly string[] | null;
}

const itself: PolicyPlace['ownersOf'] = ({ arn }) => (arn === undefined ? [] : [arn]);

const PLACES: ReadonlyMap<string, PolicyPlace> = new Map<string, PolicyPlace>([
  ['AWS::IAM::Role', { kind: 'trust', path: ['AssumeRolePolicyDocument'], ownersOf: itself }],
  [
    'AWS::IAM::Policy',
    { kind: 'identity', path: ['PolicyDocument'], ownersOf: ({ properties }, owners) => owners.attachedTo(properties) },
  ],
  [
    'AWS::IAM::ManagedPolicy',
    { kind: 'identity', path: ['PolicyDocument'], ownersOf: (policy, owners) => owners.ofManagedPolicy(policy) },
  ],
  ['AWS::KMS::Key', { kind: 'resource', path: ['KeyPolicy'], ownersOf: itself }],
  [
    'AWS::SQS::QueuePolicy',
    { kind: 'resource', path: ['PolicyDocument'], ownersOf: ({ properties }, owners) => owners.queues(properties) },
  ],
  [
    'AWS::SNS::TopicPolicy',
    { kind: 'resource', path: ['PolicyDocument'], ownersOf: ({ properties }) => texts(properties.Topics) },
  ],
  [
    'AWS::S3::BucketPolicy',
    { kind: 'resource', path: ['PolicyDocument'], ownersOf: ({ properties }) => [`arn:aws:s3:::${properties.Bucket}`] },
  ],
  ['AWS::Backup::BackupVault', { kind: 'resource', path: ['AccessPolicy'], ownersOf: itself }],
  ['AWS::DynamoDB::Table', { kind: 'resource', path: ['ResourcePolicy', 'PolicyDocument'], ownersOf: itself }],
]);

/** Collects the policies of resources. */
export class PolicyCollector {
  readonly policies: TemplatePolicy[] = [];
  readonly unread: UnreadPolicy[] = [];
  /** Places of documents that were read. */
  private readonly read = new Set<string>();
  private readonly owners: Owners;

  constructor(private readonly template: TemplateVariant) {
    this.owners = new Owners(template);
  }

  /** Collects the policies of one resource. */
  collect(logicalId: string, resource: ResolvedResource): void {
    const place = PLACES.get(resource.type);
    if (place !== undefined) {
      const document = place.path.reduce<Json | undefined>(part, resource.properties);
      const owners = place.ownersOf(resource, this.owners);
      const path = place.path.join('.');
      if (owners === null) this.read.add(`${logicalId}.Properties.${path}`);
      else this.add(place.kind, owners, logicalId, path, document);
    }
    if (/^AWS::IAM::(Role|User|Group)$/.test(resource.type)) this.principal(logicalId, resource);
    if (resource.type === 'AWS::Lambda::Permission') this.permission(logicalId, resource.properties);
    if (resource.type === 'AWS::Organizations::Policy') this.denials(logicalId, resource.properties.Content);
    if (resource.type === 'AWS::CloudFormation::StackSet') this.executionRole(logicalId, resource.properties);
    this.noteUnknownDocuments(resource.properties, logicalId, ['Properties']);
  }

  // The role is created in the target accounts. It counts as read when its permissions stay in them.
  private executionRole(logicalId: string, { ExecutionRoleTemplateBody: body }: JsonObject): void {
    if (executionRoleFaults(body, this.template.place.account).length > 0) return;
    this.read.add(`${logicalId}.Properties.ExecutionRoleTemplateBody`);
  }

  // Inline policies, attached ones and the boundary of a role, user or group.
  private principal(logicalId: string, { arn, properties }: ResolvedResource): void {
    const owner = arn === undefined ? [] : [arn];
    for (const [i, policy] of list(properties.Policies).entries()) {
      this.add('identity', owner, logicalId, `Policies.${i}.PolicyDocument`, part(policy, 'PolicyDocument'));
    }
    for (const [i, policyArn] of texts(properties.ManagedPolicyArns).entries()) {
      this.attached('identity', owner, logicalId, `ManagedPolicyArns.${i}`, policyArn);
    }
    const boundary = properties.PermissionsBoundary;
    if (typeof boundary === 'string') this.attached('boundary', owner, logicalId, 'PermissionsBoundary', boundary);
  }

  private attached(
    kind: 'identity' | 'boundary',
    owner: readonly string[],
    logicalId: string,
    path: string,
    policyArn: string,
  ): void {
    const held = [...this.template.resources].find(
      ([, each]) => each.type === 'AWS::IAM::ManagedPolicy' && each.arn === policyArn,
    );
    if (held === undefined) {
      this.unread.push({ where: `${logicalId}.Properties.${path}`, what: `${policyArn} is not in this template` });
      return;
    }
    this.add(kind, owner, held[0], 'PolicyDocument', held[1].properties.PolicyDocument);
  }

  private permission(logicalId: string, properties: JsonObject): void {
    const { place } = this.template;
    const ownerArn = targetFunctionArnOf(properties, place);
    const Statement = permissionStatementOf(properties, ownerArn, logicalId);
    const document: PolicyDocument = { Version: '2012-10-17', Statement };
    this.policies.push({ kind: 'resource', ownerArn, document, where: `${logicalId}.Properties` });
  }

  // A policy of the organization grants nothing. It counts as read when it only denies.
  private denials(logicalId: string, content: Json | undefined): void {
    const document = typeof content === 'string' ? parsed(content) : content;
    const statements = isObject(document) ? list(document.Statement) : [];
    const denies = (each: Json): boolean => isObject(each) && each.Effect === 'Deny';
    if (statements.length > 0 && statements.every(denies)) this.read.add(`${logicalId}.Properties.Content`);
  }

  private add(
    kind: TemplatePolicyKind,
    owners: readonly string[],
    logicalId: string,
    path: string,
    value: Json | undefined,
  ): void {
    const where = `${logicalId}.Properties.${path}`;
    const document = typeof value === 'string' ? parsed(value) : value;
    if (document === undefined) return;
    if (!isObject(document) || owners.length === 0) {
      this.unread.push({
        where,
        what: owners.length === 0 ? 'no owner is known' : 'it is not a policy document',
      });
      return;
    }
    this.read.add(where);
    for (const ownerArn of owners) {
      this.policies.push({ kind, ownerArn, document: document as unknown as PolicyDocument, where });
    }
  }

  // A value that looks like a policy and was not collected is reported, so that no new kind of policy is missed.
  private noteUnknownDocuments(value: Json, logicalId: string, path: readonly string[]): void {
    const where = [logicalId, ...path].join('.');
    if (this.read.has(where)) return;
    const content = typeof value === 'string' && value.trimStart().startsWith('{') ? parsed(value) : value;
    if (isObject(content) && list(content.Statement).some((each) => isObject(each) && 'Effect' in each)) {
      this.unread.push({ where, what: 'a policy in an unknown property' });
      return;
    }
    const entries = isList(content) ? content.entries() : isObject(content) ? Object.entries(content) : [];
    for (const [key, each] of entries) this.noteUnknownDocuments(each, logicalId, [...path, String(key)]);
  }
}

function part(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? value[key] : undefined;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
