import type { PolicyDocument, PolicyStatement } from '../../policy-evaluator/policy';
import { listOf } from '../../policy-evaluator/policy';
import { policiesOf, unseenPoliciesOf } from '../templates/policies-of';
import { isUnresolved } from '../templates/value-location';
import type { TemplateVariant } from '../templates/template';
import type { TemplatePolicy } from '../templates/template-policy';

/** Something whose uses are judged: its ARN, its own policy, and where that stands. */
export interface Subject {
  readonly arn: string;
  readonly account: string;
  readonly policy: PolicyDocument | null;
  /** Where each statement of the policy stands: `Stack/LogicalId.path`, in order. */
  readonly places: readonly string[];
  /** Where it is made. */
  readonly where: string;
}

/** A role and what it allows itself. */
export interface RoleOf {
  readonly arn: string;
  readonly documents: readonly PolicyDocument[];
  readonly policies: readonly { readonly document: PolicyDocument; readonly where: string }[];
  readonly region: string;
}

/** Something that cannot be judged: it is guilty. */
export interface Unjudged {
  readonly arn: string;
  readonly where: string;
  readonly why: string;
}

/** Types that are part of another resource: their policies are judged as its. */
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
  // Takes rights away in member accounts, and gives none.
  'AWS::Organizations::Policy',
  // A call of a function of the same stack when the stack comes, changes or goes.
  'Custom::AwsBackup',
]);

/** What stands within a resource and has an ARN of its own; the policy of the whole counts for it. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  'AWS::Logs::LogGroup': [':log-stream:2026/01/01/[$LATEST]0'],
  'AWS::S3::Bucket': ['/coverage/2026-01-01.json', '/anything'],
};

const statementsOf = ({ Statement }: PolicyDocument): readonly PolicyStatement[] => listOf(Statement);

/** Everything in a template that has an ARN, with its own policy. */
export function subjectsIn(template: TemplateVariant): readonly Subject[] {
  const { account, stackName } = template.place;
  const policies = policiesOf(template).filter(({ kind }) => kind === 'resource' || kind === 'trust');
  const made = [...template.resources].flatMap(([id, { type, arn }]) =>
    arn === undefined ? [] : ['', ...(WITHIN[type] ?? [])].map((end) => ({ arn, end, where: `${stackName}/${id}` })),
  );
  // A policy of something that the template does not make is a policy all the same.
  const others = policies.filter(({ ownerArn }) => !made.some(({ arn }) => arn === ownerArn));
  const unmade = others.map(({ ownerArn, where }) => ({ arn: ownerArn, end: '', where: `${stackName}/${where}` }));
  const all = [...new Map([...made, ...unmade].map((one) => [one.arn + one.end, one])).values()];
  return all.map(({ arn, end, where }) => {
    const own = policies.filter(({ ownerArn }) => ownerArn === arn);
    return { arn: arn + end, where, account: arn.split(':')[4] || account, ...merged(own, stackName) };
  });
}

function merged(own: readonly TemplatePolicy[], stack: string): Pick<Subject, 'policy' | 'places'> {
  if (own.length === 0) return { policy: null, places: [] };
  const [first] = own;
  return {
    policy:
      own.length === 1 && first
        ? first.document
        : { Version: '2012-10-17', Statement: own.flatMap(({ document }) => statementsOf(document)) },
    places: own.flatMap(({ document, where }) => statementsOf(document).map(() => `${stack}/${where}`)),
  };
}

/** The roles of a template, with what they allow themselves; those that others name in a policy of theirs as well. */
export function rolesIn(template: TemplateVariant): readonly RoleOf[] {
  const { region, stackName } = template.place;
  const roles = new Map<string, RoleOf['policies']>();
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

/** What in a template nobody can judge: policies that are elsewhere, types without an ARN, values left open in a policy. */
export function unjudgedIn(template: TemplateVariant): readonly Unjudged[] {
  const { stackName } = template.place;
  const unseen = unseenPoliciesOf(template).map(({ where, what }) => ({
    arn: where.split('.')[0] ?? '',
    where: `${stackName}/${where}`,
    why: what,
  }));
  const nameless = [...template.resources].flatMap(([id, { type, arn }]) =>
    arn !== undefined || PARTS.has(type)
      ? []
      : [{ arn: id, where: `${stackName}/${id}`, why: `nobody knows what a ${type} lets others do` }],
  );
  const open = policiesOf(template)
    .filter(({ document }) => isUnresolved(JSON.stringify(document)))
    .map(({ ownerArn, where }) => ({
      arn: ownerArn,
      where: `${stackName}/${where}`,
      why: 'a value of its policy is known only once it is deployed',
    }));
  return [...unseen, ...nameless, ...open];
}
