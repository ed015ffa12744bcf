import { NAMES } from '../../contract/names';
import type { Zone } from '../templates/judged-templates';
import type { Statement } from '../templates/statement';
import { beyondAs, type Ground, type Reach } from './permission-row';
import { ROLES } from './role-patterns';

const ALARMS: readonly string[] = ['cloudwatch.amazonaws.com'];
const EVENTS: readonly string[] = ['events.amazonaws.com'];
const WAKEUPS = `arn:aws:sqs:{region}:{account}:${NAMES.wakeups}`;
const ALERTS = `arn:aws:sns:{region}:{account}:${NAMES.alertsTopic}`;

const STEPS: readonly Reach[] = [
  {
    by: ['lambda.amazonaws.com'],
    may: ['sts:AssumeRole'],
    on: ['made AWS::IAM::Role'],
    because: 'A step runs as its role.',
  },
  {
    by: EVENTS,
    may: ['lambda:InvokeFunction'],
    on: ['made AWS::Lambda::Function'],
    because: 'The clock, or what AWS tells, wakes a step.',
  },
];

const WAKING: Reach = {
  by: EVENTS,
  may: ['sqs:SendMessage'],
  on: [WAKEUPS],
  because: 'What wakes a copying step gathers in its queue.',
};

/** Alarms, and what else tells people, at the topic and at the key that it is under. */
const telling = (by: readonly string[], because: string): readonly Reach[] => [
  { by, may: ['sns:Publish'], on: [ALERTS], because },
  {
    by,
    may: ['kms:Decrypt', 'kms:GenerateDataKey'],
    on: ['key of AWS::SNS::Topic'],
    because:
      'The topic is under a key of its own: whoever tells something on it has it sealed. No copy is under that key.',
  },
];

/**
 * What AWS services may do through the policies of resources and roles, by the kind of account: `by` names services. That
 * they come for the account itself is asked beside it.
 */
export const SERVICE_REACH: Readonly<Record<Zone, readonly Reach[]>> = {
  vault: [
    {
      by: ['sns.amazonaws.com', 'sns.*.amazonaws.com'],
      may: ['sqs:SendMessage'],
      on: [`arn:aws:sqs:{region}:{account}:${NAMES.inbox}`],
      because: 'The bell: a topic of our name says that there is something to copy.',
    },
    WAKING,
    ...STEPS,
    ...telling(ALARMS, 'An alarm tells the people on call.'),
    ...telling(EVENTS, 'A finding of IAM Access Analyzer is told to people.'),
  ],
  management: [...STEPS, ...telling(ALARMS, 'An alarm tells the people on call.')],
  source: [
    WAKING,
    ...STEPS,
    {
      by: ['backup.amazonaws.com'],
      may: ['sts:AssumeRole'],
      on: [`arn:aws:iam::{account}:role/${ROLES.backup}`],
      because: 'AWS Backup makes the snapshots of a source.',
    },
  ],
};

/** What services may do by a statement that no row allows them. A policy is of its owner, whatever resources it names. */
export const servicesBeyond = (statement: Statement, ground: Ground): readonly string[] =>
  statement.principals
    .filter(({ kind }) => kind === 'Service')
    .flatMap(({ who }) =>
      beyondAs(who, { ...statement, resources: [statement.owner] }, SERVICE_REACH[ground.template.zone], ground),
    );
