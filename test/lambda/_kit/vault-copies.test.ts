import { nameMatchesTags } from '../../../lambda/_kit/vault-copies';
import { snapshotArn } from '../../../src/contract/ids';
import { TAGS, vaultCopyName } from '../../../src/contract/names';
import { NOW, ORDERS, vaultCopy } from '../../support/vault-copies';

const EXPORT_COPY = snapshotArn('arn:aws:rds:eu-central-1:222200005555:snapshot:checkvalve-orders-1');

test.each([
  ['says what its tags say', vaultCopy(NOW), true],
  ['says another name', vaultCopy(NOW, { name: 'checkvalve-decoy-0011223344556677' }), false],
  ['says another kind', vaultCopy(NOW, { tags: { [TAGS.database]: ORDERS.replace(':db:', ':cluster:') } }), false],
  [
    'is of an export copy of another account',
    vaultCopy(NOW, { name: vaultCopyName('orders', EXPORT_COPY, 1), tags: { [TAGS.exportCopy]: EXPORT_COPY } }),
    false,
  ],
  ['has no tag of its export copy', vaultCopy(NOW, { tags: { [TAGS.exportCopy]: undefined } }), false],
  ['has no tag of its database', vaultCopy(NOW, { tags: { [TAGS.database]: undefined } }), false],
])('a vault copy that %s: true to its name is %#', (_, copy, expected) => {
  expect(nameMatchesTags(copy)).toBe(expected);
});
