// Longer than most: one rehearsal, from the first enrollment to the last proof.
import { CloudFormationClient, ListStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import { cellsOf, otherCellsOf } from '../../config/cells';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { accountId } from '../../contract/ids';
import { MANAGEMENT_REGION, TAGS } from '../../contract/names';
import { planMoves, recordMoves, registryOf } from '../../operations/move/order-move';
import { readActionCatalog } from '../../trust/proof/action-catalog';
import { prove } from '../../trust/proof/prove';
import { variantWithoutOtherCells } from '../../trust/templates/other-cells';
import type { TemplateVariant } from '../../trust/templates/template';
import { allowedCauses } from '../attack/deployed-proof';
import { snapshotsOf } from '../checks/evidence';
import { deployedTemplates } from '../host/deployed-templates';
import { LandingZone, type LandingZoneOptions } from '../host/landing-zone';

/** What a proof over deployed templates came to. */
export interface Proved {
  readonly evaluated: number;
  readonly allowed: readonly string[];
}

/** One cell at the end of the rehearsal. */
export interface RehearsedCell {
  readonly name: string;
  readonly vault: string;
  /** Accounts in which its StackSet has an instance: before and after the move. */
  readonly accounts: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** Available copies in its vault, by account: before and after the move. */
  readonly copies: {
    readonly before: Readonly<Record<string, number>>;
    readonly after: Readonly<Record<string, number>>;
  };
  /** Accesses that the proofs over the deployed templates evaluated, before the move and after it, and what they allow and must not. */
  readonly proof: Proved;
}

/** The result of a rehearsal with several cells. */
export interface CellsRehearsal {
  readonly ok: boolean;
  readonly moved: { readonly account: string; readonly from: string; readonly to: string };
  readonly cells: readonly RehearsedCell[];
  /** What is not as it must be. */
  readonly failures: readonly string[];
}

const ROLLOUT_SECONDS = 900;
const DAY_SECONDS = 24 * 3600;
const BACKUP_SECONDS = 600;
const COPY_SECONDS = 1200;
const MAX_ROUNDS = 4;

/**
 * Plays a landing zone with several cells: accounts spread over them, each database is copied to the vault of its cell, one account moves, its
 * next backup is copied to the new vault while the old copies stay, and trust is proved for each cell over the deployed templates.
 */
export async function rehearseCells(
  config: CheckvalveConfig,
  progress: (line: string) => void,
  options: LandingZoneOptions = {},
): Promise<CellsRehearsal> {
  const zone = await LandingZone.start(config, progress, options);
  try {
    const played = new PlayedCells(zone, config);
    await zone.deploy();
    await zone.fire('enroll-accounts');
    await zone.pass(ROLLOUT_SECONDS);
    await zone.fire('follow-sources');
    await played.backUp();
    const before = await played.now();
    const provedBefore = await played.prove(before);
    const moved = await played.move();
    await played.backUp();
    const after = await played.now();
    const provedAfter = await played.prove(after);
    return await played.result(moved, { before, after }, { before: provedBefore, after: provedAfter });
  } finally {
    await zone.stop();
  }
}

/** The instances and copies of every cell at one time, by its name. */
type CellStates = ReadonlyMap<
  string,
  { readonly accounts: readonly string[]; readonly copies: Readonly<Record<string, number>> }
>;

interface BeforeAndAfter<T> {
  readonly before: T;
  readonly after: T;
}

/** The cells of a landing zone that is played. */
class PlayedCells {
  private readonly cells: ReturnType<typeof cellsOf>;
  private readonly region: string;

  constructor(
    private readonly zone: LandingZone,
    private readonly config: CheckvalveConfig,
  ) {
    this.cells = cellsOf(config);
    [this.region = ''] = config.regions;
  }

  /** AWS Backup runs the daily plan of every production account, and time passes until the vaults have the copies. */
  async backUp(): Promise<void> {
    const { emulator, world } = this.zone;
    for (const account of world.production) {
      const order = { account, region: this.region, planName: 'checkvalve-daily', durationSeconds: BACKUP_SECONDS };
      await emulator.runBackup(order);
    }
    await this.zone.pass(BACKUP_SECONDS + ROLLOUT_SECONDS);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      for (const step of ['export-snapshots', 'import-copies']) await this.zone.fire(step);
      await this.zone.pass(COPY_SECONDS);
    }
  }

  /** The first account of the first cell that has one moves to the next cell. */
  async move(): Promise<CellsRehearsal['moved']> {
    const states = await this.now();
    const names = [...states.keys()];
    const from = names.find((name) => (states.get(name)?.accounts.length ?? 0) > 0) ?? '';
    const to = names.find((name) => name !== from) ?? '';
    const account = states.get(from)?.accounts[0] ?? '';
    const management = accountId(this.config.organization.managementAccount);
    const settings = this.zone.emulator.client(management, MANAGEMENT_REGION);
    const { registry, by } = await registryOf(management, settings);
    const cells = this.cells.map(({ cell }) => cell) as [(typeof this.cells)[0]['cell']];
    const request = { account: accountId(account), to, reason: 'the rehearsal moves an account' };
    const author = { by, at: (await this.zone.emulator.now()).toISOString() };
    await recordMoves(await planMoves([request], author, { registry, cells }), registry);
    await this.zone.fire('enroll-accounts');
    await this.zone.pass(2 * ROLLOUT_SECONDS);
    await this.zone.pass(ROLLOUT_SECONDS);
    await this.zone.fire('follow-sources');
    await this.zone.pass(DAY_SECONDS);
    await this.zone.fire('follow-sources');
    return { account, from, to };
  }

  async now(): Promise<CellStates> {
    const states = await Promise.all(
      this.cells.map(async ({ cell: { name, stackSet, vaultAccount } }) => {
        return [
          name,
          { accounts: await this.instancesOf(stackSet), copies: await this.copiesIn(vaultAccount) },
        ] as const;
      }),
    );
    return new Map(states);
  }

  async result(
    moved: CellsRehearsal['moved'],
    { before, after }: BeforeAndAfter<CellStates>,
    proofs: BeforeAndAfter<ReadonlyMap<string, Proved>>,
  ): Promise<CellsRehearsal> {
    const cells = this.cells.map(({ cell: { name, vaultAccount: vault } }): RehearsedCell => {
      const [was, is] = [before.get(name), after.get(name)];
      const proved = [proofs.before.get(name), proofs.after.get(name)].flatMap((one) => one ?? []);
      return {
        name,
        vault,
        accounts: { before: was?.accounts ?? [], after: is?.accounts ?? [] },
        copies: { before: was?.copies ?? {}, after: is?.copies ?? {} },
        proof: {
          evaluated: proved.reduce((sum, { evaluated }) => sum + evaluated, 0),
          allowed: [...new Set(proved.flatMap(({ allowed }) => allowed))],
        },
      };
    });
    const problems = (await this.zone.emulator.problems()).map((problem) => JSON.stringify(problem));
    const failures = [...failuresOf(cells, moved, this.zone.world.production), ...problems];
    return { ok: failures.length === 0, moved, cells, failures };
  }

  /** Proves trust for each cell that has a source: no source of another cell stands for it. */
  async prove(states: CellStates): Promise<ReadonlyMap<string, Proved>> {
    const templates = await this.deployed();
    const proved = new Map<string, Proved>();
    for (const one of this.cells) {
      const accounts = states.get(one.cell.name)?.accounts ?? [];
      if (accounts.length > 0) proved.set(one.cell.name, await this.proveCell(one, templates, accounts));
    }
    return proved;
  }

  private async instancesOf(StackSetName: string): Promise<readonly string[]> {
    const management = this.config.organization.managementAccount;
    const client = new CloudFormationClient(this.zone.emulator.client(management, MANAGEMENT_REGION));
    const { Summaries = [] } = await client.send(new ListStackInstancesCommand({ StackSetName }));
    return [...new Set(Summaries.map(({ Account = '' }) => Account))].sort();
  }

  /** How many available copies of each account a vault has. */
  private async copiesIn(vault: string): Promise<Readonly<Record<string, number>>> {
    const found: Record<string, number> = {};
    for (const { status, tags } of await snapshotsOf(this.zone.emulator, vault, this.region)) {
      const account = tags.get(TAGS.database)?.split(':')[4];
      if (status === 'available' && tags.get(TAGS.role) === 'vault' && account)
        found[account] = (found[account] ?? 0) + 1;
    }
    return found;
  }

  private async deployed(): Promise<readonly TemplateVariant[]> {
    const { emulator, world } = this.zone;
    const { managementAccount } = this.config.organization;
    const places: (readonly [account: string, region: string])[] = [
      [managementAccount, MANAGEMENT_REGION],
      ...this.cells.map(({ cell }) => [cell.vaultAccount, this.region] as const),
      ...world.production.map((account) => [account, this.region] as const),
    ];
    const found: TemplateVariant[] = [];
    for (const [account, region] of places) {
      for (const one of await deployedTemplates(emulator, account, region)) found.push(one);
    }
    return found;
  }

  private async proveCell(
    one: (typeof this.cells)[0],
    templates: readonly TemplateVariant[],
    accounts: readonly string[],
  ): Promise<Proved> {
    const { organization, vault, regions, cell, trust } = one.config;
    const otherCells = otherCellsOf(this.config, one);
    const inAccounts = (ids: readonly string[]) => templates.filter(({ place }) => ids.includes(place.account));
    const zone = {
      vault: vault.account,
      management: organization.managementAccount,
      sources: accounts,
      regions,
      organization: organization.id,
      placement: vault.placement,
      cell,
      otherCells,
      templates: {
        vault: inAccounts([vault.account]),
        management: inAccounts([organization.managementAccount]).map((variant) =>
          variantWithoutOtherCells(variant, otherCells),
        ),
        source: inAccounts(accounts),
      },
    };
    const proof = prove(zone, await readActionCatalog(), trust?.accepted ?? []);
    return { evaluated: proof.evaluated, allowed: allowedCauses(proof) };
  }
}

const total = (copies: Readonly<Record<string, number>>): number =>
  Object.values(copies).reduce((sum, each) => sum + each, 0);

/** What is not as it must be. Pure. */
export function failuresOf(
  cells: readonly RehearsedCell[],
  { account, from, to }: CellsRehearsal['moved'],
  production: readonly string[],
): readonly string[] {
  const failures: string[] = [];
  for (const when of ['before', 'after'] as const) {
    for (const one of production) {
      const owners = cells.filter(({ accounts }) => accounts[when].includes(one)).map(({ name }) => name);
      if (owners.length !== 1)
        failures.push(`${when} the move ${one} has the tooling of ${owners.length} cells: ${owners.join(', ')}`);
    }
  }
  for (const { name, accounts, copies, proof } of cells) {
    for (const one of accounts.before)
      if (!copies.before[one]) failures.push(`the vault of ${name} has no copy of ${one}`);
    for (const one of Object.keys(copies.before)) {
      if (!accounts.before.includes(one))
        failures.push(`the vault of ${name} has copies of ${one}, which belongs to another cell`);
      if ((copies.after[one] ?? 0) < (copies.before[one] ?? 0))
        failures.push(`the vault of ${name} lost copies of ${one}`);
    }
    for (const cause of proof.allowed) failures.push(`in the cell ${name}, ${cause}`);
    if (proof.evaluated === 0) failures.push(`in the cell ${name}, nothing was proved`);
  }
  const [old, fresh] = [from, to].map((name) => cells.find((cell) => cell.name === name));
  if (!fresh?.accounts.after.includes(account)) failures.push(`${account} does not have the tooling of ${to}`);
  if (!fresh?.copies.after[account]) failures.push(`the vault of ${to} has no copy of ${account}, which moved there`);
  if ((old?.copies.after[account] ?? 0) !== (old?.copies.before[account] ?? 0))
    failures.push(`the vault of ${from} has other copies of ${account} than before it moved`);
  if (cells.every(({ copies }) => total(copies.after) === 0)) failures.push('no vault has a copy');
  return failures;
}
