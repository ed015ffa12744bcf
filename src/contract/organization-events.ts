/** Names of the events of Organizations that may change who is to be enrolled. Those of units concern whoever is below.
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
