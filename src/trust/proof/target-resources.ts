import { listOf, type PolicyDocument } from '../../policy-evaluator/policy';
import { accountPart } from '../arn';
import { policiesOf, unreadPoliciesOf } from '../templates/policies-of';
import type { TemplateVariant } from '../templates/template';
import { mergedDocument, type TemplatePolicy } from '../templates/template-policy';
import { isUnresolved } from '../templates/value-location';

/** A resource that the proof tries actions on: its ARN, its policy, and the places of both in a template. */
export interface TargetResource {
  readonly arn: string;
  readonly account: string;
  readonly policy: PolicyDocument | null;
  /** The place of each statement of the policy: `Stack/LogicalId.path`, in order. */
  readonly places: readonly string[];
  /** The place that creates it. */
  readonly where: string;
}

/** A role of a template, and its identity policies. */
export interface TemplateRole {
  readonly arn: string;
  readonly documents: readonly PolicyDocument[];
  readonly policies: readonly { readonly document: PolicyDocument; readonly where: string }[];
  readonly region: string;
}

/** A part of a template that the proof cannot judge. It counts as a counterexample. */
export interface Unjudged {
  readonly arn: string;
  readonly where: string;
  readonly why: string;
}

/** Types that are part of another resource, whose policy includes theirs. */
const PARTS: ReadonlySet<string> = new Set([
  'AWS::Backup::BackupSelection',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::Policy',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::Logs::MetricFilter',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  // It removes permissions in member accounts, and grants none.
  'AWS::Organizations::Policy',
  // It invokes a function of the same stack when the stack is created, updated or deleted.
  'Custom::AwsBackup',
]);

/** Parts of a resource with an ARN, to which the policy of the resource applies. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  'AWS::Logs::LogGroup': [':log-stream:2026/01/01/[$LATEST]0'],
  'AWS::S3::Bucket': ['/coverage/2026-01-01.json', '/anything'],
};

/** Every resource of a template that has an ARN, with its policy. */
export function targetsIn(template: TemplateVariant): readonly TargetResource[] {
  const { account, stackName } = template.place;
  const policies = policiesOf(template).filter(({ kind }) => kind === 'resource' || kind === 'trust');
  const created = [...template.resources].flatMap(([id, { type, arn }]) =>
    arn === undefined ? [] : ['', ...(WITHIN[type] ?? [])].map((end) => ({ arn, end, where: `${stackName}/${id}` })),
  );
  // A policy can belong to a resource that the template does not create.
  const others = policies.filter(({ ownerArn }) => !created.some(({ arn }) => arn === ownerArn));
  const elsewhere = others.map(({ ownerArn, where }) => ({ arn: ownerArn, end: '', where: `${stackName}/${where}` }));
  const all = [...new Map([...created, ...elsewhere].map((one) => [one.arn + one.end, one])).values()];
  return all.map(({ arn, end, where }) => {
    const own = policies.filter(({ ownerArn }) => ownerArn === arn);
    return { arn: arn + end, where, account: accountPart(arn) || account, ...merged(own, stackName) };
  });
}

function merged(own: readonly TemplatePolicy[], stack: string): Pick<TargetResource, 'policy' | 'places'> {
  if (own.length === 0) return { policy: null, places: [] };
  return {
    policy: mergedDocument(own.map(({ document }) => document)),
    places: own.flatMap(({ document, where }) => listOf(document.Statement).map(() => `${stack}/${where}`)),
  };
}

/** The roles, users and groups of a template with their identity policies, and owners that the policies name. */
export function rolesIn(template: TemplateVariant): readonly TemplateRole[] {
  const { region, stackName } = template.place;
  const roles = new Map<string, TemplateRole['policies']>();
  for (const { type, arn } of template.resources.values()) {
    if (arn !== undefined && /^AWS::IAM::(Role|User|Group)$/.test(type)) roles.set(arn, []);
  }
  for (const { kind, ownerArn, document, where } of policiesOf(template)) {
    if (kind !== 'identity') continue;
    roles.set(ownerArn, [...(roles.get(ownerArn) ?? []), { document, where: `${stackName}/${where}` }]);
  }
  return [...roles].map(([arn, policies]) => ({
    arn,
    policies,
    documents: policies.map(({ document }) => document),
    region,
  }));
}

/** The parts of a template that the proof cannot judge: policies outside it, types without an ARN, open values in a policy. */
export function unjudgedIn(template: TemplateVariant): readonly Unjudged[] {
  const { stackName } = template.place;
  const unread = unreadPoliciesOf(template).map(({ where, what }) => ({
    arn: where.split('.')[0] ?? '',
    where: `${stackName}/${where}`,
    why: what,
  }));
  const nameless = [...template.resources].flatMap(([id, { type, arn }]) =>
    arn !== undefined || PARTS.has(type)
      ? []
      : [{ arn: id, where: `${stackName}/${id}`, why: `${type} is not a known resource type` }],
  );
  const open = policiesOf(template)
    .filter(({ document }) => isUnresolved(JSON.stringify(document)))
    .map(({ ownerArn, where }) => ({
      arn: ownerArn,
      where: `${stackName}/${where}`,
      why: 'a value of its policy is known only after deployment',
    }));
  return [...unread, ...nameless, ...open];
}
