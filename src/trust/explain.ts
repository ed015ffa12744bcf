import { CheckvalveError } from '../contract/errors';
import { jsonFault } from '../files/json-fault';
import { parseAccessCase } from '../policy-evaluator/case';
import { type Decision, evaluate } from '../policy-evaluator/evaluate';
import { unknownAction } from './proof/action-catalog';

/**
 * Decides the access case written in a JSON text. Throws CheckvalveError for text that is not JSON with each name once
 * in an object, or is no case, for an action that AWS does not have, and for what the evaluator does not support.
 */
export async function explainCase(text: string): Promise<Decision> {
  const fault = jsonFault(text);
  if (fault) {
    throw new CheckvalveError(
      'INVALID_CASE',
      `The access case is not JSON: line ${fault.line}, column ${fault.column}: ${fault.why}`,
      'Give a file that holds one JSON object.',
    );
  }
  const access = parseAccessCase(JSON.parse(text));
  await checkAction(access.action);
  return evaluate(access);
}

/** An answer about an action that AWS does not have would be about nothing. */
async function checkAction(action: string): Promise<void> {
  const found = await unknownAction(action);
  if (found === undefined) return;
  const { nearest, asOf } = found;
  throw new CheckvalveError(
    'INVALID_CASE',
    `No AWS service has the action ${action} (AWS's reference of ${asOf.reference}, addendum of ${asOf.addendum}); the nearest is ${nearest}`,
    'Correct the action. If AWS has added it since, add it to src/trust/proof/action-addendum.ts.',
  );
}
