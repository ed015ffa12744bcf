import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A case, the decision it must get, and a reason that must be among those given (`policy:effect[:statement]`). */
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

/** One operator, one policy value and one context: whether the condition holds. */
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

type CaseFile = (typeof DECISION_FILES)[number] | 'refused' | 'unanswerable' | 'operators';

const linesOf = (name: CaseFile): readonly unknown[] =>
  readFileSync(join(__dirname, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

/** The cases of a file beside this one: one case a line. */
export const load = <T>(name: Exclude<CaseFile, 'operators'>): readonly T[] => linesOf(name) as readonly T[];

/** The cases of the operators: a table, whose first line names the columns. */
export function loadOperators(): readonly OperatorCase[] {
  const [columns, ...rows] = linesOf('operators') as readonly (readonly unknown[])[];
  return rows.map(
    (cells) => Object.fromEntries(columns?.map((column, i) => [column, cells[i]]) ?? []) as unknown as OperatorCase,
  );
}

/** The access case of an operator case: an identity policy that allows (or denies) under the condition. */
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
