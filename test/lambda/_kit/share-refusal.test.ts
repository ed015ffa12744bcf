import { shareRefusal } from '../../../lambda/_kit/aws/copy-refusal';

const answer = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  ['InvalidDBSnapshotState', 'The snapshot is creating; only an available snapshot can be shared.', 'wait'],
  ['InvalidDBSnapshotState', 'Cannot share an encrypted snapshot in creating state', 'wait'],
  ['InvalidDBClusterSnapshotStateFault', 'The snapshot is not available and cannot be shared', 'wait'],
  ['InvalidDBSnapshotState', 'The DB snapshot cannot be shared', 'wait'],
  ['InvalidDBSnapshotState', 'The option group holds permanent options: TDE', 'refused'],
  ['InvalidDBSnapshotState', 'A snapshot encrypted under the default key cannot be shared', 'refused'],
  ['SharedSnapshotQuotaExceeded', 'You have exceeded the maximum number of accounts', 'full'],
  ['SharedSnapshotQuotaExceededFault', 'no', 'full'],
  ['DBSnapshotNotFound', 'no', 'gone'],
  ['DBClusterSnapshotNotFoundFault', 'no', 'gone'],
])('%s: “%s” is %s', (name, message, kind) => expect(shareRefusal(answer(name, message))).toMatchObject({ kind }));

test.each(['Throttling', 'InternalFailure', 'AccessDenied', 'InvalidParameterValue'])('%s is a surprise', (name) =>
  expect(shareRefusal(answer(name, 'an option'))).toBeUndefined(),
);
