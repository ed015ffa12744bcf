import type { Region } from '../../contract/ids';
import { COPY_KEY_ACTIONS, NAMES, PREFIX, roleNames, TAGS } from '../../contract/names';
import { matches, withWildcards } from '../../policy-evaluator/pattern';
import type { ConditionElement } from '../../policy-evaluator/policy';
import type { Access } from '../implied/access';
import { ACCESS_ROLE_STEPS, ROLES, roleNameOf } from '../permissions/role-patterns';
import type { Need } from './need';
import type { ExpectedAccess } from './proof-line';
import type { ProvedLandingZone } from './proved-landing-zone';
import { topicKeyOf } from './samples';

const FOR_AWS_SERVICES: ConditionElement = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
/** A vault copy of Checkvalve that is not on legal hold. */
const VAULT_COPY: ConditionElement = {
  StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'vault' },
  Null: { [`aws:ResourceTag/${TAGS.legalHold}`]: 'true' },
};
/** Only two tags are written, and only on export copies. */
const EXPORT_COPY_TAGS: ConditionElement = {
  StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'export' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.importedAt, TAGS.held] },
  Null: { 'aws:TagKeys': 'false' },
};

/** A copy that is created with the role tag of vault copies. */
const NEW_COPY: ConditionElement = { StringEquals: { [`aws:RequestTag/${TAGS.role}`]: 'vault' } };
/** Only the tag of a failed copy is written, and only on vault copies. */
const FAILED_COPY_TAG: ConditionElement = {
  StringEquals: { [`aws:ResourceTag/${TAGS.role}`]: 'vault' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': [TAGS.failedAt] },
  Null: { 'aws:TagKeys': 'false' },
};

const is = (one: string) => (other: string) => one === other;

/** The first exception to T1: SNS sends notifications of copies topics to the inbox. */
export const inboxNotifications = ({ vault, regions }: ProvedLandingZone): readonly ExpectedAccess[] =>
  regions.map((region) => ({
    action: 'sqs:SendMessage',
    principal: (name) => /^sns(\.[a-z0-9-]+)?\.amazonaws\.com$/.test(name),
    resource: is(`arn:aws:sqs:${region}:${vault}:${NAMES.inbox}`),
    when: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:*:${NAMES.copiesTopic}` } },
    because: 'The inbox accepts messages of any copies topic: a message starts a check, and carries no order.',
  }));

/**
 * The second: EventBridge encrypts what it publishes to the alerts topic. The key policy cannot limit the source.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export const alertsKeyUse = (zone: ProvedLandingZone): readonly ExpectedAccess[] =>
  zone.regions.flatMap((region) =>
    ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
      action,
      principal: is('events.amazonaws.com'),
      resource: is(topicKeyOf(zone, `arn:aws:sns:${region}:${zone.vault}:${NAMES.alertsTopic}`) ?? ''),
      because:
        'The alerts topic is encrypted under a separate key. No copy is under that key, and the topic policy names the rule.',
    })),
  );

/** The role of a step in the vault of any Region: one registry access role serves the vaults of all Regions. */
const inAnyRegion = (vault: string, step: string) => (name: string) =>
  name.startsWith(`arn:aws:iam::${vault}:role/${roleNames.vaultStep(step, '' as Region)}`);

/** What other accounts allow the vault: to use keys, to assume access roles, and to subscribe the inbox. */
export const vaultInOtherAccounts = ({ vault, regions, cell }: ProvedLandingZone): readonly ExpectedAccess[] =>
  regions.flatMap((at): readonly ExpectedAccess[] => {
    const region = at as Region;
    const role = (step: string) => is(`arn:aws:iam::${vault}:role/${roleNames.vaultStep(step, region)}`);
    const [importer, follower] = [role('import-copies'), role('follow-sources')];
    const inRegion = (service: string) => (arn: string) => arn.startsWith(`arn:aws:${service}:${region}:`);
    return [
      ...COPY_KEY_ACTIONS.map((action) => ({
        action,
        principal: importer,
        resource: inRegion('kms'),
        because: 'import-copies copies the export copies that are shared with the vault.',
      })),
      {
        action: 'kms:CreateGrant',
        principal: importer,
        resource: inRegion('kms'),
        when: FOR_AWS_SERVICES,
        because: 'RDS needs a grant on the export key while it copies.',
      },
      {
        action: 'sns:Subscribe',
        principal: follower,
        resource: (arn) => arn.endsWith(`:${NAMES.copiesTopic}`),
        when: {
          StringEquals: { 'sns:Protocol': 'sqs', 'sns:Endpoint': `arn:aws:sqs:${region}:${vault}:${NAMES.inbox}` },
        },
        because: 'follow-sources subscribes the inbox to a copies topic.',
      },
      ...Object.entries(ACCESS_ROLE_STEPS).map(([accessRole, steps]) => ({
        action: 'sts:AssumeRole',
        principal: (name: string) =>
          steps.some((step) => (accessRole === ROLES.registryAccess ? inAnyRegion(vault, step) : role(step))(name)),
        resource: (arn: string) => arn.endsWith(`:role/${roleNameOf(accessRole, region, cell)}`),
        because: `${steps.join(' and ')} may assume this access role.`,
      })),
    ];
  });

/** Grants on the import key are for AWS services only. */
export const grantsForServices: readonly ExpectedAccess[] = [
  {
    action: 'kms:CreateGrant',
    principal: () => true,
    resource: () => true,
    when: FOR_AWS_SERVICES,
    because: 'RDS needs a grant on the import key.',
  },
];

/** The conditions of a need. Each access must meet one of them, whatever the policy says. */
const CONDITIONS_OF_NEEDS: Readonly<Record<string, readonly ConditionElement[]>> = {
  'import-copies rds:AddTagsToResource': [NEW_COPY, FAILED_COPY_TAG],
  'prune-copies rds:DeleteDBSnapshot': [VAULT_COPY],
  'prune-copies rds:DeleteDBClusterSnapshot': [VAULT_COPY],
  'snapshot-access rds:AddTagsToResource': [EXPORT_COPY_TAGS],
};

/** Only the sources know the ids of their export keys: the importer may use any key that allows it, through RDS only. */
const isCopying = (caller: string, action: string): boolean => caller === 'import-copies' && action.startsWith('kms:');

const throughRds = ({ context }: Access): ConditionElement => ({
  StringEquals: { 'kms:ViaService': String(context['kms:ViaService']) },
  ...('kms:GrantIsForAWSResource' in context && FOR_AWS_SERVICES),
});

/** Steps read the tags of every snapshot in a list, whatever created it. */
const readsTags = (action: string): boolean => action === 'rds:ListTagsForResource';
const anySnapshot = (arn: string): string => arn.replace(/:(cluster-)?snapshot:.*$/, ':*snapshot:*');

/** What each role needs, and no more: the actions of its code on the resources that the code uses. */
export const needed = (needs: readonly Need[]): readonly ExpectedAccess[] =>
  needs.flatMap(({ principal, caller, ways }): readonly ExpectedAccess[] => {
    if (typeof principal !== 'string' || caller === undefined) return [];
    return ways.flat().flatMap((access) => {
      const { action, resource } = access;
      const copying = isCopying(caller, action);
      const pattern = withWildcards(
        copying
          ? resource.replace(/:\d{12}:key\/.*$/, ':*:key/*')
          : readsTags(action)
            ? anySnapshot(resource)
            : everyCopy(resource),
      );
      const held = copying ? [throughRds(access)] : (CONDITIONS_OF_NEEDS[`${caller} ${action}`] ?? [undefined]);
      return held.map((when) => ({
        action,
        principal: is(principal),
        resource: (arn: string) => matches(pattern, arn),
        ...(when && { when }),
        because: `${caller} needs it`,
      }));
    });
  });

/** One copy represents all copies of its kind with the prefix. */
const everyCopy = (arn: string): string =>
  arn.replace(new RegExp(`:((?:cluster-)?snapshot):${PREFIX}-.*$`), `:$1:${PREFIX}-*`);
