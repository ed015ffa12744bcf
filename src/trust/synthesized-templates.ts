import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage, Token } from 'aws-cdk-lib';
import { StackSetStack } from 'cdk-stacksets';
import type { IConstruct } from 'constructs';
import type { Accounts, TemplateToJudge, Zone } from './templates/judged-templates';

/** A template as it was written, and the stack that it is of. */
export interface SynthesizedTemplate extends TemplateToJudge {
  readonly stack: Stack;
}

/**
 * The templates of all stacks of an app, as they stand on the disk after synthesis: overrides, macros, included templates
 * and elements that are no resources of the CDK's are all in them.
 */
export const synthesizedTemplates = (app: IConstruct, accounts: Accounts): readonly SynthesizedTemplate[] =>
  app.node
    .findAll()
    .filter(Stack.isStack)
    .map((stack) => {
      const text = readFileSync(join(Stage.of(stack)?.outdir ?? '', stack.templateFile), 'utf8');
      const zone = zoneOf(stack, accounts);
      return {
        name: stack.stackName,
        template: JSON.parse(text) as unknown,
        stack,
        // A StackSet finds its template under the digest of its text.
        ...(stack instanceof StackSetStack && { digest: createHash('sha256').update(text).digest('hex') }),
        ...(zone && { zone }),
        ...(!Token.isUnresolved(stack.region) && { region: stack.region }),
      };
    });

/**
 * The kind of account that a stack goes to, as far as synthesis knows. What management's StackSets push goes into sources;
 * a stack within another otherwise goes where the outer one goes. Every account that is neither of the two is a source.
 */
function zoneOf(stack: Stack, accounts: Accounts): Zone | undefined {
  const around = stack.node.scopes.slice(0, -1).filter(Stack.isStack).at(-1);
  if (around) {
    const zone = zoneOf(around, accounts);
    return stack instanceof StackSetStack && zone === 'management' ? 'source' : zone;
  }
  if (Token.isUnresolved(stack.account)) return undefined;
  return stack.account === accounts.vault ? 'vault' : stack.account === accounts.management ? 'management' : 'source';
}
