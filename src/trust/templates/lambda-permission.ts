/**
 * AWS::Lambda::Permission, as the statement that it adds to the policy of a function.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
 */
import type { ConditionElement, PolicyStatement, PrincipalElement } from '../../policy-evaluator/policy';
import type { JsonObject, TemplatePlace } from './template';
import { isUnresolved } from './value-location';

/** The ARN of a permission’s function, which the template names by name, partial ARN or ARN. */
export function targetFunctionArnOf({ FunctionName }: JsonObject, { account, region }: TemplatePlace): string {
  const given = String(FunctionName);
  if (given.startsWith('arn:') || isUnresolved(given)) return given;
  const partial = /^(\d{12}):function:(.+)$/.exec(given);
  return `arn:aws:lambda:${region}:${partial?.[1] ?? account}:function:${partial?.[2] ?? given}`;
}

/** The statement that a permission adds. */
export function permissionStatementOf(properties: JsonObject, functionArn: string, sid: string): PolicyStatement {
  const condition = conditionOf(properties);
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: principalOf(String(properties.Principal)),
    Action: String(properties.Action),
    Resource: functionArn,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

function principalOf(principal: string): PrincipalElement {
  if (principal === '*') return '*';
  return /^(\d{12}$|arn:)/.test(principal) ? { AWS: principal } : { Service: principal };
}

function conditionOf(properties: JsonObject): ConditionElement {
  const equals: Record<string, string> = {};
  const set = (key: string, property: string): void => {
    const value = properties[property];
    if (value !== undefined) equals[key] = String(value);
  };
  set('aws:SourceAccount', 'SourceAccount');
  set('aws:PrincipalOrgID', 'PrincipalOrgID');
  set('lambda:EventSourceToken', 'EventSourceToken');
  set('lambda:FunctionUrlAuthType', 'FunctionUrlAuthType');
  const { SourceArn: source, InvokedViaFunctionUrl: viaUrl } = properties;
  return {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(source === undefined ? {} : { ArnLike: { 'aws:SourceArn': String(source) } }),
    ...(viaUrl === undefined ? {} : { Bool: { 'lambda:InvokedViaFunctionUrl': String(viaUrl) } }),
  };
}
