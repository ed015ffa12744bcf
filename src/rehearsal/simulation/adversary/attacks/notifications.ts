import { snapshotArn } from '../../../../contract/ids';
import { HERE } from '../../scenario';
import type { Attack } from './attack';

/** Messages in every turn for each point of force. */
const EACH = 15;

const notifications: Attack = {
  name: 'notifications',
  says: 'sends many messages to the vault’s inbox',
  by: 'account',
  variants: ['well-formed', 'unknown version', 'garbage', 'of another account'],
  isTold: true,
  act(hands, { force, variant, turn }) {
    for (let at = 0; at < force * EACH; at += 1) {
      const copy = snapshotArn(`arn:aws:rds:${HERE}:${hands.account}:snapshot:checkvalve-nothing-${turn}-${at}`);
      const messages: Readonly<Record<string, string>> = {
        'well-formed': JSON.stringify({ version: 1, copy }),
        'unknown version': JSON.stringify({ version: 99, copy }),
        garbage: '{"version":',
        'of another account': JSON.stringify({ version: 1, copy: copy.replace(hands.account, '222299999999') }),
      };
      hands.notify(messages[variant] ?? '');
    }
  },
};

/** Attacks on the inbox. */
export const NOTIFICATIONS: readonly Attack[] = [notifications];
