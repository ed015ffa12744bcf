import type { InheritedPower } from '../../contract/inherited-powers';

/** What the delegated administrator of a service can do to members of an organization. */
export interface DelegatedPower {
  readonly service: string;
  /** Under which name a configuration accepts it over the vault. */
  readonly power: InheritedPower;
  readonly may: string;
  /** Whether it reaches the sources' tooling, wherever the vault stands. */
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
    may: 'may deploy StackSets into every member',
    everywhere: true,
  },
  {
    service: 'iam.amazonaws.com',
    power: 'AssumeRoot',
    may: 'may take root sessions in every member, where centralized root access is on',
  },
  {
    service: 'account.amazonaws.com',
    power: 'root-email',
    may: 'may change the email address of the root user of every member',
  },
  {
    service: 'sso.amazonaws.com',
    power: 'IdentityCenter',
    may: 'may assign people and permissions of Identity Center in every member',
  },
];

/** The services whose delegated administrators matter to a vault that stands there. */
export const servicesOf = (placement: 'outside' | 'inside'): readonly string[] =>
  DELEGATED_POWERS.filter(({ everywhere }) => everywhere || placement === 'inside').map(({ service }) => service);
