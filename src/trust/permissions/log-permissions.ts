import type { Reach } from './permission-row';
import { ROLES } from './role-patterns';

/** What every step does. */
export const LOG_REACH: Reach = {
  by: [ROLES.any],
  may: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  on: ['made AWS::Logs::LogGroup'],
  because: 'A step writes its own log.',
};
