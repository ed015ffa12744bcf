import { isOfOtherCell } from '../../../src/trust/templates/other-cells';

test.each<[stack: string, other: string, isOther: boolean]>([
  ['Tooling-north', 'north', true],
  ['Tooling', 'north', false],
  ['Tooling-north', 'main', false],
  ['Tooling', 'main', true],
  ['Vault-north-eu-central-1', 'north', true],
  ['Vault-north-eu-central-1', 'main', false],
  ['Vault-north-east-eu-central-1', 'north', false],
  ['Vault-eu-central-1', 'main', true],
  ['Vault-us-gov-west-1', 'main', true],
  ['Vault-eu-central-1', 'eu', false],
  ['Vault-eu-eu-central-1', 'eu', true],
  ['Vault-eu-eu-central-1', 'main', false],
  ['Management', 'main', false],
])('the stack %s is of the other cell %s: %p', (stack, name, isOther) =>
  expect(isOfOtherCell(stack, [{ name, vault: '333300004444' }])).toBe(isOther),
);
