import type { InheritedPower } from './inherited-powers';
import { NAMES } from './names';

/** One criterion of an archive rule of IAM Access Analyzer: a property, and the values, or parts of values, that match.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html */
export interface FindingFilter {
  readonly property: string;
  readonly eq?: readonly string[];
  readonly contains?: readonly string[];
}

/** The accounts that a power is between, and the Regions of the vaults. */
export interface PowerScope {
  readonly vault: string;
  readonly management: string;
  readonly regions: readonly string[];
}

/** Roles that `cdk bootstrap --trust` lets other accounts assume, with the names of the default qualifier.
 * https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
const BOOTSTRAP_ROLES = ['deploy', 'file-publishing', 'image-publishing', 'lookup'];
const STACKSETS =
  'role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin';

/** The finding on the inbox, which SNS may send to for topics named `checkvalve-copies`: another statement or condition is
 * another finding. */
export const inboxFinding = (inboxArn: string): readonly FindingFilter[] => [
  { property: 'resource', eq: [inboxArn] },
  { property: 'resourceType', eq: ['AWS::SQS::Queue'] },
  { property: 'condition.aws:SourceArn', eq: [`arn:aws:sns:*:*:${NAMES.copiesTopic}`] },
];

const ROLE: FindingFilter = { property: 'resourceType', eq: ['AWS::IAM::Role'] };

/**
 * The findings that an ambient power causes, each as the criteria that it meets: the ARN of a role and the principal that may
 * assume it. A finding names the root of an account by its ARN or by its number. A power without a role causes no finding.
 */
export function powerFindings(power: InheritedPower, scope: PowerScope): readonly (readonly FindingFilter[])[] {
  const { vault, management, regions } = scope;
  const role = (name: string): string => `arn:aws:iam::${vault}:role/${name}`;
  const byManagement: FindingFilter = {
    property: 'principal.AWS',
    eq: [management, `arn:aws:iam::${management}:root`],
  };
  const shown: Readonly<Record<InheritedPower, readonly (readonly FindingFilter[])[]>> = {
    OrganizationAccountAccessRole: [
      [{ property: 'resource', eq: [role('OrganizationAccountAccessRole')] }, ROLE, byManagement],
    ],
    AWSControlTowerExecution: [[{ property: 'resource', eq: [role('AWSControlTowerExecution')] }, ROLE, byManagement]],
    // AWS chooses the end of the name.
    'stacksets-exec': [
      [
        { property: 'resource', contains: [role('stacksets-exec-')] },
        ROLE,
        { property: 'principal.AWS', eq: [`arn:aws:iam::${management}:${STACKSETS}`] },
      ],
    ],
    IdentityCenter: [
      [
        { property: 'resource', contains: [role('aws-reserved/sso.amazonaws.com/')] },
        ROLE,
        { property: 'principal.Federated', contains: [`arn:aws:iam::${vault}:saml-provider/AWSSSO_`] },
      ],
    ],
    // One rule for each Region, because a criterion takes at most twenty values.
    'cdk-bootstrap-trust': regions.map((region) => [
      { property: 'resource', eq: BOOTSTRAP_ROLES.map((one) => role(`cdk-hnb659fds-${one}-role-${vault}-${region}`)) },
      ROLE,
      byManagement,
    ]),
    AssumeRoot: [],
    'root-email': [],
    'organization-policies': [],
  };
  return shown[power];
}
