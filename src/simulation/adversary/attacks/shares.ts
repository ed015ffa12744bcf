import type { Attack } from './attack';

const KINDS = ['instance', 'cluster'] as const;
const kindOf = (variant: string) => (variant.startsWith('cluster') ? 'cluster' : 'instance');

/** Dozens of copies of databases that do not exist. */
const flood: Attack = {
  name: 'flood',
  sentence: 'shares many small copies',
  by: 'account',
  variants: ['one-off names', 'real names', 'cluster, one-off names', 'few names'],
  isReported: true,
  act(attacker, { force, variant, turn }) {
    attacker.withdrawImported();
    const names = attacker.databases.map(({ database }) => database.arn.split(':').at(-1) ?? 'db-1');
    for (let at = 0; at < force * 5; at += 1) {
      const oneOff = `made-up-${turn}-${at}`;
      const name = variant.includes('one-off')
        ? oneOff
        : variant === 'few names'
          ? `made-up-${at % 9}`
          : names[at % names.length];
      attacker.share({ kind: kindOf(variant), of: name ?? oneOff });
    }
  },
  end: (attacker) => attacker.withdrawAll(),
};

/** Shares copies of one kind four times a day, each made the same way; those that the vault has are withdrawn before. */
const heavy = (
  name: string,
  sentence: string,
  make: (force: number) => { readonly sizeGiB?: number; readonly copyMinutes?: number },
): Attack => ({
  name: `${name}-copies`,
  sentence,
  by: 'account',
  variants: KINDS,
  isReported: true,
  act(attacker, { force, variant, turn }) {
    if (turn % 4 !== 0) return;
    attacker.withdrawImported();
    for (let at = 0; at < force * 3; at += 1) {
      attacker.share({ kind: kindOf(variant), of: `${name}-${at}`, ...make(force) });
    }
  },
  end: (attacker) => attacker.withdrawAll(),
});

/** Each holds a slot for days, by its size. */
const huge = heavy('huge', 'shares copies of many terabytes', (force) => ({ sizeGiB: 4096 + force * 1536 }));
/** Each holds a slot for days, although it is small. */
const slow = heavy('slow', 'shares small copies that take days', (force) => ({ copyMinutes: force * 432 }));

/** Copies whose key is disabled while they are in flight: each fails in the vault, and counts toward the quota. */
const failing: Attack = {
  name: 'failing-copies',
  sentence: 'disables its key while copies are in flight',
  by: 'account',
  variants: ['one-off names', 'few names'],
  isReported: true,
  act(attacker, { force, variant, turn }) {
    attacker.failing = true;
    attacker.withdrawAll();
    for (let at = 0; at < force * 4; at += 1) {
      attacker.share({ of: variant === 'few names' ? `failing-${at % 12}` : `failing-${turn}-${at}` });
    }
  },
  end(attacker) {
    attacker.failing = false;
    attacker.withdrawAll();
  },
};

/** Attacks with shared copies. */
export const SHARES: readonly Attack[] = [flood, huge, slow, failing];
