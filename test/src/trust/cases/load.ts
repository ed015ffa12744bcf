import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A case with the decision it must get, and the reason that must be among those given (`policy:effect[:statement]`). */
export interface DecisionCase {
  readonly name: string;
  readonly expect: string;
  readonly by?: string;
  readonly covers?: { readonly policy: string; readonly says: string; readonly accounts: string };
  readonly case: unknown;
}

/** A case that must be refused, with a part of the message. */
export interface RefusedCase {
  readonly name: string;
  readonly fault: string;
  readonly case: unknown;
}

/** One operator held against one context: whether the condition holds. */
export interface OperatorCase {
  readonly operator: string;
  readonly kind: 'match' | 'near miss' | 'missing key' | 'several values';
  readonly key: string;
  readonly policy: unknown;
  readonly context: Readonly<Record<string, unknown>>;
  readonly holds: boolean;
}

/** The files of whole cases and their decisions. */
export const DECISION_FILES = ['policy-kinds', 'principals', 'patterns', 'known-answers'] as const;

/** Reads a file of cases beside this one. */
export function load<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(join(__dirname, `${name}.json`), 'utf8')) as readonly T[];
}

/** The whole case an operator case stands for: an identity policy that allows under the condition alone. */
export function wholeCaseOf(operatorCase: OperatorCase, effect: 'Allow' | 'Deny' = 'Allow'): Record<string, unknown> {
  const condition = { [operatorCase.operator]: { [operatorCase.key]: operatorCase.policy } };
  const statement = { Effect: effect, Action: 'rds:*', Resource: '*', Condition: condition };
  const all = { Effect: 'Allow', Action: '*', Resource: '*' };
  return {
    principal: 'arn:aws:iam::222200001111:role/operator',
    principalAccount: '222200001111',
    action: 'rds:DeleteDBSnapshot',
    resource: 'arn:aws:rds:eu-central-1:222200001111:snapshot:orders',
    resourceAccount: '222200001111',
    context: operatorCase.context,
    identityPolicies: [{ Version: '2012-10-17', Statement: effect === 'Allow' ? statement : [all, statement] }],
    resourcePolicy: null,
  };
}
