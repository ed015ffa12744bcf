import type { AccountClients } from '../../../../src/operations/probe/clients';
import type { Scope } from '../../../../src/operations/probe/probe';
import { refusalOf } from '../../../../src/operations/probe/refusals';
import { clusterSnapshotEnd, instanceSnapshotEnd } from '../../../../src/operations/probe/snapshots';

const refused = (name: string, httpStatusCode = 400) => {
  const error = Object.assign(new Error(`AWS says ${name}`), { name, $metadata: { httpStatusCode } });
  return () => Promise.reject(error);
};

test.each(['AccessDenied', 'InvalidDBSnapshotState', 'KMSKeyNotAccessibleFault', 'InvalidParameterCombination'])(
  '%s is an answer to what a probe asks',
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
])('%s says nothing about what a probe asks', async (name, status) => {
  await expect(refusalOf(refused(name, status))).rejects.toThrow(name);
});

test('a full quota is an answer to a probe that asks about quotas', async () => {
  expect(await refusalOf(refused('SnapshotQuotaExceeded'), { quotas: true })).toMatchObject({
    name: 'SnapshotQuotaExceeded',
  });
});

/** Looks once, and gives up: as after 90 minutes. */
const scope = { within: (_: number, look: () => Promise<unknown>) => look() } as unknown as Scope;
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

  test.each(['creating', 'copying', 'pending'])('that is still %s in the end is no answer', async (status) => {
    await expect(end(scope, snapshot(status), 'asked')).rejects.toThrow(
      `The snapshot asked is ${status} after 90 minutes`,
    );
  });
});
