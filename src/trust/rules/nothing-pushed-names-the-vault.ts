import { templatesIn } from '../templates/judged-templates';
import { strangeIn } from '../templates/resource-types';
import { beyond } from '../permissions/permission-row';
import { SOURCE_REACH } from '../permissions/source-permissions';
import { foundAt } from './findings-at';
import { leftToTheZone } from './statements-by-action';
import type { Rule } from './rule';

/** Nothing pushed into a source names a permission on a vault resource (T3). */
export const nothingPushedNamesTheVault: Rule = {
  id: 'T3',
  promise: 'Nothing pushed into a source names a permission on a vault resource.',
  because: 'What runs in a source belongs to whoever has power there: it must hold nothing that is worth having.',
  refuses: [
    'a permission on anything that is not the source’s own, and any that no row of reach allows',
    'a wildcard where an account, a name or an action should stand',
    'a type of resource, or a property, that nobody has judged for a source',
    'a rule, plan, subscription or anything else that points out of the source',
    'whatever only deployment knows: parameters, imports, macros, `NotAction`, a policy of AWS',
  ],
  judge: (estate) =>
    templatesIn(estate, 'source').flatMap((template) => [
      ...template.unread,
      ...template.resources.flatMap((one) => foundAt(template, one.id, strangeIn(one, template))),
      ...leftToTheZone(template).flatMap((statement) =>
        foundAt(template, statement.at, beyond(statement, SOURCE_REACH, { template, accounts: estate.accounts })),
      ),
    ]),
};
