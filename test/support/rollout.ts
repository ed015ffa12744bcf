import type { RegionRollout, RegistryEntry } from '../../lambda/_kit/ports/registry';
import type { StackInstance } from '../../lambda/_kit/ports/stack-instances';
import type { AccountId } from '../../src/contract/ids';
import { HERE, type ManagementWorld, SOURCE } from './enrollment';

/** An instance of the tooling's StackSet in the source account. */
export const instance = (standing: StackInstance['standing'], more: Partial<StackInstance> = {}): StackInstance => ({
  account: SOURCE,
  region: HERE,
  standing,
  ...more,
});

/** The registry entry of an enrolled account. */
export const registryEntry = (account: AccountId, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  account,
  state: 'enrolled',
  regions: [HERE],
  since: '2026-01-01T12:00:00.000Z',
  reason: 'tagged environment=production',
  revision: 1,
  ...more,
});

/** The event of an operation of the StackSet that ended. */
export const operationEvent = (operation = 'operation-1', status = 'SUCCEEDED') => ({
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation StackSet Operation Status Change',
  detail: { 'stack-set-operation-id': operation, action: 'CREATE', 'status-details': { status, 'status-reason': '' } },
});

/** The rollout that the registry records for an account. */
export const rolloutOf = ({ registry }: ManagementWorld, account: AccountId = SOURCE): RegionRollout | undefined =>
  registry.held.get(account)?.rollout?.[HERE];

/** The StackSet's operations that repaired instances. */
export const repairsOf = ({ stackSet }: ManagementWorld) =>
  stackSet.operations.filter(({ action }) => action === 'UPDATE');
