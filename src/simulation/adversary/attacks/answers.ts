import type { Attack } from './attack';

/** Errors that an account can make AWS answer with: by a policy, by its own traffic, or by disabling a service. */
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

/** Attacks with the answers of an account. */
export const ANSWERS: readonly Attack[] = [
  answering('role', 'makes its access roles answer with an error'),
  answering('mark', 'lets the vault read, and refuses every tag with an error'),
  answering('topic', 'makes its topic refuse the vault’s inbox', TOPIC_ERRORS, false),
];
