import type { Organization } from '../../_kit/ports/organization';
import type { Registry } from '../../_kit/ports/registry';
import type { StackInstances } from '../../_kit/ports/stack-instances';
import { type EnrolmentFacts, type EnrolmentSettings, type JudgedMember, outWithoutTags } from './plan';

/** What enroll-accounts touches. */
export interface EnrolmentPorts {
  readonly organization: Organization;
  readonly stackInstances: StackInstances;
  readonly registry: Registry;
}

/** Reads the organization, the instances and the registry, each whole. Any of them failing fails the run. */
export async function observe(
  { organization, stackInstances, registry }: EnrolmentPorts,
  settings: EnrolmentSettings,
  now: Date,
): Promise<EnrolmentFacts> {
  const members: JudgedMember[] = [];
  for (const member of await organization.members()) {
    // A tag costs a call, at about ten a second: it is read only where it can change the verdict.
    const decided = outWithoutTags(member, settings, now) !== undefined;
    members.push(decided ? member : { ...member, tags: await organization.tags(member.id) });
  }
  return { settings, members, instances: await stackInstances.all(), registry: await registry.entries(), now };
}
