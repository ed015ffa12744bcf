import type { InheritedPower } from '../../contract/inherited-powers';

/** A power of a service's delegated administrator over the members of an organization. */
export interface DelegatedPower {
  readonly service: string;
  /** The id with which a configuration accepts the power over the vault. */
  readonly power: InheritedPower;
  readonly may: string;
  /** Whether the power reaches the tooling in the sources, for any placement of the vault. */
  readonly everywhere?: boolean;
}

/** The services whose delegated administrators have power over members.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
 * https://docs.aws.amazon.com/accounts/latest/reference/using-orgs-delegated-admin.html
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html */
export const DELEGATED_POWERS: readonly DelegatedPower[] = [
  {
    service: 'member.org.stacksets.cloudformation.amazonaws.com',
    power: 'stacksets-exec',
    may: 'can deploy StackSets to every member',
    everywhere: true,
  },
  {
    service: 'iam.amazonaws.com',
    power: 'AssumeRoot',
    may: 'can start root sessions in every member where centralized root access is enabled',
  },
  {
    service: 'account.amazonaws.com',
    power: 'root-email',
    may: 'can change the email address of the root user of every member',
  },
  {
    service: 'sso.amazonaws.com',
    power: 'IdentityCenter',
    may: 'can assign users and permissions of Identity Center in every member',
  },
];

/** The services whose delegated administrators are checked for a placement of the vault. */
export const servicesOf = (placement: 'outside' | 'inside'): readonly string[] =>
  DELEGATED_POWERS.filter(({ everywhere }) => everywhere || placement === 'inside').map(({ service }) => service);
