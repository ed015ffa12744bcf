import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { StepLambda } from '../constructs/step-lambda';
import { registryAccessOf } from '../contract/cells';
import * as ENV from '../contract/env';
import { accountId, region } from '../contract/ids';
import { MANAGEMENT_REGION, NAMES, roleArn, roleNames } from '../contract/names';
import type { InboxQueue } from './inbox';
import type { VaultSourcesTable } from './sources';

/** What `follow-sources` needs. */
export interface FollowSourcesProps {
  readonly config: CheckvalveConfig;
  readonly code: string;
  readonly inbox: InboxQueue;
  readonly sources: VaultSourcesTable;
}

/** The step `follow-sources`: each hour it reads the registry and subscribes the inbox to the topic of every enrolled account. */
export class FollowSources extends Construct {
  constructor(scope: Construct, id: string, { config, code, inbox, sources }: FollowSourcesProps) {
    super(scope, id);
    const here = region(Stack.of(this).region);
    const names = ENV.followSources;
    const accessRole = roleArn(accountId(config.organization.managementAccount), registryAccessOf(config.cell));
    const { handler } = new StepLambda(this, 'Step', {
      step: 'follow-sources',
      roleName: roleNames.vaultStep('follow-sources', here),
      code,
      environment: {
        [names.registryAccessArn]: accessRole,
        [names.registryTable]: NAMES.registryTable,
        [names.registryRegion]: MANAGEMENT_REGION,
        [names.sourcesTable]: sources.tableName,
        [names.inboxArn]: inbox.queue.queueArn,
        [names.limits]: JSON.stringify({
          maxNewAccountsPerDay: config.limits.maxNewAccountsPerDay,
          cell: config.cell,
        }),
      },
      may: [
        { sid: 'AssumeRegistryAccess', actions: ['sts:AssumeRole'], resources: [accessRole] },
        { sid: 'KeepSources', actions: ['dynamodb:PutItem', 'dynamodb:Scan'], resources: [sources.tableArn] },
        {
          sid: 'Subscribe',
          actions: ['sns:Subscribe'],
          resources: [`arn:aws:sns:${here}:*:${NAMES.copiesTopic}`],
          because: 'The registry says which accounts are followed: any account may have such a topic.',
        },
      ],
    });
    new Rule(this, 'Sweep', {
      description: 'Checkvalve: reads the registry and subscribes to every enrolled source',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(handler)],
    });
  }
}
