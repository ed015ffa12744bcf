import { Command } from 'commander';
import { type ConfiguredCell, cellsOf, otherCellsOf, vaultAccounts } from '../../config/cells';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { loadConfig } from '../../config/load-config';
import { type Purpose, parseJson, readText } from '../../files/read-text';
import type { Places } from '../../trust/proof/proved-landing-zone';
import { green } from '../styles';
import { byAccount, saveTemplates, synthesizedTemplates, withFiles } from '../synthesized-templates';

const CASE: Purpose = {
  code: 'INVALID_CASE',
  remedy: 'Give a case as a JSON file, or - for standard input; checkvalve trust explain --help shows one.',
};

/** The text of an access case, checked to be JSON. */
function caseIn(file: string): string {
  const text = readText(file, CASE);
  parseJson(text, file, CASE);
  return text;
}

const explain = (): Command =>
  new Command('explain')
    .description('Evaluate one access as AWS does, and show which statement decides.')
    .requiredOption('--case <file>', 'the case as JSON; - reads standard input')
    .addHelpText(
      'after',
      `
A case:
  { "principal": "arn:aws:iam::111122223333:role/admin"
                 or { "service": "sns.amazonaws.com" } or "anonymous",
    "principalAccount": "111122223333",
    "action": "kms:Decrypt", "resource": "arn:aws:kms:…",
    "resourceAccount": "444455556666",
    "context": { "kms:ViaService": "rds.eu-central-1.amazonaws.com" },
    "identityPolicies": [ … ], "resourcePolicy": { … } or null,
    "permissionBoundary"?: { … }, "scps"?: [ … ], "rcps"?: [ … ] }

Prints { "decision": "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied",
"because": [ … ] }. What the evaluator does not support is an error with exit
code 1.`,
    )
    .action(async (options: { readonly case: string }) => {
      const { explainCase } = require('../../trust/explain') as typeof import('../../trust/explain');
      process.stdout.write(`${JSON.stringify(await explainCase(caseIn(options.case)), undefined, 2)}
`);
    });

const rules = (): Command =>
  new Command('rules')
    .description('Print the nine promises of one-way trust and what each refuses: docs/trust-rules.md.')
    .action(() => {
      const { rulesDocument } = require('../../trust/rules-document') as typeof import('../../trust/rules-document');
      process.stdout.write(rulesDocument());
    });

interface ProofOptions {
  readonly json?: boolean;
  readonly template: readonly string[];
  readonly save?: string;
}

/** Accounts that represent all enrolled ones, which have the same template and are not in the configuration. */
const ENROLLED = ['222200001111', '222200002222', '222200003333', '222200004444'];

async function proveIt({ json, template, save }: ProofOptions, command: Command): Promise<void> {
  const config = loadConfig(command.optsWithGlobals().config);
  const templates = withFiles(synthesizedTemplates(config), template);
  if (save !== undefined) {
    saveTemplates(templates, save);
    process.stdout.write(
      `${green('Written:')} ${[...templates.keys()].map((name) => `${save}/${name}.json`).join(', ')}\n`,
    );
    return;
  }
  // Loaded here, so that other commands do not wait for the reference of AWS's actions.
  const { readActionCatalog } =
    require('../../trust/proof/action-catalog') as typeof import('../../trust/proof/action-catalog');
  const { provedLandingZoneOf } =
    require('../../trust/proof/proved-landing-zone') as typeof import('../../trust/proof/proved-landing-zone');
  const { prove } = require('../../trust/proof/prove') as typeof import('../../trust/proof/prove');
  const { proofReport } = require('../print-proof') as typeof import('../print-proof');
  const catalog = await readActionCatalog();
  const cells = cellsOf(config);
  const proofs = cells.map((one) => {
    const { cell, config: view } = one;
    const zone = provedLandingZoneOf(placesOf(config, one), byAccount(templates, one, otherCellsOf(config, one)));
    const started = performance.now();
    const proof = prove(zone, catalog, view.trust?.accepted ?? []);
    const seconds = (performance.now() - started) / 1000;
    return { cell: cell.name, proof, text: () => proofReport(proof, zone, seconds) };
  });
  if (json) {
    const [first] = proofs;
    const ok = proofs.every(({ proof }) => proof.ok);
    const document = config.vaults
      ? { ok, cells: proofs.map(({ cell, proof }) => ({ cell, ...proof })) }
      : first?.proof;
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    for (const { cell, text } of proofs) process.stdout.write(`${config.vaults ? `Cell ${cell}\n` : ''}${text()}\n`);
  }
  if (!proofs.every(({ proof }) => proof.ok)) process.exitCode = 1;
}

/** The accounts and Regions of a cell. */
function placesOf(config: CheckvalveConfig, one: ConfiguredCell): Places {
  const { vault, organization, regions, cell } = one.config;
  return {
    vault: vault.account,
    placement: vault.placement,
    regions,
    management: organization.managementAccount,
    organization: organization.id,
    sources: ENROLLED.filter(
      (id) => id !== organization.managementAccount && !vaultAccounts(config).includes(id),
    ).slice(0, 2),
    cell,
    otherCells: otherCellsOf(config, one),
  };
}

/** `checkvalve trust`: proves one-way trust, and evaluates single accesses. */
export const trustCommand = (): Command =>
  new Command('trust')
    .description('Prove that trust runs one way: no principal outside the vault has access to it.')
    .option('--json', 'one JSON document on standard output')
    .option(
      '--template <name=file>',
      'use a file instead of a synthesized template; repeatable',
      (value: string, all: readonly string[]) => [...all, value],
      [] as readonly string[],
    )
    .option('--save <folder>', 'only write the synthesized templates to this folder, to be edited for --template')
    .addHelpText(
      'after',
      `
Synthesizes the configuration, and evaluates every resource of the vault × every
action that AWS defines on it × every class of principal outside × every context
that a condition distinguishes; then the accesses of the vault to other accounts
and the accesses that its steps need. Prints what it evaluated, the expected
accesses, and each counterexample: principal, action, resource, the broken
promise and the statement that allows it. Exit code 1 when there is a
counterexample. See docs/trust-model.md.

Examples:
  checkvalve trust
  checkvalve trust --json > proof.json
  checkvalve trust --save build       then edit build/Management.json, and
  checkvalve trust --template Management=build/Management.json`,
    )
    .action(proveIt)
    .addCommand(explain())
    .addCommand(rules());
