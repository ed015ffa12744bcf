import { Aws, Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import type { Allowance } from '../constructs/permissions';
import { Step } from '../constructs/step';
import { ENV } from '../contract/env';
import { NAMES, roleNames } from '../contract/names';
import type { Registry } from './registry';

/** What enroll-accounts needs around it. */
export interface EnrollAccountsProps {
  readonly config: CheckvalveConfig;
  readonly code: string;
  readonly registry: Registry;
}

/** Names of the organization's events after which an account may have to be enrolled or let go. */
const ACCOUNT_EVENTS = [
  'AcceptHandshake',
  'AccountDepartedOrganization',
  'AccountJoinedOrganization',
  'CloseAccountResult',
  'CreateAccountResult',
  'DeleteOrganizationalUnit',
  'MoveAccount',
  'RemoveAccountFromOrganization',
  'TagResource',
  'UntagResource',
];

/** The step enroll-accounts: woken by what happens to accounts, and by a daily sweep for what nobody told. */
export class EnrollAccounts extends Construct {
  constructor(scope: Construct, id: string, { config, code, registry }: EnrollAccountsProps) {
    super(scope, id);
    const { stackSet, registryTable, settings } = ENV.enrollAccounts;
    const { handler } = new Step(this, 'Step', {
      step: 'enroll-accounts',
      roleName: roleNames.managementStep('enroll-accounts'),
      code,
      environment: {
        [stackSet]: NAMES.stackSet,
        [registryTable]: registry.tableName,
        [settings]: JSON.stringify({
          rootId: config.organization.rootId,
          managementAccount: config.organization.managementAccount,
          vaultAccount: config.vault.account,
          targetUnits: config.organization.targetUnits,
          tag: config.accountTag,
          regions: config.regions,
          exemptions: config.exemptions,
        }),
      },
      may: permissions(config, registry),
    });
    const targets = [new LambdaFunction(handler)];
    // Matched by name alone: their shapes differ, and what they say is not read.
    // https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-organizations.html
    new Rule(this, 'AccountEvents', {
      description: 'Checkvalve: something happened to an account',
      eventPattern: { source: ['aws.organizations'], detail: { eventName: ACCOUNT_EVENTS } },
      targets,
    });
    new Rule(this, 'TagEvents', {
      description: 'Checkvalve: an account was tagged',
      eventPattern: { source: ['aws.tag'], detail: { service: ['organizations'], 'resource-type': ['account'] } },
      targets,
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: looks at the whole organization',
      schedule: Schedule.rate(Duration.days(1)),
      targets,
    });
  }
}

function permissions({ organization }: CheckvalveConfig, registry: Registry): readonly Allowance[] {
  const { managementAccount: account, id } = organization;
  const stackSet = `arn:aws:cloudformation:${Aws.REGION}:${account}:stackset/${NAMES.stackSet}:*`;
  return [
    // Organizations lets a listing of accounts not be limited to a resource.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    {
      sid: 'ListAccounts',
      actions: ['organizations:ListAccounts'],
      resources: ['*'],
      because: 'Organizations lets a listing of accounts not be limited to a resource.',
    },
    {
      sid: 'ReadAccounts',
      actions: ['organizations:ListParents', 'organizations:ListTagsForResource'],
      resources: [`arn:aws:organizations::${account}:account/${id}/*`, `arn:aws:organizations::${account}:ou/${id}/*`],
      because: 'Every account and unit of the organization may have to be looked at.',
    },
    {
      sid: 'ListInstances',
      actions: ['cloudformation:ListStackInstances'],
      resources: [stackSet],
      because: 'The id in the ARN of a StackSet is known only once it is made.',
    },
    // Besides the StackSet, CloudFormation asks for the types and the target of its operation.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
    {
      sid: 'CreateInstances',
      actions: ['cloudformation:CreateStackInstances'],
      resources: [
        stackSet,
        `arn:aws:cloudformation:*:${account}:stackset-target/${NAMES.stackSet}:*/*`,
        `arn:aws:cloudformation:${Aws.REGION}::type/resource/*`,
      ],
      because:
        'The id in the ARN of a StackSet is known only once it is made; CloudFormation asks for its resource types as well.',
    },
    { sid: 'KeepRegistry', actions: ['dynamodb:PutItem', 'dynamodb:Scan'], resources: [registry.tableArn] },
  ];
}
