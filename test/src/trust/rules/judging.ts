import type { InheritedPower } from '../../../../src/contract/inherited-powers';
import type { Rule } from '../../../../src/trust/rules/rule';
import { judgedTemplatesOf } from '../../../../src/trust/templates/judged-templates';
import type { Zone } from '../../../../src/trust/templates/template';

/** The accounts of the tables: a vault, a management account, two sources. */
export const [VAULT, MANAGEMENT, SOURCE, OTHER] = ['333300002222', '444400003333', '222200001111', '222200002222'];
const ACCOUNTS = { vault: VAULT, management: MANAGEMENT, organization: 'o-exampleorg1' } as const;
/** The name under which a StackSet finds the judged template of the sources. */
export const DIGEST = '0123456789abcdef'.repeat(4);

/** Resources of a template, by logical id: type and properties, and what else there is to them. */
export type ResourceTable = Readonly<Record<string, readonly [type: string, properties: object, attributes?: object]>>;

/** The findings of a rule in a template of these resources, in a landing zone without other faults. */
export function judged(
  rule: Rule,
  zone: Zone | undefined,
  resources: ResourceTable,
  {
    sections = {},
    name = 'Judged',
    accepted = [],
    adoptedAnalyzer,
  }: {
    readonly sections?: object;
    readonly name?: string;
    readonly accepted?: readonly InheritedPower[];
    readonly adoptedAnalyzer?: string;
  } = {},
): readonly string[] {
  const Resources = Object.fromEntries(
    Object.entries(resources).map(([id, [Type, Properties, attributes]]) => [id, { Type, Properties, ...attributes }]),
  );
  const region = zone === 'vault' ? 'eu-central-1' : zone === 'management' ? 'us-east-1' : undefined;
  const judged = judgedTemplatesOf({ ...ACCOUNTS, accepted, ...(adoptedAnalyzer && { adoptedAnalyzer }) }, [
    { name, template: { ...sections, Resources }, ...(zone && { zone }), ...(region && { region }) },
    { name: 'Vault', zone: 'vault', region: 'eu-central-1', template: { Resources: {} } },
    { name: 'Tooling', zone: 'source', template: { Resources: {} }, digest: DIGEST },
  ]);
  return [...new Set(rule.judge(judged).map(({ what }) => what))];
}

/** A statement that allows. */
export const allow = (statement: object): object => ({ Effect: 'Allow', ...statement });
/** A document of statements. */
export const document = (...Statement: readonly unknown[]): object => ({ Version: '2012-10-17', Statement });

/** A role with what it may do, as a resource. */
export const role = (name: unknown, ...statements: readonly object[]): ResourceTable[string] => [
  'AWS::IAM::Role',
  {
    RoleName: name,
    AssumeRolePolicyDocument: document(
      allow({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    ),
    Policies: [{ PolicyName: 'p', PolicyDocument: document(...statements) }],
  },
];

/** IAM Access Analyzer of the account, which archives the notifications at the queue `Inbox`, and `more`. */
export const analyzer = (...more: readonly unknown[]): ResourceTable[string] => [
  'AWS::AccessAnalyzer::Analyzer',
  {
    Type: 'ACCOUNT',
    ArchiveRules: [
      {
        RuleName: 'notifications',
        Filter: [
          { Property: 'condition.aws:SourceArn', Eq: ['arn:aws:sns:*:*:checkvalve-copies'] },
          { Property: 'resource', Eq: [at('Inbox')] },
          { Property: 'resourceType', Eq: ['AWS::SQS::Queue'] },
        ],
      },
      ...more,
    ],
  },
];

/** The ARN of what the template makes. */
export const at = (id: string, attribute = 'Arn'): object => ({ 'Fn::GetAtt': [id, attribute] });
/** A text with references. */
export const sub = (text: string): object => ({ 'Fn::Sub': text });
/** A name of a role with the Region at its end, which in a source only the deployment knows. */
export const here = (name: string): object => sub(`${name}-\${AWS::Region}`);
/** An ARN of RDS in the template's own account and Region. */
export const rds = (rest: string): object => sub(`arn:aws:rds:\${AWS::Region}:\${AWS::AccountId}:${rest}`);
/** One value or the other, by a condition that only the deployment knows. */
export const either = (one: unknown, other: unknown): object => ({ 'Fn::If': ['Open', one, other] });
/** The sections that parameters and open conditions need. */
export const OPEN = {
  Parameters: { AccountParameter: { Type: 'String', Default: VAULT } },
  Conditions: { Open: { 'Fn::Equals': [{ Ref: 'AccountParameter' }, 'x'] } },
};
