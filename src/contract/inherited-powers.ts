/**
 * Powers that principals outside an account have in it because it is a member of their organization, or because of how it was set
 * up. No template of Checkvalve grants them. A configuration may accept one by its name, with a reason.
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
