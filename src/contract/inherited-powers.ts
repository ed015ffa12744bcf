/**
 * Power that others have in an account because it is a member of their organization, or was prepared in a certain way: it
 * stands in no template of ours. A configuration may accept one by its name, with a reason.
 */
export const INHERITED_POWERS = [
  'OrganizationAccountAccessRole',
  'stacksets-exec',
  'AWSControlTowerExecution',
  'AssumeRoot',
  'root-email',
  'IdentityCenter',
  'cdk-bootstrap-trust',
  'organization-policies',
] as const;

/** The name of an ambient power. */
export type InheritedPower = (typeof INHERITED_POWERS)[number];
