import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DynamoEnrollment } from '../../../lambda/_kit/aws/dynamo-enrollment';
import type { EnrollmentRegistry } from '../../../lambda/_kit/ports/registry';
import { loadOf } from '../../../lambda/management/enroll-accounts/cells';
import type { EnrollmentSettings } from '../../contract/enrollment-settings';
import { CheckvalveError } from '../../contract/errors';
import type { AccountId } from '../../contract/ids';
import { MANAGEMENT_REGION, NAMES } from '../../contract/names';
import { callAws } from '../call-aws';
import { type MoveRequest, type PlannedMove, planMove } from './plan-move';

/** The registry, as the command uses it. */
export type MoveRegistry = Pick<EnrollmentRegistry, 'of' | 'change' | 'cellLoad'>;

/** A request without its author and time. */
export type NewMove = Omit<MoveRequest, 'by' | 'at'>;

/** Plans each move from the registry as it is now. Nothing is written, and one that cannot be planned ends the command. */
export async function planMoves(
  requests: readonly NewMove[],
  { by, at }: Pick<MoveRequest, 'by' | 'at'>,
  { registry, cells }: { readonly registry: MoveRegistry; readonly cells: EnrollmentSettings['cells'] },
): Promise<readonly PlannedMove[]> {
  const entries = await registry.of(requests.map(({ account }) => account));
  const load = new Map(loadOf(await registry.cellLoad(), cells));
  return requests.map((request) => {
    const planned = planMove(entries.get(request.account), { ...request, by, at }, { cells, load });
    if (planned.outcome === 'ordered') load.set(planned.to, (load.get(planned.to) ?? 0) + 1);
    return planned;
  });
}

/** Writes the orders. An entry that was changed since it was read is not written: the command can be repeated. */
export async function recordMoves(moves: readonly PlannedMove[], registry: MoveRegistry): Promise<void> {
  for (const { entry } of moves) if (entry) await registry.change(entry);
}

/**
 * The registry of the management account, and the caller's ARN, with the credentials that the SDK finds.
 * @throws CheckvalveError `ACCESS_DENIED` for credentials of another account
 */
export async function registryOf(
  management: AccountId,
  settings: { readonly endpoint?: string } = {},
): Promise<{ readonly registry: MoveRegistry; readonly by: string }> {
  const client = { region: MANAGEMENT_REGION, ...settings };
  const { Account, Arn = 'unknown' } = await callRegistry(management, () =>
    new STSClient(client).send(new GetCallerIdentityCommand({})),
  );
  if (Account !== management) {
    throw new CheckvalveError(
      'ACCESS_DENIED',
      `The credentials belong to account ${Account}, and the management account is ${management}`,
      'Use credentials of the management account: the registry is there.',
    );
  }
  return { registry: new DynamoEnrollment(new DynamoDBClient(client), NAMES.registryTable), by: Arn };
}

/** Calls the registry, and turns an error into a message with a remedy. */
export const callRegistry = <T>(management: AccountId, call: () => Promise<T>): Promise<T> =>
  callAws(
    {
      failed: 'The move could not be recorded',
      whose: `the management account ${management}`,
      needs: `dynamodb:BatchGetItem, dynamodb:Scan and dynamodb:PutItem on the table ${NAMES.registryTable}`,
      helps: 'Deploy the management account if the table is missing, then run the command again; it is safe to repeat.',
    },
    call,
  );
