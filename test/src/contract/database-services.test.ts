import { readFileSync } from 'node:fs';
import {
  CLUSTER_SERVICES,
  clusterServiceOf,
  DATABASE_SERVICES,
  isDatabaseService,
} from '../../../src/contract/database-services';
import { nodesOf } from '../../architecture/imports-of';
import { readFiles } from '../../architecture/words';

test('RDS and each service for clusters', () => {
  expect(DATABASE_SERVICES).toEqual(['RDS', ...CLUSTER_SERVICES]);
});

test.each([
  ['cluster', 'aurora-postgresql', 'Aurora'],
  ['cluster', 'aurora', 'Aurora'],
  ['cluster', 'docdb', 'DocumentDB'],
  ['cluster', 'neptune', 'Neptune'],
  // Multi-AZ DB clusters.
  ['cluster', 'postgres', undefined],
  // The members of a cluster have its engine.
  ['instance', 'aurora-mysql', undefined],
  ['instance', 'postgres', undefined],
] as const)('the opt-in that the %s of %s needs: %s', (kind, engine, service) => {
  expect(clusterServiceOf({ kind, engine })).toBe(service);
});

test.each([
  ['RDS', true],
  ['Neptune', true],
  ['S3', false],
  ['rds', false],
  ['', false],
])('%s is a service for databases: %s', (name, is) => expect(isDatabaseService(name)).toBe(is));

test('no other file has a list of the services', () => {
  const names = (file: string) =>
    nodesOf(readFileSync(file, 'utf8')).filter(
      ({ node }) => node.type === 'StringLiteral' && (CLUSTER_SERVICES as readonly unknown[]).includes(node.value),
    );
  const files = readFiles('src', 'lambda', 'stacksets').filter((file) => file.endsWith('.ts'));
  expect(files.filter((file) => names(file).length > 0)).toEqual([]);
});
