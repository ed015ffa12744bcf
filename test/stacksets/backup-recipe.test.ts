import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyStatement } from '../../src/policy-evaluator/policy';
import { PolicyBook } from '../../src/trust/policy-book';
import { resolveTemplate } from '../../src/trust/templates/resolve-template';
import { templatesOf } from '../support/synthesized';

interface Recipe {
  readonly read: string;
  readonly policy: string;
  readonly needed: readonly { readonly action: string; readonly to: string }[];
  readonly notNeeded: readonly { readonly action: string; readonly because: string }[];
}

const FILE = join(__dirname, '../../src/emulator/backup/recipe.json');
const recipe = JSON.parse(readFileSync(FILE, 'utf8')) as Recipe;
const place = { account: '222200001111', region: 'eu-central-1', stackName: 'StackSet-source-tooling' };
const book = PolicyBook.of([resolveTemplate(JSON.parse(templatesOf().source), place)]);
const role = book.roles.find((arn) => arn.includes(':role/checkvalve-backup-')) ?? '';
const statements = book.identityPolicies(role).flatMap(({ Statement }) => [Statement].flat() as PolicyStatement[]);
const allowed = new Set(statements.flatMap(({ Action }) => [Action ?? []].flat()));

test('the backup role has exactly what the recipe of AWS has for databases', () => {
  const needed = new Set(recipe.needed.map(({ action }) => action));
  expect([...needed].filter((action) => !allowed.has(action))).toEqual([]);
  expect([...allowed].filter((action) => !needed.has(action))).toEqual([]);
});

test('the recipe is dated, and each omission has a reason', () => {
  expect(recipe.read).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(recipe.policy).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  for (const { action, because } of recipe.notNeeded) expect([action, because.length > 20]).toEqual([action, true]);
});
