import { config } from '../../src/checkvalve.config';
import { resourcesOf, templatesOf } from '../support/synthesized';

/** What the steps of a template are told of quotas. */
const told = (template: string): unknown[] =>
  Object.values(resourcesOf(template)).flatMap(({ Type, Properties: { Environment } = {} }) => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const { CHECKVALVE_LIMITS: limits } = (Environment as { Variables: Record<string, string> }).Variables;
    const { manualSnapshotQuota } = JSON.parse(limits ?? '{}') as { manualSnapshotQuota?: number };
    return manualSnapshotQuota === undefined ? [] : [manualSnapshotQuota];
  });

test('a raised quota of the vault is the vault’s alone: in the sources our part stays a part of theirs', () => {
  const { vault, source } = templatesOf({ ...config, vault: { ...config.vault, manualSnapshotQuota: 4000 } });
  expect([told(vault), told(source)]).toEqual([[4000], [100]]);
});
