import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { CheckvalveError } from '../../contract/errors';
import { explainCase } from '../../trust/explain';
import { rulesDocument } from '../../trust/rules-document';

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new CheckvalveError('INVALID_CASE', `${file} cannot be read`, 'Give a file, or - for standard input.', {
      cause,
    });
  }
}

const explain = (): Command =>
  new Command('explain')
    .description('Evaluate one access as AWS would, and say which statement decides.')
    .requiredOption('--case <file>', 'the case as JSON; - reads standard input')
    .addHelpText(
      'after',
      `
A case:
  { "principal": "arn:aws:iam::111122223333:role/admin" or { "service": "sns.amazonaws.com" } or "anonymous",
    "principalAccount": "111122223333",
    "action": "kms:Decrypt", "resource": "arn:aws:kms:…", "resourceAccount": "444455556666",
    "context": { "kms:ViaService": "rds.eu-central-1.amazonaws.com" },
    "identityPolicies": [ … ], "resourcePolicy": { … } or null,
    "permissionBoundary"?: { … }, "scps"?: [ … ], "rcps"?: [ … ] }

Prints { "decision": "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied", "because": [ … ] }.
What the evaluator does not support is an error, never a guess: exit code 1.`,
    )
    .action((options: { readonly case: string }) => {
      process.stdout.write(`${JSON.stringify(explainCase(read(options.case)), undefined, 2)}\n`);
    });

const rules = (): Command =>
  new Command('rules')
    .description('The nine promises of one-way trust, and what each refuses: docs/trust-rules.md is this.')
    .action(() => {
      process.stdout.write(rulesDocument());
    });

/** `checkvalve trust`: questions about who may do what. */
export const trustCommand = (): Command =>
  new Command('trust').description('Ask who may do what.').addCommand(explain()).addCommand(rules());
