import type { Attack } from './attack';

/** An account outside: the vault does not follow it, but RDS lets it share with any account. */
const stranger: Attack = {
  name: 'stranger-shares',
  sentence: 'shares copies from an account that the vault does not follow, and notifies the vault',
  by: 'stranger',
  variants: ['one-off names', 'few names'],
  isReported: true,
  act(attacker, { force, variant, turn }) {
    attacker.withdrawAll();
    for (let at = 0; at < force * 4; at += 1) {
      attacker.share({ of: variant === 'few names' ? `strange-${at % 5}` : `strange-${turn}-${at}` });
    }
  },
  end: (attacker) => attacker.withdrawAll(),
};

/** Attacks from outside. */
export const STRANGERS: readonly Attack[] = [stranger];
