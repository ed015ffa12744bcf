import { CheckvalveError } from '../contract/errors';
import { parseAccessCase } from '../policy-evaluator/case';
import { duplicateKeyIn } from '../policy-evaluator/duplicate-key';
import { type AccessDecision, evaluate } from '../policy-evaluator/evaluate';
import { unknownAction } from './proof/action-catalog';

/**
 * Decides the access case of a JSON text. Throws CheckvalveError for text that is not JSON, that has a key twice in one object,
 * or that is not a case, for an action that AWS does not have, and for a policy that the evaluator does not support.
 */
export async function explainCase(text: string): Promise<AccessDecision> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckvalveError(
      'INVALID_CASE',
      `The access case is not JSON: ${reason}`,
      'Give a file that holds one JSON object.',
      { cause },
    );
  }
  const twice = duplicateKeyIn(text);
  if (twice !== null) {
    throw new CheckvalveError(
      'INVALID_CASE',
      `The access case has the key ${JSON.stringify(twice)} twice in one object`,
      'Write each key once: JSON keeps only the last one.',
    );
  }
  const access = parseAccessCase(json);
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
