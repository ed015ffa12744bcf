import { retainedResources } from '../../../../src/operations/teardown/retained-resources';
import { resourcesOf, templatesOf } from '../../../support/synthesized';

const { vault, management, source } = templatesOf();

test.each([
  ['vault', vault],
  ['management', management],
  ['source', source],
])('every resource that the template of the %s retains has a reason', (_, template) => {
  const retained = Object.entries(resourcesOf(template)).filter(
    ([, { DeletionPolicy }]) => DeletionPolicy === 'Retain',
  );
  const found = retainedResources('222200001111', template);
  expect(found.map(({ id }) => id)).toEqual(retained.map(([id]) => id));
  expect(found.filter(({ because }) => because.startsWith('its template'))).toEqual([]);
});

test('a resource that does not exist is not retained', () => {
  const template = JSON.stringify({ Resources: { Key: { Type: 'AWS::KMS::Key', DeletionPolicy: 'Retain' } } });
  expect(retainedResources('222200001111', template, {})).toEqual([]);
  expect(retainedResources('222200001111', template, { Key: 'k-1' })).toMatchObject([
    { id: 'k-1', type: 'AWS::KMS::Key' },
  ]);
});
