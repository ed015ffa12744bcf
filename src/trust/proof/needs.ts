import { NAMES } from '../../contract/names';
import type { PrincipalInput } from '../../policy-evaluator/case';
import type { Access } from '../implied/access';
import {
  deliveryToQueue,
  functionInvocation,
  functionRoleAssumption,
  impliedByRunning,
} from '../implied/service-accesses';
import { type CallingRole, callingRoleOf } from '../step-calls';
import { rulesByTarget } from '../templates/rules-by-target';
import type { TemplateVariant } from '../templates/template';
import type { Need } from './need';
import type { ProvedLandingZone } from './proved-landing-zone';
import type { Samples } from './samples';
import { neededToEncrypt, neededToNotify } from './service-needs';
import { neededBy, placementsIn } from './step-needs';

const need = (principal: PrincipalInput, access: Access, caller?: CallingRole): Need => ({
  principal,
  ways: [[access]],
  ...(caller && { caller }),
});

/** What AWS needs for each function of a template: to assume its role, write its log, read its queue, and invoke it for a rule. */
function neededToRun(template: TemplateVariant): readonly Need[] {
  const resources = [...template.resources.values()];
  const rules = rulesByTarget([template]);
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
      need({ service: 'lambda.amazonaws.com' }, functionRoleAssumption(arn, role)),
      ...running.map((access) => need(role, access, callingRoleOf(role))),
      ...(rules.get(arn) ?? []).map((rule) => need(events, functionInvocation(arn, rule))),
    ];
  });
}

/**
 * Everything that must be allowed for the flow to run: the accesses of every step’s calls, its access roles, the notifications
 * at the inbox, and what starts and runs the steps. For the first source, which represents all.
 */
export function needsOf(zone: ProvedLandingZone, samples: Samples): readonly Need[] {
  const {
    vault,
    sources: [source = ''],
    templates,
    regions,
  } = zone;
  const sourceTemplates = templates.source.filter(({ place }) => place.account === source);
  const homes = [...templates.vault, ...templates.management, ...sourceTemplates];
  const sns = { service: 'sns.amazonaws.com' };
  const notifications = regions.map((region) => {
    const inbox = `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`;
    const topic = `arn:aws:sns:${region}:${source}:${NAMES.copiesTopic}`;
    return { principal: sns, ways: [[deliveryToQueue(topic, inbox), ...neededToEncrypt(topic, inbox, homes)]] };
  });
  const calls = homes.flatMap(placementsIn).flatMap((placement) => neededBy(zone, samples, placement));
  return [...notifications, ...calls, ...homes.flatMap(neededToRun), ...neededToNotify(homes)];
}
