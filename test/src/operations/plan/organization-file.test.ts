import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CheckvalveError } from '../../../../src/contract/errors';
import { ORGANIZATION_FILE, readOrganizationFile } from '../../../../src/operations/plan/organization-file';

const EXAMPLE = JSON.parse(readFileSync('docs/example-organization.json', 'utf8')) as { accounts: object[] };
const GOOD = { id: '222200001111', state: 'ACTIVE', units: ['r-ex01'] };

function faults(raw: unknown): readonly string[] {
  try {
    readOrganizationFile(raw);
    return [];
  } catch (error) {
    if (!(error instanceof CheckvalveError)) throw error;
    expect(error.code).toBe('INVALID_INPUT');
    return error.message.split('\n').slice(1);
  }
}

test('the example file is valid', () => {
  const { at, accounts } = readOrganizationFile(EXAMPLE);
  expect(at).toEqual(new Date('2026-03-01T12:00:00Z'));
  expect(accounts).toHaveLength(EXAMPLE.accounts.length);
  expect(accounts.filter(({ member }) => !member).map(({ account }) => account)).toEqual(['222200006666']);
});

test('every fault is reported at once with its path, its value and its remedy', () => {
  const found = faults({
    at: 'yesterday',
    account: [],
    accounts: [
      { ...GOOD, id: 222200001111, tag: {} },
      { ...GOOD, state: 'active', tags: { environment: 1 } },
      { ...GOOD, id: '222200003333', units: ['workloads'] },
      { ...GOOD, id: '222200002222', instances: ['mars'], registry: { state: 'here', since: 3 } },
      { id: '222200002222', state: 'ACTIVE' },
      { id: '222200009999', state: 'DEPARTED', closed: 'all' },
    ],
  });
  expect(found.map((line) => line.slice(0, 96)).sort()).toMatchInlineSnapshot(`
[
  "- account: []: there is no such field; did you mean accounts?",
  "- accounts[0].id: 222200001111: give an account id of exactly twelve digits, in quotes",
  "- accounts[0].tag: {}: there is no such field; did you mean tags?",
  "- accounts[1].state: "active": give one of PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSUR",
  "- accounts[1].tags.environment: 1: give the value as text",
  "- accounts[2].units[0]: "workloads": give the id of an organizational unit, such as ou-ab12-cdef",
  "- accounts[3].instances[0]: "mars": give a Region of the aws partition, such as eu-central-1; ot",
  "- accounts[3].registry.since: 3: give a time in ISO 8601, such as 2026-03-01T12:00:00Z",
  "- accounts[3].registry.state: "here": give 'enrolled', 'leaving' or 'left'",
  "- accounts[4].id: "222200002222": remove the repetition: it is also accounts[3]",
  "- accounts[4].units: missing: give the root and every unit above the account, or "state": "DEPAR",
  "- accounts[5].closed: "all": give a list of Regions; [] for none",
  "- at: "yesterday": give a time in ISO 8601, such as 2026-03-01T12:00:00Z",
]
`);
});

test.each([
  ['no object', 'x', '- the organization: "x": give an object'],
  ['no account at all', { accounts: [] }, '- accounts: []: give at least one account'],
  ['no accounts', {}, '- accounts: missing: give a list of accounts'],
  ['a number instead of an account', { accounts: [3] }, '- accounts[0]: 3: give an object'],
])('the fault of %s is reported', (_, raw, fault) => {
  expect(faults(raw)).toEqual([fault]);
});

/** Every field of a schema as a path; positions in lists as `[]`. */
function fieldsOf(schema: z.core.JSONSchema.BaseSchema, path = ''): readonly string[] {
  const { properties = {}, items } = schema;
  const inList = items && typeof items === 'object' && !Array.isArray(items) ? fieldsOf(items, `${path}[]`) : [];
  const inObject = Object.entries(properties).flatMap(([name, field]) => {
    const place = path ? `${path}.${name}` : name;
    return typeof field === 'object' ? [place, ...fieldsOf(field, place)] : [place];
  });
  return [...inList, ...inObject];
}

test('docs/plan.md explains every field, and no other', () => {
  const rows =
    readFileSync('docs/plan.md', 'utf8')
      .split('## The file')[1]
      ?.matchAll(/^\| `([^`]+)` \|/gm) ?? [];
  const fields = fieldsOf(z.toJSONSchema(ORGANIZATION_FILE, { unrepresentable: 'any' }));
  expect(fields.length).toBeGreaterThan(10);
  expect([...rows].map(([, field]) => field)).toEqual(fields);
});

test('the message names the file', () => {
  expect(() => readOrganizationFile({}, 'organization.json')).toThrow(
    'The organization in organization.json has 1 fault:',
  );
});
