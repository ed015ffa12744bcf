import type { Attack } from './attack';

/** What AWS may answer for an account that wants it so: a policy, its own traffic, or a service that it switched off. */
const ERRORS = [
  'AccessDenied',
  'ThrottlingException',
  'InternalFailure',
  'InvalidParameterCombination',
  'RequestLimitExceeded',
  'OptInRequired',
  'ExpiredTokenException',
];

/** An account answers with an error in one place, for as long as the attack lasts. */
const answering = (
  place: 'role' | 'mark' | 'topic',
  sentence: string,
  variants: readonly string[] = ERRORS,
  isReported = true,
): Attack => ({
  name: `${place}-error`,
  sentence,
  by: 'account',
  variants,
  isReported,
  act(attacker, { variant }) {
    attacker.answers[place] = variant;
  },
  end(attacker) {
    attacker.answers[place] = undefined;
  },
});

const TOPIC_ERRORS = [
  'AuthorizationError',
  'InvalidParameter',
  'NotFound',
  'SubscriptionLimitExceeded',
  'InternalError',
];

/** Attacks with what an account answers. */
export const ANSWERS: readonly Attack[] = [
  answering('role', 'lets its access roles answer with an error'),
  answering('mark', 'lets the vault look, and refuses every mark with an error'),
  answering('topic', 'lets its topic refuse the vault’s inbox', TOPIC_ERRORS, false),
];
