import { Aws } from 'aws-cdk-lib';
import { CfnAnalyzer } from 'aws-cdk-lib/aws-accessanalyzer';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acceptedPowers, adoptedAnalyzer } from '../config/accepted-powers';
import type { CheckvalveConfig } from '../config/checkvalve-config';
import { type FindingFilter, inboxFinding, powerFindings } from '../contract/analyzer-findings';
import { NAMES } from '../contract/names';
import type { Alerts } from './alerts';

/** Heading of the article in docs/runbook.md, and the beginning of the message. */
export const OPENING = 'something in the vault is open to others';

/** What is watched, and what of it is accepted. */
export interface WatchForOpeningsProps {
  readonly config: CheckvalveConfig;
  readonly inbox: IQueue;
  readonly alerts: Alerts;
}

/**
 * IAM Access Analyzer looks at what stands in the account, whoever put it there, and tells of each thing that lets in somebody
 * outside. Accepted are the bell at the inbox, the one access role of the vault that is open to SNS, for topics of our name, and the
 * roles through which management has a power that the configuration accepts. Every other finding is told to people.
 */
export class WatchForOpenings extends Construct {
  constructor(scope: Construct, id: string, { config, inbox, alerts }: WatchForOpeningsProps) {
    super(scope, id);
    // One analyzer for external access in an account and Region: a second one would fail the whole stack. The rule below hears the
    // findings of the one that is there.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-external.html
    if (adoptedAnalyzer(config) === undefined) this.analyze(config, inbox);
    // The account's own findings alone: an analyzer of the organization tells in another account. Whatever an archive rule
    // accepts comes as ARCHIVED. https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
    const rule = new Rule(this, 'Found', {
      ruleName: NAMES.findingsRule,
      description: `Checkvalve: ${OPENING}`,
      eventPattern: {
        source: ['aws.access-analyzer'],
        detailType: ['Access Analyzer Finding'],
        account: [Aws.ACCOUNT_ID],
        detail: { status: ['ACTIVE'] },
      },
    });
    alerts.tellFrom(rule, `Checkvalve: ${OPENING}. What to do: docs/runbook.md, “${OPENING}”.`);
  }

  private analyze(config: CheckvalveConfig, inbox: IQueue): void {
    new CfnAnalyzer(this, 'Analyzer', {
      analyzerName: NAMES.analyzer,
      type: 'ACCOUNT',
      // All criteria must be met: another statement on the same queue, or another condition, is a finding.
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html
      archiveRules: [
        { ruleName: 'the-bell-at-the-inbox', filter: inboxFinding(inbox.queueArn).map(asFilter) },
        ...acceptedOpenings(config),
      ],
    });
  }
}

const asFilter = ({ property, eq, contains }: FindingFilter): CfnAnalyzer.FilterProperty => ({
  property,
  ...(eq && { eq: [...eq] }),
  ...(contains && { contains: [...contains] }),
});

/** What nobody is told of: findings on the roles of powers that are accepted by name, for those who have the power. */
function acceptedOpenings(config: CheckvalveConfig): CfnAnalyzer.ArchiveRuleProperty[] {
  const ground = {
    vault: config.vault.account,
    management: config.organization.managementAccount,
    regions: config.regions,
  };
  return acceptedPowers(config).flatMap((power) =>
    powerFindings(power, ground).map((tests, at) => ({
      ruleName: `accepted-${power}-${at + 1}`,
      filter: tests.map(asFilter),
    })),
  );
}
