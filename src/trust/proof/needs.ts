import { NAMES } from '../../contract/names';
import type { PrincipalInput } from '../../policy-evaluator/case';
import type { Access } from '../implied/access';
import { deliveryToQueue, impliedByRunning, takingFunctionRole, wakeUpOf } from '../implied/service-accesses';
import { type Caller, callerOf } from '../step-calls';
import type { TemplateVariant } from '../templates/template';
import { wakersIn } from '../templates/rules-by-target';
import { neededBy, postsIn } from './step-needs';
import type { LandingZone } from './proved-landing-zone';
import type { Samples } from './samples';
import { neededToNotify, neededToSeal } from './service-needs';

/** Something without which a step, or what wakes it, does not work. */
export interface Need {
  readonly principal: PrincipalInput;
  /** Whose need it is; undefined when AWS needs it to bring a message or to run a function. */
  readonly caller?: Caller;
  /** What must be allowed together; of several ways one must be allowed. */
  readonly ways: readonly (readonly Access[])[];
}

const need = (principal: PrincipalInput, access: Access, caller?: Caller): Need => ({
  ...{ principal, ways: [[access]], ...(caller && { caller }) },
});

/** What AWS needs for each function of a template: to take its role, to write its log, to read its queue, to be woken by a rule. */
function neededToRun(template: TemplateVariant): readonly Need[] {
  const resources = [...template.resources.values()];
  const wakers = wakersIn([template]);
  const { account, region } = template.place;
  return resources.flatMap(({ type, arn, ref, properties }): Need[] => {
    if (type !== 'AWS::Lambda::Function' || arn === undefined) return [];
    const role = String(properties.Role);
    const feeds = resources.filter(
      (one) =>
        one.type === 'AWS::Lambda::EventSourceMapping' && [arn, ref].includes(String(one.properties.FunctionName)),
    );
    const queues = feeds.map((one) => String(one.properties.EventSourceArn));
    const log = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${ref}:*`;
    const running =
      queues.length === 0 ? impliedByRunning(log) : queues.flatMap((queue) => impliedByRunning(log, queue));
    const events = { service: 'events.amazonaws.com' };
    return [
      need({ service: 'lambda.amazonaws.com' }, takingFunctionRole(arn, role)),
      ...running.map((access) => need(role, access, callerOf(role))),
      ...(wakers.get(arn) ?? []).map((rule) => need(events, wakeUpOf(arn, rule))),
    ];
  });
}

/**
 * Everything that must be allowed for the flow to run: the calls of every step with all they imply, on the real resources,
 * the access roles they go through, the bell at the inbox, and what wakes and runs them. For the first source: all are alike.
 */
export function needsOf(zone: LandingZone, samples: Samples): readonly Need[] {
  const {
    vault,
    sources: [source = ''],
    templates,
    regions,
  } = zone;
  const sourceTemplates = templates.source.filter(({ place }) => place.account === source);
  const homes = [...templates.vault, ...templates.management, ...sourceTemplates];
  const sns = { service: 'sns.amazonaws.com' };
  const bell = regions.map((region) => {
    const inbox = `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`;
    const topic = `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`;
    return { principal: sns, ways: [[deliveryToQueue(topic, inbox), ...neededToSeal(topic, inbox, homes)]] };
  });
  const calls = homes.flatMap(postsIn).flatMap((post) => neededBy(zone, samples, post));
  return [...bell, ...calls, ...homes.flatMap(neededToRun), ...neededToNotify(homes)];
}
