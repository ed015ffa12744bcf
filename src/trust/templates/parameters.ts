import { uuidOf } from './made-up-ids';
import { isObject, type JsonObject, type TemplatePlace } from './template';

/** The text of a declared parameter; null without one. The default of an SSM parameter is the name of a value. */
export function parameterTextOf(name: string, declared: JsonObject, { parameters }: TemplatePlace): string | null {
  const given = parameters?.[name];
  if (given !== undefined) return given;
  const parameter = declared[name];
  if (!isObject(parameter) || String(parameter.Type).startsWith('AWS::SSM::')) return null;
  const fallback = parameter.Default;
  return fallback === undefined || typeof fallback === 'object' ? null : String(fallback);
}

/**
 * The text of a pseudo parameter; null for any other name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
export function pseudoParameterOf(name: string, place: TemplatePlace): string | null {
  const { account, region, stackName, stackId } = place;
  switch (name) {
    case 'AWS::AccountId':
      return account;
    case 'AWS::Region':
      return region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stackName;
    case 'AWS::StackId':
      return stackId ?? madeUpStackId(place);
    default:
      return null;
  }
}

function madeUpStackId({ account, region, stackName }: TemplatePlace): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/${uuidOf(account, region, stackName)}`;
}
