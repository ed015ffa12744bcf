import type { InheritedPower } from '../../contract/inherited-powers';
import type { ConditionElement, PolicyDocument, PrincipalElement } from '../../policy-evaluator/policy';
import type { PromiseId } from './promises';
import { EVERYTHING, type ProofPrincipal, withAdministratorAccess, withOwnPolicies } from './proof-principals';
import type { ProvedLandingZone } from './proved-landing-zone';
import type { TargetResource } from './target-resources';

/** A power over the vault that no template grants: the principal, the access, and how to remove it. */
export interface InheritedPowerCase {
  readonly allow: InheritedPower;
  readonly principal: ProofPrincipal;
  readonly action: string;
  readonly target: TargetResource;
  readonly promise: PromiseId;
  /** What it allows, and how to remove it. */
  readonly because: string;
}

const trust = (Principal: PrincipalElement, Action: string, Condition?: ConditionElement): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action, ...(Condition && { Condition }) }],
});

/**
 * The powers over the vault that it inherits from its place in an organization. A vault outside the organization has none. The
 * evaluator decides each with the policy that AWS, or `cdk bootstrap`, creates.
 * - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 * - https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
 * - https://docs.aws.amazon.com/controltower/latest/userguide/roles-how.html
 * - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 * - https://docs.aws.amazon.com/accounts/latest/reference/API_StartPrimaryEmailUpdate.html
 * - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_lost-or-broken.html
 * - https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
 * - https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 * - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 *
 * Longer than most: one list of the powers.
 */
export function inheritedPowersIn({
  placement,
  vault,
  management,
  organization,
  regions,
}: ProvedLandingZone): readonly InheritedPowerCase[] {
  if (placement === 'outside') return [];
  const iam = (account: string, rest: string) => `arn:aws:iam::${account}:${rest}`;
  const target = (arn: string, policy: PolicyDocument | null, account = vault): TargetResource => ({
    arn,
    account,
    policy,
    places: [],
    where: 'no template of Checkvalve',
  });
  const administrator = withAdministratorAccess(iam(management, 'role/administrator'));
  const provider = iam(vault, 'saml-provider/AWSSSO_DO_NOT_DELETE');
  const linked =
    'role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin';
  const home = { AWS: iam(management, 'root') };
  return [
    {
      allow: 'OrganizationAccountAccessRole',
      principal: administrator,
      action: 'sts:AssumeRole',
      target: target(iam(vault, 'role/OrganizationAccountAccessRole'), trust(home, 'sts:AssumeRole')),
      promise: 'T2',
      because:
        'AWS creates this role in each account that the organization creates. It has administrator access to the vault. Delete it in the vault.',
    },
    {
      allow: 'stacksets-exec',
      principal: withOwnPolicies({ arn: iam(management, linked), documents: [EVERYTHING], policies: [], region: '' }),
      action: 'sts:AssumeRole',
      target: target(iam(vault, 'role/stacksets-exec-0'), trust({ AWS: iam(management, linked) }, 'sts:AssumeRole')),
      promise: 'T8',
      because: 'A StackSet of the organization deploys any template into a member. No member can remove the role.',
    },
    {
      allow: 'AWSControlTowerExecution',
      principal: administrator,
      action: 'sts:AssumeRole',
      target: target(iam(vault, 'role/AWSControlTowerExecution'), trust(home, 'sts:AssumeRole')),
      promise: 'T2',
      because:
        'Every account that Control Tower manages has this role. It has administrator access to the vault. Keep the vault out of Control Tower, and delete the role in the vault.',
    },
    {
      allow: 'AssumeRoot',
      principal: administrator,
      action: 'sts:AssumeRoot',
      target: target(iam(vault, 'root'), {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: home, Action: 'sts:AssumeRoot', Resource: '*' }],
      }),
      promise: 'T2',
      because:
        'With centralized root access, the management account can delete policies of queues and buckets, and set a new root password. Do not enable it.',
    },
    {
      allow: 'root-email',
      principal: administrator,
      action: 'account:StartPrimaryEmailUpdate',
      target: target(`arn:aws:account::${management}:account/${organization}/${vault}`, null, management),
      promise: 'T2',
      because:
        'The management account can change the email address and the phone number of a member’s root user, and with both reset the password and replace the MFA device. Nothing in the vault prevents it.',
    },
    {
      allow: 'IdentityCenter',
      principal: { id: provider, identityPolicies: [], policies: [] },
      action: 'sts:AssumeRoleWithSAML',
      target: target(
        iam(vault, 'role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_0'),
        trust({ Federated: provider }, 'sts:AssumeRoleWithSAML', {
          StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' },
        }),
      ),
      promise: 'T2',
      because:
        'An administrator of Identity Center can assign any identity to the vault, with any permission set. Nothing in the vault prevents it.',
    },
    ...regions.slice(0, 1).map(
      (region): InheritedPowerCase => ({
        allow: 'cdk-bootstrap-trust',
        principal: administrator,
        action: 'sts:AssumeRole',
        target: target(iam(vault, `role/cdk-hnb659fds-deploy-role-${vault}-${region}`), trust(home, 'sts:AssumeRole')),
        promise: 'T8',
        because:
          'An account that `cdk bootstrap --trust` names can deploy to the vault. Bootstrap the vault without it, and accept this power.',
      }),
    ),
    {
      allow: 'organization-policies',
      principal: administrator,
      action: 'organizations:AttachPolicy',
      target: target(`arn:aws:organizations::${management}:account/${organization}/${vault}`, null, management),
      promise: 'T9',
      because:
        'A service control policy can stop every step in the vault, and the management account can close the account. No member can prevent it.',
    },
  ];
}
