import type { InheritedPower } from './inherited-powers';
import { NAMES } from './names';

/** One test that IAM Access Analyzer makes of a finding: a property, and the values or parts of values that pass.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html */
export interface FindingTest {
  readonly property: string;
  readonly eq?: readonly string[];
  readonly contains?: readonly string[];
}

/** Where a power over the vault shows: the accounts, and the Regions in which vaults stand. */
export interface PowerGround {
  readonly vault: string;
  readonly management: string;
  readonly regions: readonly string[];
}

/** Roles that `cdk bootstrap --trust` opens, with the names of the default qualifier; the fourth of its own CloudFormation.
 * https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
const BOOTSTRAP_ROLES = ['deploy', 'file-publishing', 'image-publishing', 'lookup'];
const STACKSETS =
  'role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin';

/** The finding on the inbox, which is open to SNS for topics of our name: another statement or condition is another finding. */
export const shownAtInbox = (inboxArn: string): readonly FindingTest[] => [
  { property: 'resource', eq: [inboxArn] },
  { property: 'resourceType', eq: ['AWS::SQS::Queue'] },
  { property: 'condition.aws:SourceArn', eq: [`arn:aws:sns:*:*:${NAMES.copiesTopic}`] },
];

const ROLE: FindingTest = { property: 'resourceType', eq: ['AWS::IAM::Role'] };

/**
 * The findings by which an ambient power shows: each the tests that all of it pass, roles by their ARNs and whoever may take
 * them. The root of an account is told as its ARN or its number. Powers that are on no role show as none.
 */
export function shownFindings(power: InheritedPower, ground: PowerGround): readonly (readonly FindingTest[])[] {
  const { vault, management, regions } = ground;
  const role = (name: string): string => `arn:aws:iam::${vault}:role/${name}`;
  const byManagement: FindingTest = {
    property: 'principal.AWS',
    eq: [management, `arn:aws:iam::${management}:root`],
  };
  const shown: Readonly<Record<InheritedPower, readonly (readonly FindingTest[])[]>> = {
    OrganizationAccountAccessRole: [
      [{ property: 'resource', eq: [role('OrganizationAccountAccessRole')] }, ROLE, byManagement],
    ],
    AWSControlTowerExecution: [[{ property: 'resource', eq: [role('AWSControlTowerExecution')] }, ROLE, byManagement]],
    // The end of its name is AWS's own.
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
    // A Region at a time: a test takes twenty values at the most.
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
