import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../ports/log';

/** Logs facts as JSON, one a line, under the step's name. */
export function jsonLog(step: string): Log {
  const logger = new Logger({ serviceName: step });
  return (event, fields = {}) => logger.info(event, { facts: fields });
}

/** Logs the snapshots that RDS describes in an unexpected way. */
export const logUnreadable = (log: Log) => (snapshot: string, because: string) =>
  log('snapshot.unreadable', { snapshot, because });
