import type { AccountClients } from '../../../../src/operations/probe/clients';
import type { Scope } from '../../../../src/operations/probe/probe';
import { refusalOf } from '../../../../src/operations/probe/refusals';
import { clusterSnapshotEnd, instanceSnapshotEnd } from '../../../../src/operations/probe/snapshots';

const refused = (name: string, httpStatusCode = 400) => {
  const error = Object.assign(new Error(`AWS says ${name}`), { name, $metadata: { httpStatusCode } });
  return () => Promise.reject(error);
};

test.each(['AccessDenied', 'InvalidDBSnapshotState', 'KMSKeyNotAccessibleFault', 'InvalidParameterCombination'])(
  '%s answers the question of a probe',
  async (name) => {
    expect(await refusalOf(refused(name))).toMatchObject({ name });
  },
);

test.each([
  ['SnapshotQuotaExceeded', 400],
  ['LimitExceededException', 400],
  ['DBSnapshotNotFoundFault', 404],
  ['DBSnapshotAlreadyExists', 400],
  ['OperationInProgressException', 409],
  ['Throttling', 400],
  ['ExpiredToken', 403],
  ['InternalFailure', 500],
  ['TimeoutError', 0],
])('%s does not answer the question of a probe', async (name, status) => {
  await expect(refusalOf(refused(name, status))).rejects.toThrow(name);
});

test('a full quota answers a probe about quotas', async () => {
  expect(await refusalOf(refused('SnapshotQuotaExceeded'), { quotas: true })).toMatchObject({
    name: 'SnapshotQuotaExceeded',
  });
});

/** Polls once, as if the 90 minutes had passed. */
const scope = { within: (_: number, observe: () => Promise<unknown>) => observe() } as unknown as Scope;
const snapshot = (Status: string) =>
  ({
    rds: { send: async () => ({ DBSnapshots: [{ Status }], DBClusterSnapshots: [{ Status }] }) },
  }) as unknown as AccountClients;

describe.each([
  ['an instance', instanceSnapshotEnd],
  ['a cluster', clusterSnapshotEnd],
])('a snapshot of %s', (_, end) => {
  test.each(['available', 'failed', 'error', 'cancelled', 'incompatible-restore', 'incompatible-network'])(
    'ends as %s',
    async (status) => {
      expect(await end(scope, snapshot(status), 'asked')).toBe(status);
    },
  );

  test.each(['creating', 'copying', 'pending'])('that is still %s at the time limit is no answer', async (status) => {
    await expect(end(scope, snapshot(status), 'asked')).rejects.toThrow(
      `The snapshot asked is ${status} after 90 minutes`,
    );
  });
});
