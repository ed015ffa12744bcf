/** Events of Organizations that may change which accounts are enrolled. An event of a unit concerns all accounts below it.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html */
export const ORGANIZATION_EVENTS = [
  'AcceptHandshake',
  'AccountDepartedOrganization',
  'AccountJoinedOrganization',
  'CloseAccount',
  'CloseAccountResult',
  'CreateAccountResult',
  'CreateOrganizationalUnit',
  'DeleteOrganizationalUnit',
  'MoveAccount',
  'RemoveAccountFromOrganization',
  'TagResource',
  'UntagResource',
  'UpdateOrganizationalUnit',
] as const;
