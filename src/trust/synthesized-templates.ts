import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage, Token } from 'aws-cdk-lib';
import { StackSetStack } from 'cdk-stacksets';
import type { IConstruct } from 'constructs';
import type { Accounts, TemplateToJudge } from './templates/judged-templates';
import { isOfOtherCell, withoutOtherCells } from './templates/other-cells';
import type { Zone } from './templates/template';

/** A template as synthesis wrote it, and its stack. */
export interface SynthesizedTemplate extends TemplateToJudge {
  readonly stack: Stack;
}

/**
 * The templates of all stacks of an app, as synthesis wrote them to disk. They contain overrides, macros, included templates and
 * custom elements.
 */
export const synthesizedTemplates = (app: IConstruct, accounts: Accounts): readonly SynthesizedTemplate[] =>
  app.node
    .findAll()
    .filter(Stack.isStack)
    .filter((stack) => !isOfOtherCell(outermost(stack).stackName, accounts.otherCells ?? []))
    .map((stack) => {
      const text = readFileSync(join(Stage.of(stack)?.outdir ?? '', stack.templateFile), 'utf8');
      const zone = zoneOf(stack, accounts);
      return {
        name: stack.stackName,
        template: withoutOtherCells(JSON.parse(text), accounts.otherCells ?? []),
        stack,
        // The template URL of a StackSet contains the digest of the template.
        ...(stack instanceof StackSetStack && { digest: createHash('sha256').update(text).digest('hex') }),
        ...(zone && { zone }),
        ...(!Token.isUnresolved(stack.region) && { region: stack.region }),
      };
    });

/** The stack that is deployed by itself: of a StackSet, the one that contains it. */
const outermost = (stack: Stack): Stack => stack.node.scopes.filter(Stack.isStack)[0] ?? stack;

/**
 * The kind of account that a stack is deployed to, as far as synthesis knows. StackSets of the management account deploy to
 * sources. Any other nested stack is deployed to the account of the outer one. An account that is neither the vault nor the
 * management account is a source.
 */
function zoneOf(stack: Stack, accounts: Accounts): Zone | undefined {
  const outer = stack.node.scopes.slice(0, -1).filter(Stack.isStack).at(-1);
  if (outer) {
    const zone = zoneOf(outer, accounts);
    return stack instanceof StackSetStack && zone === 'management' ? 'source' : zone;
  }
  if (Token.isUnresolved(stack.account)) return undefined;
  return stack.account === accounts.vault ? 'vault' : stack.account === accounts.management ? 'management' : 'source';
}
