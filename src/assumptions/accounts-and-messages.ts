import type { Assumption } from './assumption';

const TWO_SANDBOXES = 'It needs the management account of an organization; two sandboxes have none.';

/** Assumptions about Organizations, StackSets, SNS, EventBridge, IAM and prices. */
export const ACCOUNTS_AND_MESSAGES: readonly Assumption[] = [
  {
    id: 'stack-instances-of-moved-accounts-are-found-through-the-root',
    statement:
      '`DeleteStackInstances` with the root and `INTERSECTION` finds the instance of an account that has moved to another OU.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html',
    reliedOnIn: ['lambda/_kit/aws/tooling-instances.ts'],
    ifWrong: 'The tooling stays in an account that has moved out of the OUs.',
    mitigation:
      '`enroll-accounts` lists the instance in each run, tries again and sends an alert. The tooling that stays can share only with the vault.',
    probe: { id: 'stack-instance-delete-after-move' },
  },
  {
    id: 'updates-of-the-stack-set-keep-its-instances',
    statement:
      'When CloudFormation updates the properties of a StackSet, it keeps the instances that a Lambda function has added, and rolls out a new template to them.',
    certainty: 'inferred',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html',
    reliedOnIn: ['src/management/tooling-stack-set.ts'],
    ifWrong: 'An upgrade removes the tooling, or does not update it.',
    mitigation: '`enroll-accounts` adds missing instances and updates outdated ones within a day.',
    probe: { none: TWO_SANDBOXES },
  },
  {
    id: 'joined-and-departed-events-name-the-account',
    statement:
      'The events `AccountJoinedOrganization` and `AccountDepartedOrganization` arrive in us-east-1, with the account id somewhere in `serviceEventDetails`.',
    certainty: 'unknown',
    source: 'https://aws.amazon.com/about-aws/whats-new/2026/05/aws-organizations-cloudtrail/',
    reliedOnIn: ['src/contract/organization-events.ts', 'lambda/management/enroll-accounts/parse-event.ts'],
    ifWrong: 'No event starts the enrollment of an account that joins.',
    mitigation: 'An event is only a wakeup: `enroll-accounts` lists all accounts by itself once a day.',
    probe: { none: `${TWO_SANDBOXES} An account would have to join and leave.` },
  },
  {
    id: 'tag-events-of-organizations-follow-the-api',
    statement:
      'The events of `TagResource`, `UntagResource` and `RemoveAccountFromOrganization` carry the parameters of the API in lower camel case.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html',
    reliedOnIn: ['lambda/management/enroll-accounts/parse-event.ts'],
    ifWrong: 'Such an event starts a run without an account.',
    mitigation: 'Without an account, the run checks all accounts.',
    probe: { none: TWO_SANDBOXES },
  },
  {
    id: 'tagging-an-account-enrolls-it',
    statement: 'Any principal with `organizations:TagResource` can enroll an account or end its enrollment.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging_abac.html',
    reliedOnIn: ['lambda/management/enroll-accounts/decide-account.ts'],
    ifWrong: 'Fewer principals can do it.',
    mitigation:
      'The vault enrolls and releases a limited number of accounts per day; beyond that an operator decides, and copies stay.',
    probe: { none: 'It does no harm if it is wrong.' },
  },
  {
    id: 'sns-sends-the-organization-to-queues',
    statement: 'SNS puts `aws:SourceOrgID` into the context when it delivers to a queue.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html',
    reliedOnIn: [],
    ifWrong: 'A condition on it would block every message.',
    mitigation: 'No code relies on it: the policy of the inbox has a condition on `aws:SourceArn`.',
    probe: { none: 'No code relies on it, and the sandboxes need not be in an organization.' },
  },
  {
    id: 'eventbridge-sends-no-source-account-to-keys',
    statement:
      'EventBridge sends neither `aws:SourceAccount` nor `aws:SourceArn` with its calls to the key of a topic, so that a condition on them blocks its events.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html',
    reliedOnIn: ['src/vault/vault-alerts.ts'],
    ifWrong: 'The key policy could have the condition too.',
    mitigation: 'The policy of the topic has the condition, and a failed invocation raises an alarm.',
    probe: { id: 'eventbridge-key-condition' },
  },
  {
    id: 'one-analyzer-per-account-and-region',
    statement:
      'In a Region, an account has at most one analyzer for external access with the account as the zone of trust.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html',
    reliedOnIn: ['src/vault/watch-for-external-access.ts'],
    ifWrong: 'A second analyzer would do no harm.',
    mitigation: 'The configuration can name an existing analyzer, and `doctor` reports it before the deployment.',
    probe: { id: 'second-analyzer' },
  },
  {
    id: 'connections-end-when-aws-ends-them',
    statement: 'The endpoints of AWS keep an idle connection for at least some seconds.',
    certainty: 'unknown',
    reliedOnIn: ['lambda/_kit/aws/assumed-roles.ts'],
    ifWrong: 'The SDK opens more connections, and a run takes longer.',
    mitigation: 'The SDK retries a call on a closed connection; the number of connections is limited.',
    probe: { none: 'A closed connection costs one retry.' },
  },
  {
    id: 'prices-are-those-of-the-documentation',
    statement:
      'Exports to S3 and logically air-gapped vaults cost what secondary sources state; AWS’s price pages could not be read.',
    certainty: 'unknown',
    source: 'https://aws.amazon.com/backup/pricing/',
    reliedOnIn: [],
    ifWrong: 'An estimate is wrong.',
    mitigation: 'No code relies on it: Checkvalve uses neither.',
    probe: { none: 'An account has no API for prices.' },
  },
  {
    id: 'probe-prices-are-upper-bounds',
    statement:
      'A `db.t4g.micro` with 20 GB, an Aurora cluster without an instance, and their snapshots cost less than the maximum costs of the probes.',
    certainty: 'inferred',
    source: 'https://aws.amazon.com/rds/postgresql/pricing/',
    reliedOnIn: ['src/operations/probe/probes.ts'],
    ifWrong: 'A run costs some cents more than its maximum.',
    mitigation: 'The maximum is several times the cost of the resources for six hours.',
    probe: { none: 'The bill shows it.' },
  },
];
