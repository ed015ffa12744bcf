import type { PermissionRow } from './permission-row';
import { ROLES } from './role-patterns';

/** What every step does. */
export const LOG_PERMISSIONS: PermissionRow = {
  by: [ROLES.any],
  may: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  on: ['created AWS::Logs::LogGroup'],
  because: 'A step writes its own log.',
};
