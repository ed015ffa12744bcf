import type { AmbientPower } from '../../contract/inherited-powers';
import type { PolicyDocument } from '../../policy-evaluator/policy';
import { type Asker, asItStands, EVERYTHING, mighty } from './proof-principals';
import type { LandingZone } from './proved-landing-zone';
import type { PromiseId } from './promises';
import type { Subject } from './target-resources';

/** A power over the vault that stands in no template: who has it, through what, and how it can be taken away. */
export interface Ambient {
  readonly allow: AmbientPower;
  readonly asker: Asker;
  readonly action: string;
  readonly subject: Subject;
  readonly promise: PromiseId;
  /** What it comes to, and how it is taken away. */
  readonly because: string;
}

const trust = (
  Principal: PolicyDocument['Statement'] extends never ? never : object,
  Action: string,
  Condition?: object,
) =>
  ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action, ...(Condition && { Condition }) }],
  }) as PolicyDocument;

/**
 * What others can do in the vault although no template says so, by where the vault stands. An account outside the
 * organization has nothing of the kind. Each is asked of the evaluator with the policy that AWS, or the bootstrap, gives it.
 * - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 * - https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
 * - https://docs.aws.amazon.com/controltower/latest/userguide/roles-how.html
 * - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 * - https://docs.aws.amazon.com/accounts/latest/reference/API_StartPrimaryEmailUpdate.html
 * - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_lost-or-broken.html
 * - https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
 * - https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 * - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function ambientIn({ placement, vault, management, organization, regions }: LandingZone): readonly Ambient[] {
  if (placement === 'outside') return [];
  const iam = (account: string, rest: string) => `arn:aws:iam::${account}:${rest}`;
  const subject = (arn: string, policy: PolicyDocument | null, account = vault): Subject => ({
    ...{ arn, account, policy, places: [] },
    where: 'no template of ours',
  });
  const administrator = mighty(iam(management, 'role/administrator'));
  const provider = iam(vault, 'saml-provider/AWSSSO_DO_NOT_DELETE');
  const linked =
    'role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin';
  const home = { AWS: iam(management, 'root') };
  return [
    {
      allow: 'OrganizationAccountAccessRole',
      asker: administrator,
      action: 'sts:AssumeRole',
      subject: subject(iam(vault, 'role/OrganizationAccountAccessRole'), trust(home, 'sts:AssumeRole')),
      promise: 'T2',
      because: 'An account made in the organization has this role: it administers the vault. Delete it in the vault.',
    },
    {
      allow: 'stacksets-exec',
      asker: asItStands({ arn: iam(management, linked), documents: [EVERYTHING], policies: [], region: '' }),
      action: 'sts:AssumeRole',
      subject: subject(iam(vault, 'role/stacksets-exec-0'), trust({ AWS: iam(management, linked) }, 'sts:AssumeRole')),
      promise: 'T8',
      because:
        'A StackSet of the organization deploys whatever it likes into its members. No member can take the role away.',
    },
    {
      allow: 'AWSControlTowerExecution',
      asker: administrator,
      action: 'sts:AssumeRole',
      subject: subject(iam(vault, 'role/AWSControlTowerExecution'), trust(home, 'sts:AssumeRole')),
      promise: 'T2',
      because:
        'Every account that Control Tower manages has this role: it administers the vault. Keep the vault out of Control Tower, and delete the role in the vault.',
    },
    {
      allow: 'AssumeRoot',
      asker: administrator,
      action: 'sts:AssumeRoot',
      subject: subject(iam(vault, 'root'), {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: home, Action: 'sts:AssumeRoot', Resource: '*' }],
      }),
      promise: 'T2',
      because:
        'With centralized root access, management deletes policies of queues and buckets, and sets a new root password. Keep it off.',
    },
    {
      allow: 'root-email',
      asker: administrator,
      action: 'account:StartPrimaryEmailUpdate',
      subject: subject(`arn:aws:account::${management}:account/${organization}/${vault}`, null, management),
      promise: 'T2',
      because:
        'Management changes the email address and the phone number of the root user of a member: with both it resets the password and replaces the MFA device. Nothing in the vault stops it.',
    },
    {
      allow: 'IdentityCenter',
      asker: { principal: provider, identity: [], policies: [] },
      action: 'sts:AssumeRoleWithSAML',
      subject: subject(
        iam(vault, 'role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_0'),
        trust({ Federated: provider }, 'sts:AssumeRoleWithSAML', {
          StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' },
        }),
      ),
      promise: 'T2',
      because:
        'Whoever administers Identity Center can assign himself to the vault, with any permission set. Nothing in the vault stops it.',
    },
    ...regions.slice(0, 1).map(
      (region): Ambient => ({
        allow: 'cdk-bootstrap-trust',
        asker: administrator,
        action: 'sts:AssumeRole',
        subject: subject(
          iam(vault, `role/cdk-hnb659fds-deploy-role-${vault}-${region}`),
          trust(home, 'sts:AssumeRole'),
        ),
        promise: 'T8',
        because:
          'A vault that was bootstrapped with --trust is deployed to from there. Bootstrap it without, and say so.',
      }),
    ),
    {
      allow: 'organization-policies',
      asker: administrator,
      action: 'organizations:AttachPolicy',
      subject: subject(`arn:aws:organizations::${management}:account/${organization}/${vault}`, null, management),
      promise: 'T9',
      because:
        'A service control policy can stop every step of the vault, and management can close the account. No member can prevent it.',
    },
  ];
}
