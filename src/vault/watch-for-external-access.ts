import { Aws, Stack } from 'aws-cdk-lib';
import { CfnAnalyzer } from 'aws-cdk-lib/aws-accessanalyzer';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acceptedPowers, adoptedAnalyzer } from '../config/accepted-powers';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { runbookUrlOf } from '../config/runbook-url';
import { type FindingFilter, inboxFinding, powerFindings } from '../contract/analyzer-findings';
import { NAMES } from '../contract/names';
import { articleUrl, EXTERNAL_ACCESS_ARTICLE } from '../contract/runbook';
import { EXTERNAL_ACCESS_MESSAGE } from './alarm-messages';
import type { VaultAlerts } from './vault-alerts';

/** What the analyzer accepts, and where findings are published. */
export interface WatchForExternalAccessProps {
  readonly config: CheckvalveConfig;
  readonly inbox: IQueue;
  readonly alerts: VaultAlerts;
}

/**
 * IAM Access Analyzer reports each resource of the account that a principal outside the account can use. Archive rules accept
 * two kinds of findings: the inbox, which SNS may send to for topics named `checkvalve-copies`, and roles through which the
 * management account has a power that the configuration accepts. Every other finding is published to the alerts topic.
 */
export class WatchForExternalAccess extends Construct {
  constructor(scope: Construct, id: string, { config, inbox, alerts }: WatchForExternalAccessProps) {
    super(scope, id);
    // AWS allows one analyzer for external access in an account and Region: a second one would fail the whole stack. The rule
    // below receives the findings of the adopted one.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html
    if (adoptedAnalyzer(config) === undefined) this.analyze(config, inbox);
    // Only findings of the account's own analyzer: those of an analyzer of the organization arrive in another account. The
    // status of a finding that an archive rule accepts is ARCHIVED. https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
    const rule = new Rule(this, 'Found', {
      ruleName: NAMES.findingsRule,
      description: 'Checkvalve: a finding of IAM Access Analyzer on external access',
      eventPattern: {
        source: ['aws.access-analyzer'],
        detailType: ['Access Analyzer Finding'],
        account: [Aws.ACCOUNT_ID],
        detail: { status: ['ACTIVE'] },
      },
    });
    const { severity, title, meaning } = EXTERNAL_ACCESS_MESSAGE;
    const url = articleUrl(runbookUrlOf(config), EXTERNAL_ACCESS_ARTICLE);
    const place = Stack.of(this).region;
    alerts.publishFindings(rule, `[${severity}] ${place}: ${title} ${meaning} What to do: ${url}`);
  }

  private analyze(config: CheckvalveConfig, inbox: IQueue): void {
    new CfnAnalyzer(this, 'Analyzer', {
      analyzerName: NAMES.analyzer,
      type: 'ACCOUNT',
      // A finding must meet all criteria of a rule: another statement or condition on the same queue is not archived.
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
      archiveRules: [
        { ruleName: 'inbox-accepts-notifications', filter: inboxFinding(inbox.queueArn).map(asFilter) },
        ...archiveRulesOf(config),
      ],
    });
  }
}

const asFilter = ({ property, eq, contains }: FindingFilter): CfnAnalyzer.FilterProperty => ({
  property,
  ...(eq && { eq: [...eq] }),
  ...(contains && { contains: [...contains] }),
});

/** Archives findings on the roles of powers that the configuration accepts, for the principals that have the power. */
function archiveRulesOf(config: CheckvalveConfig): CfnAnalyzer.ArchiveRuleProperty[] {
  const scope = {
    vault: config.vault.account,
    management: config.organization.managementAccount,
    regions: config.regions,
  };
  return acceptedPowers(config).flatMap((power) =>
    powerFindings(power, scope).map((tests, at) => ({
      ruleName: `accepted-${power}-${at + 1}`,
      filter: tests.map(asFilter),
    })),
  );
}
