import { isList, isObject, type TemplateVariant } from './template';

/** The services of targets that start a step. */
const SERVICES = ['lambda', 'sqs'];

/** The EventBridge rules that invoke each function or send to each queue: ARNs of rules by the ARN of their target. */
export function rulesByTarget(templates: readonly TemplateVariant[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { resources } of templates) {
    for (const { type, arn, properties } of resources.values()) {
      if (type !== 'AWS::Events::Rule' || arn === undefined || !isList(properties.Targets)) continue;
      for (const target of properties.Targets) {
        if (!isObject(target) || typeof target.Arn !== 'string') continue;
        if (SERVICES.includes(target.Arn.split(':')[2] ?? ''))
          found.set(target.Arn, [...(found.get(target.Arn) ?? []), arn]);
      }
    }
  }
  return found;
}
