import type { Assumption } from './assumption';

const TWO_SANDBOXES = 'It takes the management account of an organization; two sandboxes have none.';

/** What Organizations, StackSets, SNS, EventBridge, IAM and prices do. */
export const ACCOUNTS_AND_MESSAGES: readonly Assumption[] = [
  {
    id: 'stack-instances-of-moved-accounts-are-found-through-the-root',
    statement:
      '`DeleteStackInstances` with the root and `INTERSECTION` finds the instance of an account that has moved to another unit.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html',
    reliedOnIn: ['lambda/_kit/aws/tooling-instances.ts'],
    ifWrong: 'The tooling stays in an account that has moved out of the units.',
    harmlessBy:
      '`enroll-accounts` sees the instance in each run, tries again and alerts people. The tooling that stays can only share with the vault.',
    probe: { id: 'stack-instance-delete-after-move' },
  },
  {
    id: 'updates-of-the-stack-set-keep-its-instances',
    statement:
      'CloudFormation leaves instances alone that a Lambda function has added to a StackSet, when it updates the StackSet’s own properties, and rolls a new template out to them.',
    certainty: 'inferred',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html',
    reliedOnIn: ['src/management/tooling-stack-set.ts'],
    ifWrong: 'An upgrade removes the tooling, or does not reach it.',
    harmlessBy: '`enroll-accounts` adds missing instances and updates outdated ones within a day.',
    probe: { none: TWO_SANDBOXES },
  },
  {
    id: 'joined-and-departed-events-name-the-account',
    statement:
      'The events `AccountJoinedOrganization` and `AccountDepartedOrganization` arrive in us-east-1, with the account somewhere in `serviceEventDetails`.',
    certainty: 'unknown',
    source: 'https://aws.amazon.com/about-aws/whats-new/2026/05/aws-organizations-cloudtrail/',
    reliedOnIn: ['src/contract/organization-events.ts', 'lambda/management/enroll-accounts/wake-up.ts'],
    ifWrong: 'No event starts the enrollment of an account that joins.',
    harmlessBy: 'An event is only a wakeup: `enroll-accounts` lists all accounts by itself once a day.',
    probe: { none: `${TWO_SANDBOXES} An account would have to join and to leave.` },
  },
  {
    id: 'tag-events-of-organizations-follow-the-api',
    statement:
      'The events of `TagResource`, `UntagResource` and `RemoveAccountFromOrganization` carry the parameters of the API in lower camel case.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html',
    reliedOnIn: ['lambda/management/enroll-accounts/wake-up.ts'],
    ifWrong: 'Such an event starts a run that does not know for which account.',
    harmlessBy: 'Without an account, the run looks at all of them.',
    probe: { none: TWO_SANDBOXES },
  },
  {
    id: 'tagging-an-account-enrolls-it',
    statement: 'Any principal with `organizations:TagResource` can enroll an account or end its enrollment.',
    certainty: 'inferred',
    source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging_abac.html',
    reliedOnIn: ['lambda/management/enroll-accounts/judge.ts'],
    ifWrong: 'Fewer principals can do it.',
    harmlessBy:
      'The vault follows and leaves a limited number of accounts a day, beyond it a person decides, and copies stay.',
    probe: { none: 'Wrong does no harm.' },
  },
  {
    id: 'sns-tells-queues-its-organization',
    statement: 'SNS puts `aws:SourceOrgID` into the context when it delivers to a queue.',
    certainty: 'unknown',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html',
    reliedOnIn: [],
    ifWrong: 'A condition on it would keep every message out.',
    harmlessBy: 'Nothing relies on it: the policy of the inbox asks for `aws:SourceArn`.',
    probe: { none: 'Nothing relies on it, and the sandboxes need not be in an organization.' },
  },
  {
    id: 'eventbridge-sends-no-source-account-to-keys',
    statement:
      'EventBridge sends neither `aws:SourceAccount` nor `aws:SourceArn` with its calls to the key of a topic, so that a condition on them keeps its events out.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html',
    reliedOnIn: ['src/vault/vault-alerts.ts'],
    ifWrong: 'The condition could stand in the key policy as well.',
    harmlessBy: 'The policy of the topic has the condition, and a failed invocation raises an alarm.',
    probe: { id: 'eventbridge-key-condition' },
  },
  {
    id: 'one-analyzer-an-account-and-region',
    statement: 'An account has at most one analyzer of external access with itself as the zone of trust in a Region.',
    certainty: 'documented',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html',
    reliedOnIn: ['src/vault/watch-for-external-access.ts'],
    ifWrong: 'A second analyzer would do no harm.',
    harmlessBy: 'The configuration can name an analyzer that exists, and `doctor` says so before the deployment.',
    probe: { id: 'second-analyzer' },
  },
  {
    id: 'connections-end-when-aws-ends-them',
    statement: 'The endpoints of AWS keep an idle connection for at least some seconds.',
    certainty: 'unknown',
    reliedOnIn: ['lambda/_kit/aws/assumed-roles.ts'],
    ifWrong: 'The SDK makes more connections, and a run takes longer.',
    harmlessBy: 'The SDK repeats a call on a connection that has ended; the number of connections is bounded.',
    probe: { none: 'A closed connection costs one repeated call.' },
  },
  {
    id: 'prices-are-those-of-the-documentation',
    statement:
      'Exports to S3 and air-gapped vaults cost what secondary sources say; AWS’s price pages were not readable.',
    certainty: 'unknown',
    source: 'https://aws.amazon.com/backup/pricing/',
    reliedOnIn: [],
    ifWrong: 'An estimate is off.',
    harmlessBy: 'Nothing relies on it: Checkvalve uses neither.',
    probe: { none: 'Prices are no API of an account.' },
  },
  {
    id: 'probe-prices-are-upper-bounds',
    statement:
      'A `db.t4g.micro` with 20 GB, an Aurora cluster without an instance, and their snapshots cost less than the probes say.',
    certainty: 'inferred',
    source: 'https://aws.amazon.com/rds/postgresql/pricing/',
    reliedOnIn: ['src/operations/probe/probes.ts'],
    ifWrong: 'A run costs some cents more than it says.',
    harmlessBy: 'The bounds are several times what the resources cost for six hours.',
    probe: { none: 'The bill says it.' },
  },
];
