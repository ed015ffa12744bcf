import { KEY_PERMISSIONS } from './permissions/key-permissions';
import { MANAGEMENT_PERMISSIONS } from './permissions/management-permissions';
import type { PermissionRow, RequiredCondition } from './permissions/permission-row';
import { SERVICE_PERMISSIONS } from './permissions/service-permissions';
import { SOURCE_PERMISSIONS } from './permissions/source-permissions';
import { VAULT_PERMISSIONS } from './permissions/vault-permissions';
import { ACCESS_ROLE_PERMISSIONS } from './rules/access-roles-trust-named-vault-roles';
import { DELETE_PERMISSIONS } from './rules/only-prune-copies-deletes';
import type { Rule } from './rules/rule';
import { RULES } from './rules/rules';
import { SHARE_PERMISSIONS } from './rules/vault-copies-are-never-shared';
import { RESOURCE_TYPES } from './templates/resource-types';
import type { Zone } from './templates/template';

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

const conditions = (all: readonly RequiredCondition[]): string =>
  code(all.map(([operator, key, ...values]) => `${operator} ${key}: ${values.join(', ')}`));

const permissionTable = (rows: readonly PermissionRow[], by = 'role'): string =>
  table(
    [by, 'may', 'on', 'when', 'because'],
    rows.map((row) => [
      code(row.by),
      code(row.may),
      code(row.on),
      row.denied
        ? `the role denies it on ${code(row.denied.on)} when ${conditions(row.denied.when)}`
        : conditions(row.when ?? []),
      row.because,
    ]),
  );

/** The tables of what roles may do, with their headings. */
const ROLE_TABLES: readonly (readonly [heading: string, rows: readonly PermissionRow[]])[] = [
  ['In the vault', VAULT_PERMISSIONS],
  ['In the management account', MANAGEMENT_PERMISSIONS],
  ['In a source', SOURCE_PERMISSIONS],
  ['At access roles', ACCESS_ROLE_PERMISSIONS],
  ['With keys, anywhere', KEY_PERMISSIONS],
  ['Sharing', ZONES.flatMap((zone) => SHARE_PERMISSIONS[zone])],
  ['Deleting', ZONES.flatMap((zone) => DELETE_PERMISSIONS[zone])],
];

/** The rules of one-way trust as a page: the promises, what each rule refuses, and the tables that the rules read. */
export const rulesDocument = (): string =>
  `${[
    '# One-way trust: the rules of synthesis',
    '`npx checkvalve trust rules` writes this page from the rules. Change the rules, not this page.',
    'Each of the nine promises is a rule that judges the final templates of the vault, of the management account, of the ' +
      'StackSet and of what it pushes, as synthesis writes them to disk. A rule reports what it cannot judge. A finding fails ' +
      'the synthesis, and no rule can be acknowledged. The rules judge each condition of a template as true and as false.',
    ...RULES.map(chapter),
    '## What a template may hold',
    'The rules refuse a resource type, or a property, that is not listed in `src/trust/templates/resource-types.ts`: each is a ' +
      'decision.',
    table(
      ['type', 'in', 'because'],
      Object.entries(RESOURCE_TYPES).map(([type, { zones, because }]) => [`\`${type}\``, zones.join(', '), because]),
    ),
    '## What roles may do',
    'The rules refuse an action that no row lists. `{account}` and `{region}` are those of the template, `{vault}`, ' +
      '`{management}` and `{organization}` those of the landing zone, `{key}` is a key that the template creates or has ' +
      'replaced. `created TYPE` means the resources that the template creates, `key of TYPE` the key that encrypts them.',
    ...ROLE_TABLES.flatMap(([heading, rows]) => [`### ${heading}`, permissionTable(rows)]),
    '## What services may do',
    'Policies of resources and of roles allow AWS services. A service that is limited to the account may do what a row lists, ' +
      'and nothing else.',
    ...ZONES.flatMap((zone) => [`### ${PLACES[zone]}`, permissionTable(SERVICE_PERMISSIONS[zone], 'service')]),
  ].join('\n\n')}\n`;
