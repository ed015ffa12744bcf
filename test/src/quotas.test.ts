import { config } from '../../src/checkvalve.config';
import { resourcesOf, templatesOf } from '../support/synthesized';

/** The quotas in the environment of the steps of a template. */
const quotasIn = (template: string): unknown[] =>
  Object.values(resourcesOf(template)).flatMap(({ Type, Properties: { Environment } = {} }) => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const { CHECKVALVE_LIMITS: limits } = (Environment as { Variables: Record<string, string> }).Variables;
    const { manualSnapshotQuota } = JSON.parse(limits ?? '{}') as { manualSnapshotQuota?: number };
    return manualSnapshotQuota === undefined ? [] : [manualSnapshotQuota];
  });

test('a raised quota of the vault applies to the vault only, not to the sources', () => {
  const { vault, source } = templatesOf({ ...config, vault: { ...config.vault, manualSnapshotQuota: 4000 } });
  expect([quotasIn(vault), quotasIn(source)]).toEqual([[4000], [100]]);
});
