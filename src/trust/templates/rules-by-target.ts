import { isList, isObject, type TemplateVariant } from './template';

/** What a rule of EventBridge wakes a step through. */
const WOKEN = ['lambda', 'sqs'];

/** The rules of EventBridge that wake each function or feed each queue: ARNs of rules by the ARN of their target. */
export function wakersIn(templates: readonly TemplateVariant[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { resources } of templates) {
    for (const { type, arn, properties } of resources.values()) {
      if (type !== 'AWS::Events::Rule' || arn === undefined || !isList(properties.Targets)) continue;
      for (const target of properties.Targets) {
        if (!isObject(target) || typeof target.Arn !== 'string') continue;
        if (WOKEN.includes(target.Arn.split(':')[2] ?? ''))
          found.set(target.Arn, [...(found.get(target.Arn) ?? []), arn]);
      }
    }
  }
  return found;
}
