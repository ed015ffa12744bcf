import { Command } from 'commander';
import { loadConfig } from '../../config/load-config';
import { type Purpose, parseJson, readText } from '../../files/read-text';
import { green } from '../styles';
import { byAccount, saveTemplates, synthesizedTemplates, withFiles } from '../synthesized-templates';

const CASE: Purpose = {
  code: 'INVALID_CASE',
  remedy: 'Give a case as JSON, or - for standard input; checkvalve trust explain --help shows one.',
};

/** The text of a case: what it says twice is a fault too, so that its JSON alone is not enough. */
function caseIn(file: string): string {
  const text = readText(file, CASE);
  parseJson(text, file, CASE);
  return text;
}

const explain = (): Command =>
  new Command('explain')
    .description('Evaluate one access as AWS would, and say which statement decides.')
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
"because": [ … ] }. What the evaluator does not support is an error, never a
guess: exit code 1.`,
    )
    .action(async (options: { readonly case: string }) => {
      const { explainCase } = require('../../trust/explain') as typeof import('../../trust/explain');
      process.stdout.write(`${JSON.stringify(await explainCase(caseIn(options.case)), undefined, 2)}
`);
    });

const rules = (): Command =>
  new Command('rules')
    .description('The nine promises of one-way trust, and what each refuses: docs/trust-rules.md is this.')
    .action(() => {
      const { rulesDocument } = require('../../trust/rules-document') as typeof import('../../trust/rules-document');
      process.stdout.write(rulesDocument());
    });

interface ProofOptions {
  readonly json?: boolean;
  readonly template: readonly string[];
  readonly save?: string;
}

/** Accounts that stand for all enrolled ones: they are not in the configuration, and what is pushed does not know them. */
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
  // Loaded only here: other commands need not wait for the reference of AWS's actions.
  const { readActionCatalog } =
    require('../../trust/proof/action-catalog') as typeof import('../../trust/proof/action-catalog');
  const { provedLandingZoneOf } =
    require('../../trust/proof/proved-landing-zone') as typeof import('../../trust/proof/proved-landing-zone');
  const { prove } = require('../../trust/proof/prove') as typeof import('../../trust/proof/prove');
  const { proofReport } = require('../print-proof') as typeof import('../print-proof');
  const { vault, organization, regions } = config;
  const places = {
    ...{ vault: vault.account, placement: vault.placement, regions },
    ...{ management: organization.managementAccount, organization: organization.id },
    sources: ENROLLED.filter((id) => id !== vault.account && id !== organization.managementAccount).slice(0, 2),
  };
  const zone = provedLandingZoneOf(places, byAccount(templates, config));
  const catalog = await readActionCatalog();
  const started = performance.now();
  const proof = prove(zone, catalog, config.trust?.accepted ?? []);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${json ? JSON.stringify(proof, undefined, 2) : proofReport(proof, zone, seconds)}\n`);
  if (!proof.ok) process.exitCode = 1;
}

/** `checkvalve trust`: proves one-way trust, and answers questions about who may do what. */
export const trustCommand = (): Command =>
  new Command('trust')
    .description('Prove that trust runs one way: nobody outside the vault may do anything to it.')
    .option('--json', 'one JSON document on standard output')
    .option(
      '--template <name=file>',
      'judge a file in the place of a synthesized template; may be given several times',
      (value: string, all: readonly string[]) => [...all, value],
      [] as readonly string[],
    )
    .option('--save <folder>', 'prove nothing: write the synthesized templates there, to be changed and judged')
    .addHelpText(
      'after',
      `
Synthesizes the configuration, and puts every resource of the vault × every
action that AWS defines on it × every class of principal outside × every context
that a condition can tell apart to the policy evaluator; then what the vault
reaches elsewhere, and what its steps need. Prints what it evaluated, what is
expected, and each counterexample: who, what, on what, which promise it breaks,
and which statement is to blame. Exit code 1 when there is one. See
docs/trust-model.md.

Examples:
  checkvalve trust
  checkvalve trust --json > proof.json
  checkvalve trust --save build       then change build/Management.json, and
  checkvalve trust --template Management=build/Management.json`,
    )
    .action(proveIt)
    .addCommand(explain())
    .addCommand(rules());
