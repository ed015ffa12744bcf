import { accountId } from '../../../contract/ids';
import { HERE } from '../../scenario';
import type { AttackerAccount } from '../attacker-account';
import type { Attack } from './attack';

const entry = (attacker: AttackerAccount, account: string, state: 'enrolled' | 'left', regions = [HERE]) =>
  attacker.registry.put({
    account: accountId(account),
    state,
    regions,
    since: attacker.rds.time.toISOString(),
    reason: 'forged',
  });

const end: Attack = {
  name: 'end-accounts',
  sentence: 'writes into the registry that accounts have left',
  by: 'management',
  variants: ['all at once', 'one a day', 'no Regions', 'and back again'],
  isReported: true,
  async act(attacker, { force, variant, turn }) {
    const { accounts } = attacker.scenario;
    const days = Math.floor(turn / 4);
    const count = variant === 'one a day' ? days + 1 : Math.ceil((accounts.length * force) / 10);
    const isBack = variant === 'and back again' && days % 2 === 1;
    for (const account of accounts.slice(0, count)) {
      if (variant === 'no Regions') await entry(attacker, account, 'enrolled', []);
      else await entry(attacker, account, isBack ? 'enrolled' : 'left');
    }
  },
  async end(attacker) {
    for (const account of attacker.scenario.accounts) await entry(attacker, account, 'enrolled');
  },
};

const add: Attack = {
  name: 'add-accounts',
  sentence: 'writes many accounts into the registry',
  by: 'management',
  variants: ['many', 'very many'],
  isReported: true,
  async act(attacker, { force, variant, turn }) {
    const count = force * (variant === 'many' ? 5 : 15);
    if (turn % 4 !== 0) return;
    for (let at = 0; at < count; at += 1)
      await entry(attacker, `3333${String(10_000_000 + turn * 1000 + at)}`, 'enrolled');
  },
};

const unreadable: Attack = {
  name: 'unreadable-items',
  sentence: 'writes items into the registry that cannot be parsed',
  by: 'management',
  variants: ['few'],
  isReported: true,
  act(attacker, { force }) {
    attacker.registry.unreadable.splice(0);
    for (let at = 0; at < force; at += 1) {
      attacker.registry.unreadable.push(
        `The registry entry of ${attacker.scenario.accounts[at % attacker.scenario.accounts.length]} has the state "odd"`,
      );
    }
  },
  end: (attacker) => void attacker.registry.unreadable.splice(0),
};

/** Attacks with the registry of the management account. */
export const REGISTRY: readonly Attack[] = [end, add, unreadable];
