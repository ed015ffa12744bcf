import type { AccountId } from '../../contract/ids';
import { Random } from '../random';
import { VAULT } from '../scenario';
import { actingAccount } from './acting-account';
import { AttackerAccount, type AttackerAccountPorts } from './attacker-account';
import { attackOf } from './attacks/all';
import { HOURS_PER_TURN, type Move } from './attacks/attack';

const MINUTES_PER_TURN = HOURS_PER_TURN * 60;

/** Plays the moves of a strategy. */
export class Adversary {
  private readonly accounts = new Map<AccountId, AttackerAccount>();

  constructor(
    private readonly moves: readonly Move[],
    private readonly reach: AttackerAccountPorts,
  ) {}

  /** What an account of the adversary has changed; undefined for every other account. */
  attackerAccount(account: AccountId): AttackerAccount | undefined {
    return this.accounts.get(account);
  }

  /** Acts so many minutes after the beginning of the attack. Resolves to whether a move acted. */
  async act(at: number): Promise<boolean> {
    let acted = false;
    for (const [place, move] of this.moves.entries()) {
      const since = at - move.from * 60;
      if (since < 0 || since >= move.hours * 60 || since % MINUTES_PER_TURN !== 0) continue;
      const attack = attackOf(move.attack);
      const variant = attack.variants[move.variant % attack.variants.length] ?? '';
      const random = new Random(this.reach.scenario.seed, `move ${place} ${at}`);
      const turn = since / MINUTES_PER_TURN;
      await attack.act(this.acting(move), { force: move.force, variant, turn, random });
      acted = true;
    }
    return acted;
  }

  /** The attack ends. */
  async ends(): Promise<void> {
    for (const move of this.moves) await attackOf(move.attack).end?.(this.acting(move));
  }

  /** Makes copies in flight fail whose keys are disabled. Returns whether a copy failed. */
  failInFlight(): boolean {
    const failing = [...this.accounts.values()].filter(({ failing: is }) => is);
    if (failing.length === 0) return false;
    const { rds, truth, scenario } = this.reach;
    let failed = false;
    for (const { arn, status } of rds.all(VAULT)) {
      const copy = status === 'creating' ? truth.copy(arn) : undefined;
      const isReal = scenario.databases.some(({ database }) => database.arn === copy?.database);
      if (!copy || isReal || !failing.some(({ account }) => account === copy.account)) continue;
      rds.change(arn, { status: 'failed' });
      failed = true;
    }
    return failed;
  }

  private acting(move: Move): AttackerAccount {
    const id = actingAccount(this.reach.scenario, move);
    const known = this.accounts.get(id) ?? new AttackerAccount(id, this.reach);
    this.accounts.set(id, known);
    return known;
  }
}
