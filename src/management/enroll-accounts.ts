import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { enrollmentSettings } from '../config/enrollment-settings';
import type { Allowance } from '../constructs/permissions';
import { StepLambda } from '../constructs/step-lambda';
import type { Cell } from '../contract/cells';
import * as ENV from '../contract/env';
import { roleNames } from '../contract/names';
import { ORGANIZATION_EVENTS } from '../contract/organization-events';
import type { ManagementAlerts } from './management-alerts';
import type { RegistryTable } from './registry';
import { changeInstances, readStackSet, stackSetsOf } from './stack-set-permissions';
import { WorkQueue } from './work-queue';

/** What a step of the management account needs. */
export interface ManagementStepProps {
  readonly config: CheckvalveConfig;
  readonly code: string;
  readonly registry: RegistryTable;
  readonly alerts: ManagementAlerts;
}

/** Bytes of the cells in the settings. All variables of a function have 4 KB.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_CELLS_BYTES = 2_800;

/** Why the cells do not fit into the environment of the function. */
export function cellsFaults(cells: readonly Cell[]): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(cells));
  if (bytes <= MAX_CELLS_BYTES) return [];
  return [
    `The ${cells.length} cells have ${bytes} bytes in the settings of enroll-accounts, and the environment of its function has room for ${MAX_CELLS_BYTES}: give fewer cells, or shorter names`,
  ];
}

/** The step `enroll-accounts`: woken by events of accounts, and by a daily sweep that finds what no event reported. */
export class EnrollAccounts extends Construct {
  constructor(scope: Construct, id: string, { config, code, registry, alerts }: ManagementStepProps) {
    super(scope, id);
    const names = ENV.enrollAccounts;
    const settings = enrollmentSettings(config);
    this.node.addValidation({ validate: () => cellsFaults(settings.cells) });
    const queue = new WorkQueue(this, 'Work', { step: 'enroll-accounts', alerts });
    const { handler } = new StepLambda(this, 'Step', {
      step: 'enroll-accounts',
      roleName: roleNames.managementStep('enroll-accounts'),
      code,
      environment: {
        [names.registryTable]: registry.tableName,
        [names.alertsTopic]: alerts.topic.topicArn,
        [names.queue]: queue.url,
        [names.runbookUrl]: alerts.runbookUrl,
        [names.settings]: JSON.stringify(settings),
      },
      may: [...permissions(config, registry), ...queue.permissions(), ...alerts.publishPermissions()],
    });
    queue.feed(handler);
    const targets = [new LambdaFunction(handler)];
    // The rule matches names only: the shapes of these events differ, and their content decides nothing.
    // https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-organizations.html
    new Rule(this, 'AccountEvents', {
      description: 'Checkvalve: an account or a unit of the organization changed',
      eventPattern: { source: ['aws.organizations'], detail: { eventName: [...ORGANIZATION_EVENTS] } },
      targets,
    });
    new Rule(this, 'TagEvents', {
      description: 'Checkvalve: a tag of an account changed',
      eventPattern: { source: ['aws.tag'], detail: { service: ['organizations'], 'resource-type': ['account'] } },
      targets,
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: observes all accounts of the organization',
      schedule: Schedule.rate(Duration.days(1)),
      targets,
    });
  }
}

function permissions(config: CheckvalveConfig, registry: RegistryTable): readonly Allowance[] {
  const { managementAccount: account, id } = config.organization;
  const stackSets = stackSetsOf(config);
  return [
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    {
      sid: 'ListAccounts',
      actions: ['organizations:ListAccounts'],
      resources: ['*'],
      because: 'Organizations supports no resources for listing accounts.',
    },
    {
      sid: 'ReadAccounts',
      actions: ['organizations:DescribeAccount', 'organizations:ListParents', 'organizations:ListTagsForResource'],
      resources: [`arn:aws:organizations::${account}:account/${id}/*`, `arn:aws:organizations::${account}:ou/${id}/*`],
      because: 'The step may have to read every account and unit of the organization.',
    },
    readStackSet(stackSets, ['cloudformation:ListStackInstances']),
    changeInstances(stackSets, ['cloudformation:CreateStackInstances', 'cloudformation:DeleteStackInstances']),
    {
      sid: 'KeepRegistry',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:Scan'],
      resources: [registry.tableArn],
    },
  ];
}
