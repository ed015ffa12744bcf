import { Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * One statement of a role: what it allows, on what, when, and why it cannot name its resources where it cannot. Where no
 * condition can say what a statement is not for, another one denies that.
 */
export interface Allowance {
  readonly sid: string;
  readonly effect?: 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly when?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Why a resource carries a wildcard. */
  readonly because?: string;
}

/** The statements of a role as one document. */
export const documentOf = (allowances: readonly Allowance[]): PolicyDocument =>
  new PolicyDocument({
    statements: allowances.map(
      ({ sid, effect, actions, resources, when }) =>
        new PolicyStatement({
          sid,
          effect: effect === 'Deny' ? Effect.DENY : Effect.ALLOW,
          actions: [...actions],
          resources: [...resources],
          conditions: when,
        }),
    ),
  });

/** Tells the AWS Solutions rules, beside the role, why its wildcards stand there. One without a reason stays a finding. */
export function explainWildcards(role: IConstruct, allowances: readonly Allowance[]): void {
  const stack = Stack.of(role);
  for (const { resources, because } of allowances) {
    if (!because) continue;
    for (const resource of resources.map((one) => asNagSays(stack.resolve(one))).filter((one) => one.includes('*'))) {
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason: because });
    }
  }
}

/** A value as cdk-nag writes it in the id of a finding: `<AWS::Region>` for a reference. */
function asNagSays(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\$\{([^}]+)\}/g, '<$1>');
  const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (typeof sub === 'string') return asNagSays(sub);
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(asNagSays).join(String(join[0]));
  return JSON.stringify(value);
}

/** Lets a role list the snapshots of an account and Region; `rds` is the stem of its ARNs, `arn:aws:rds:REGION:ACCOUNT`. */
export const readSnapshots = (rds: string): readonly Allowance[] => [
  {
    sid: 'ReadSnapshots',
    actions: ['rds:DescribeDBSnapshots'],
    resources: [`${rds}:db:*`, `${rds}:snapshot:*`],
    because: 'A listing is of all snapshots: which of them matter is what the step decides.',
  },
  {
    sid: 'ReadClusterSnapshots',
    actions: ['rds:DescribeDBClusterSnapshots'],
    resources: [`${rds}:cluster:*`, `${rds}:cluster-snapshot:*`],
    because: 'A listing is of all snapshots: which of them matter is what the step decides.',
  },
  {
    // Without it, a listing may come without tags; they are then read one by one.
    sid: 'ReadSnapshotTags',
    actions: ['rds:ListTagsForResource'],
    resources: [`${rds}:snapshot:*`, `${rds}:cluster-snapshot:*`],
    because: 'A listing is of all snapshots: which of them matter is what the step decides.',
  },
];
