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

const role: Attack = {
  name: 'role-error',
  says: 'lets its access roles answer with an error',
  by: 'account',
  variants: ERRORS,
  isTold: true,
  act(hands, { variant }) {
    hands.answers.role = variant;
  },
  end(hands) {
    hands.answers.role = undefined;
  },
};

const mark: Attack = {
  name: 'mark-error',
  says: 'lets the vault look, and refuses every mark with an error',
  by: 'account',
  variants: ERRORS,
  isTold: true,
  act(hands, { variant }) {
    hands.answers.mark = variant;
  },
  end(hands) {
    hands.answers.mark = undefined;
  },
};

const topic: Attack = {
  name: 'topic-error',
  says: 'lets its topic refuse the vault’s inbox',
  by: 'account',
  variants: ['AuthorizationError', 'InvalidParameter', 'NotFound', 'SubscriptionLimitExceeded', 'InternalError'],
  isTold: false,
  act(hands, { variant }) {
    hands.answers.topic = variant;
  },
  end(hands) {
    hands.answers.topic = undefined;
  },
};

/** Attacks with what an account answers. */
export const ANSWERS: readonly Attack[] = [role, mark, topic];
