import type { Region } from '../../contract/ids';
import { COPY_KEY_ACTIONS, NAMES, PREFIX, roleNames, TAGS } from '../../contract/names';
import { matches, withWildcards } from '../../policy-evaluator/pattern';
import type { ConditionElement } from '../../policy-evaluator/policy';
import type { Access } from '../implied/access';
import { ROLES } from '../permissions/role-patterns';
import type { Permit } from './proof-line';
import type { LandingZone } from './proved-landing-zone';
import type { Need } from './needs';
import { topicKeyOf } from './samples';

const FOR_AWS_SERVICES: ConditionElement = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
/** A vault copy that is ours, and not on hold. */
const OURS: ConditionElement = {
  StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'vault' },
  Null: { [`aws:ResourceTag/${TAGS.legalHold}`]: 'true' },
};
/** Nothing is written but the marks, and those on export copies alone. */
const MARKS: ConditionElement = {
  StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'export' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.takenAt, TAGS.held] },
  Null: { 'aws:TagKeys': 'false' },
};

/** A copy as it is made: it is given the mark of the vault's. */
const MARKED: ConditionElement = { StringEquals: { [`aws:RequestTag/${TAGS.role}`]: 'vault' } };
/** On any copy of the vault that it has failed, and nothing else. */
const FAILURE: ConditionElement = {
  StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'vault' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.failedAt] },
  Null: { 'aws:TagKeys': 'false' },
};

const is = (one: string) => (other: string) => one === other;

/** The first exception to T1: SNS rings at the inbox, for topics of our name. */
export const bell = ({ vault, regions }: LandingZone): readonly Permit[] =>
  regions.map((region) => ({
    action: 'sqs:SendMessage',
    principal: (name) => /^sns(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(name),
    resource: is(`arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`),
    when: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:*:${NAMES.copiesTopic}` } },
    because: 'The inbox is a public letter box for topics of our name: a message is a doorbell, not an order.',
  }));

/** The second: EventBridge encrypts what it publishes to the alerts topic. A key policy cannot say for whom it comes.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
export const sealing = (zone: LandingZone): readonly Permit[] =>
  zone.regions.flatMap((region) =>
    ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
      action,
      principal: is('events.amazonaws.com'),
      resource: is(topicKeyOf(zone, `arn:aws:sns:${region}:${zone.vault}:${NAMES.alertsTopic}`) ?? ''),
      because: 'The alerts topic is under a key of its own, under which no copy is, and its policy names the rule.',
    })),
  );

/** Whom each access role is for. */
const VISITORS: Readonly<Record<string, readonly string[]>> = {
  [ROLES.snapshotAccess]: ['import-copies'],
  [ROLES.coverageAccess]: ['report-coverage'],
  [ROLES.registryAccess]: ['follow-sources', 'report-coverage'],
};

/** The role of a step in the vault of any Region: the registry access role names no Region, so that its trust policy fits. */
const inAnyRegion = (vault: string, step: string) => (name: string) =>
  name.startsWith(`arn:aws:iam::${vault}:role/${roleNames.vaultStep(step, '' as Region)}`);

/** What the vault may do in other accounts by their own leave: take keys and access roles, and subscribe its inbox. */
export const vaultAbroad = ({ vault, regions }: LandingZone): readonly Permit[] =>
  regions.flatMap((at): readonly Permit[] => {
    const region = at as Region;
    const role = (step: string) => is(`arn:aws:iam::${vault}:role/${roleNames.vaultStep(step, region)}`);
    const [importer, follower] = [role('import-copies'), role('follow-sources')];
    const inRegion = (service: string) => (arn: string) => arn.startsWith(`arn:aws:${service}:${region}:`);
    return [
      ...COPY_KEY_ACTIONS.map((action) => ({
        ...{ action, principal: importer, resource: inRegion('kms') },
        because: 'import-copies reads what was exported for it.',
      })),
      {
        ...{ action: 'kms:CreateGrant', principal: importer, resource: inRegion('kms'), when: FOR_AWS_SERVICES },
        because: 'RDS lets itself be granted the export key while it copies.',
      },
      {
        action: 'sns:Subscribe',
        principal: follower,
        resource: (arn) => arn.endsWith(`:${NAMES.copiesTopic}`),
        when: {
          StringEquals: { 'sns:Protocol': 'sqs', 'sns:Endpoint': `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}` },
        },
        because: 'follow-sources has the inbox hear a topic.',
      },
      ...Object.entries(VISITORS).map(([accessRole, visitors]) => ({
        action: 'sts:AssumeRole',
        principal: (name: string) =>
          visitors.some((step) => (accessRole === ROLES.registryAccess ? inAnyRegion(vault, step) : role(step))(name)),
        resource: (arn: string) => arn.endsWith(`:role/${accessRole.replaceAll('{region}', region)}`),
        because: `${visitors.join(' and ')} may look through this access role.`,
      })),
    ];
  });

/** A grant on the import key is one for an AWS service. */
export const grantsForServices: readonly Permit[] = [
  {
    ...{ action: 'kms:CreateGrant', principal: () => true, resource: () => true, when: FOR_AWS_SERVICES },
    because: 'RDS lets itself be granted the import key.',
  },
];

/** Which conditions a need is held to, one of them each time, whatever the policy says. */
const HELD_TO: Readonly<Record<string, readonly ConditionElement[]>> = {
  'import-copies rds:AddTagsToResource': [MARKED, FAILURE],
  'prune-copies rds:DeleteDBSnapshot': [OURS],
  'prune-copies rds:DeleteDBClusterSnapshot': [OURS],
  'snapshot-access rds:AddTagsToResource': [MARKS],
};

/** The ids of export keys are known to their accounts alone: the importer may use any key that lets it, but through RDS alone. */
const isCopying = (caller: string, action: string): boolean => caller === 'import-copies' && action.startsWith('kms:');

const throughRds = ({ context }: Access): ConditionElement => ({
  StringEquals: { 'kms:ViaService': String(context['kms:ViaService']) },
  ...('kms:GrantIsForAWSResource' in context && FOR_AWS_SERVICES),
});

/** Tags are read of every snapshot that is listed, whoever made it. */
const readsTags = (action: string): boolean => action === 'rds:ListTagsForResource';
const anySnapshot = (arn: string): string => arn.replace(/:(cluster-)?snapshot:.*$/, ':*snapshot:*');

/** What each role needs, and not more: the actions of its own code on the resources that they are for. */
export const needed = (needs: readonly Need[]): readonly Permit[] =>
  needs.flatMap(({ principal, caller, ways }): readonly Permit[] => {
    if (typeof principal !== 'string' || caller === undefined) return [];
    return ways.flat().flatMap((access) => {
      const { action, resource } = access;
      const copying = isCopying(caller, action);
      const pattern = withWildcards(
        copying
          ? resource.replace(/:\d{12}:key\/.*$/, ':*:key/*')
          : readsTags(action)
            ? anySnapshot(resource)
            : allAlike(resource),
      );
      const held = copying ? [throughRds(access)] : (HELD_TO[`${caller} ${action}`] ?? [undefined]);
      return held.map((when) => ({
        ...{
          action,
          principal: is(principal),
          resource: (arn: string) => matches(pattern, arn),
          ...(when && { when }),
        },
        because: `${caller} needs it`,
      }));
    });
  });

/** A copy stands for all of its kind that have our name. */
const allAlike = (arn: string): string =>
  arn.replace(new RegExp(`:((?:cluster-)?snapshot):${PREFIX}-.*$`), `:$1:${PREFIX}-*`);
