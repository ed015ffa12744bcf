import type { Zone } from './templates/judged-templates';
import { RESOURCE_TYPES } from './templates/resource-types';
import { KEY_REACH } from './permissions/key-permissions';
import { MANAGEMENT_REACH } from './permissions/management-permissions';
import type { Guard, Reach } from './permissions/permission-row';
import { SERVICE_REACH } from './permissions/service-permissions';
import { SOURCE_REACH } from './permissions/source-permissions';
import { VAULT_REACH } from './permissions/vault-permissions';
import { ACCESS_ROLE_REACH } from './rules/access-roles-trust-named-vault-roles';
import { DELETE_REACH } from './rules/only-prune-copies-deletes';
import type { Rule } from './rules/rule';
import { RULES } from './rules/rules';
import { SHARE_REACH } from './rules/vault-copies-are-never-shared';

const ZONES: readonly Zone[] = ['vault', 'management', 'source'];

const PLACES: Readonly<Record<Zone, string>> = {
  vault: 'Services in the vault',
  management: 'Services in the management account',
  source: 'Services in a source',
};

const chapter = ({ id, promise, because, refuses }: Rule): string =>
  [`## ${id}`, `**${promise}**`, because, 'Refused:', refuses.map((one) => `- ${one}`).join('\n')].join('\n\n');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const code = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ');

const guards = (all: readonly Guard[]): string =>
  code(all.map(([operator, key, ...values]) => `${operator} ${key}: ${values.join(', ')}`));

const reachTable = (rows: readonly Reach[], who = 'role'): string =>
  table(
    [who, 'may', 'on', 'when', 'because'],
    rows.map(({ by, may, on, when = [], denied, because }) => [
      ...[code(by), code(may), code(on)],
      denied ? `denied on ${code(denied.on)} when ${guards(denied.when)}` : guards(when),
      because,
    ]),
  );

/** The rules of one-way trust as a page: the promises, what each refuses, and the tables that they judge by. */
export const rulesDocument = (): string =>
  `${[
    '# One-way trust: the rules of synthesis',
    'Written by `npx checkvalve trust rules`, from the rules themselves: change those, not this page.',
    'Nine promises. Each is a rule that judges the final templates of the vault, of management, of the StackSet and of what ' +
      'it pushes, as they stand on the disk. A rule that cannot tell takes a thing for guilty, one that fails fails the ' +
      'synthesis, and none can be acknowledged away. Every condition of a template is judged both ways.',
    ...RULES.map(chapter),
    '## What may stand in a template',
    'A type of resource, or a property of one, that is not in `src/trust/templates/resource-types.ts` is refused: somebody has to ' +
      'think about it first.',
    table(
      ['type', 'in', 'because'],
      Object.entries(RESOURCE_TYPES).map(([type, { zones, because }]) => [`\`${type}\``, zones.join(', '), because]),
    ),
    '## What roles may do',
    'An action that no row allows is refused. `{account}` and `{region}` are the template’s own, `{vault}`, `{management}` and ' +
      '`{organization}` the landing zone’s, `{key}` a key that the template makes or has replaced; `made TYPE` is what the ' +
      'template makes, `key of TYPE` the key that such is under.',
    ...[
      ['In the vault', VAULT_REACH],
      ['In the management account', MANAGEMENT_REACH],
      ['In a source', SOURCE_REACH],
      ['At access roles', ACCESS_ROLE_REACH],
      ['With keys, anywhere', KEY_REACH],
      ['Sharing', ZONES.flatMap((zone) => SHARE_REACH[zone])],
      ['Deleting', ZONES.flatMap((zone) => DELETE_REACH[zone])],
    ].flatMap(([heading, rows]) => [`### ${heading as string}`, reachTable(rows as readonly Reach[])]),
    '## What services may do',
    'Policies of resources and of roles let services in. One that comes for its own account may do there what a row allows it, ' +
      'and nothing else.',
    ...ZONES.flatMap((zone) => [`### ${PLACES[zone]}`, reachTable(SERVICE_REACH[zone], 'service')]),
  ].join('\n\n')}\n`;
