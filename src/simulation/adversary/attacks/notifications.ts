import { snapshotArn } from '../../../contract/ids';
import { HERE } from '../../scenario';
import type { Attack } from './attack';

/** Messages in every turn for each point of force, and the number in an hour that the vault reports as too many. */
const EACH = 15;
const EACH_WELL_FORMED = 60;
const TOO_MANY = 500;
const WELL_FORMED = 'well-formed';

const countOf = (force: number, variant: string) => force * (variant === WELL_FORMED ? EACH_WELL_FORMED : EACH);

const notifications: Attack = {
  name: 'notifications',
  sentence: 'sends many messages to the vault’s inbox',
  by: 'account',
  variants: [WELL_FORMED, 'unknown version', 'garbage', 'of another account'],
  isReported: ({ force, variant }) => variant !== WELL_FORMED || countOf(force, variant) >= TOO_MANY,
  act(attacker, { force, variant, turn }) {
    for (let at = 0; at < countOf(force, variant); at += 1) {
      const copy = snapshotArn(`arn:aws:rds:${HERE}:${attacker.account}:snapshot:checkvalve-nothing-${turn}-${at}`);
      const messages: Readonly<Record<string, string>> = {
        [WELL_FORMED]: JSON.stringify({ version: 1, copy }),
        'unknown version': JSON.stringify({ version: 99, copy }),
        garbage: '{"version":',
        'of another account': JSON.stringify({ version: 1, copy: copy.replace(attacker.account, '222299999999') }),
      };
      attacker.notify(messages[variant] ?? '');
    }
  },
};

/** Attacks on the inbox. */
export const NOTIFICATIONS: readonly Attack[] = [notifications];
