import { FLOW, folderOf } from '../../../src/contract/flow';
import { roleNames } from '../../../src/contract/names';

test('the flow begins where accounts are enrolled and ends in the vault', () => {
  expect(FLOW.map(folderOf)).toEqual([
    'management/enroll-accounts',
    'management/watch-rollout',
    'source/enable-backup',
    'source/export-snapshots',
    'vault/follow-sources',
    'vault/import-copies',
    'vault/prune-copies',
    'vault/report-coverage',
  ]);
});

test('no step copies back to an account of an earlier step', () => {
  const order = ['management', 'source', 'vault'];
  const places = FLOW.map(({ account }) => order.indexOf(account));
  expect(places).toEqual([...places].sort());
});

test.each(FLOW)('$name is a unique verb phrase, short enough for the name of a role, with a sentence', (step) => {
  expect(step.name).toMatch(/^[a-z]+(-[a-z]+)+$/);
  expect(FLOW.filter(({ name }) => name === step.name)).toHaveLength(1);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; the longest Region has 14 letters.
  expect(roleNames.managementStep(`${step.name}-ap-southeast-1`).length).toBeLessThanOrEqual(64);
  expect(step.sentence).toMatch(/^[A-Z].+\.$/);
});
