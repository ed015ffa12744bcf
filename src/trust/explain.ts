import { CheckvalveError } from '../contract/errors';
import { jsonFault } from '../files/json-fault';
import type { AccessDecision } from '../policy-evaluator/decision';
import { evaluate } from '../policy-evaluator/evaluate';
import { parseAccessCase } from '../policy-evaluator/parse-case';
import { unknownAction } from './proof/action-catalog';

/**
 * Decides the access case of a JSON text. Throws CheckvalveError for text that is not JSON, that has a key twice in one object,
 * or that is not a case, for an action that AWS does not have, and for a policy that the evaluator does not support.
 */
export async function explainCase(text: string): Promise<AccessDecision> {
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

/** Refuses an action that AWS does not have: its decision would mean nothing. */
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
