import { Stack, Validations } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * One statement of the policy of a role, with the reason for each wildcard in its resources. A statement that denies limits
 * another one where no condition can.
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

/** The statements of a role as one policy document. */
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

/** Acknowledges the wildcards of a role for the AWS Solutions rules, with their reasons. A wildcard without one stays a finding. */
export function explainWildcards(role: IConstruct, allowances: readonly Allowance[]): void {
  const stack = Stack.of(role);
  for (const { resources, because } of allowances) {
    if (!because) continue;
    for (const resource of resources.map((one) => asInFinding(stack.resolve(one))).filter((one) => one.includes('*'))) {
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason: because });
    }
  }
}

/** A value as cdk-nag writes it in the id of a finding: `<AWS::Region>` for a reference. */
function asInFinding(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\$\{([^}]+)\}/g, '<$1>');
  const { Ref, 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (typeof sub === 'string') return asInFinding(sub);
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(asInFinding).join(String(join[0]));
  return JSON.stringify(value);
}

/** Permissions to list the snapshots of an account and Region. `rds`: how its ARNs begin, `arn:aws:rds:REGION:ACCOUNT`. */
export const readSnapshots = (rds: string): readonly Allowance[] => [
  {
    sid: 'ReadSnapshots',
    actions: ['rds:DescribeDBSnapshots'],
    resources: [`${rds}:db:*`, `${rds}:snapshot:*`],
    because: 'RDS lists all snapshots at once; the step selects among them.',
  },
  {
    sid: 'ReadClusterSnapshots',
    actions: ['rds:DescribeDBClusterSnapshots'],
    resources: [`${rds}:cluster:*`, `${rds}:cluster-snapshot:*`],
    because: 'RDS lists all snapshots at once; the step selects among them.',
  },
  {
    // A listing may lack tags; the step then reads them one by one.
    sid: 'ReadSnapshotTags',
    actions: ['rds:ListTagsForResource'],
    resources: [`${rds}:snapshot:*`, `${rds}:cluster-snapshot:*`],
    because: 'RDS lists all snapshots at once; the step selects among them.',
  },
];
