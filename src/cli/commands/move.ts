import { Command } from 'commander';
import { enrollmentSettings } from '../../config/enrollment-settings';
import { loadConfig } from '../../config/load-config';
import { CheckvalveError } from '../../contract/errors';
import { isAccountId } from '../../contract/ids';
import type { NewMove } from '../../operations/move/order-move';
import type { PlannedMove } from '../../operations/move/plan-move';
import { confirm } from '../confirm';
import { paragraph } from '../layout';
import { print } from '../output';
import { green } from '../styles';

interface MoveOptions {
  readonly to?: string;
  readonly because?: string;
  readonly cancel?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const HELP = `
The command writes the order to the registry, with credentials of the management
account that the AWS SDK finds (environment, profile, SSO). They need
dynamodb:BatchGetItem, dynamodb:Scan and dynamodb:PutItem on the table
checkvalve-registry. The step enroll-accounts carries it out in its next sweep:
it withdraws the tooling of the old cell, waits until it is gone, and deploys
that of the new cell. In between, for some minutes, the account has no tooling.

New copies go to the vault of the new cell. Copies in the old vault stay and age
there; checkvalve status counts both. Snapshots that the old tooling has not
exported yet are not exported, because they are encrypted with its key: take an
on-demand backup after the move (checkvalve backup).

An operator of the old vault confirms the exit, else the vault reports it as one
that only the registry says: checkvalve accept ACCOUNT --left.

Examples:
  checkvalve move 222200001111 --to south --because "north is full" --dry-run
  checkvalve move 222200001111 --to south --because "north is full" --yes
  checkvalve move 222200001111 --cancel --because "ordered by mistake"`;

/** `checkvalve move`: orders that accounts move to another cell. */
export const moveCommand = (): Command =>
  new Command('move')
    .description('Move accounts to another cell: new copies go to its vault, and old copies stay where they are.')
    .argument('<account...>', 'account ids of twelve digits')
    .option('--to <cell>', 'the cell that the accounts move to')
    .option('--because <reason>', 'the reason, which is required and stored in the registry')
    .option('--cancel', 'end a move that is not complete: the account gets the tooling of its old cell again')
    .option('--dry-run', 'only show what would be recorded')
    .option('--yes', 'do not ask for a confirmation')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', HELP)
    .action(async (accounts: readonly string[], options: MoveOptions, command: Command) => {
      const requests = requestsOf(accounts, options);
      const settings = enrollmentSettings(loadConfig(command.optsWithGlobals().config));
      // Loaded here, so that other commands do not wait for the SDK.
      const { callRegistry, planMoves, recordMoves, registryOf } =
        require('../../operations/move/order-move') as typeof import('../../operations/move/order-move');
      const { registry, by } = await registryOf(settings.managementAccount);
      const author = { by, at: new Date().toISOString() };
      const where = { registry, cells: settings.cells };
      const moves = await callRegistry(settings.managementAccount, () => planMoves(requests, author, where));
      const isWritten = options.dryRun !== true && moves.some(({ entry }) => entry);
      if (isWritten) {
        await askFirst(moves, options);
        await callRegistry(settings.managementAccount, () => recordMoves(moves, registry));
      }
      print(options.json ? jsonOf(moves, isWritten) : moveText(moves, isWritten));
    });

function requestsOf(accounts: readonly string[], { to, because = '', cancel }: MoveOptions): readonly NewMove[] {
  const invalid = accounts.filter((text) => !isAccountId(text)).map((text) => JSON.stringify(text));
  const faults = [
    ...(invalid.length > 0 ? [`${invalid.join(', ')}: not an account id`] : []),
    ...(because.trim() ? [] : ['--because is missing']),
    ...(cancel && to !== undefined ? ['--to and --cancel exclude each other'] : []),
    ...(!cancel && to === undefined ? ['--to is missing'] : []),
  ];
  if (faults.length > 0) {
    const remedy = 'Give account ids of exactly twelve digits, --to CELL, and --because "REASON". Nothing was changed.';
    throw new CheckvalveError('INVALID_INPUT', faults.join('; '), remedy);
  }
  const reason = because.trim();
  return [...new Set(accounts.filter(isAccountId))].map((account) => ({
    account,
    reason,
    ...(to !== undefined && { to }),
  }));
}

/** @throws CheckvalveError `UNSAFE_OPERATION` unless the operator agrees */
async function askFirst(moves: readonly PlannedMove[], { yes, json }: MoveOptions): Promise<void> {
  if (yes) return;
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal && !json) print(moves.map(lineOf).join('\n'));
  if (isTerminal && (await confirm('Record this in the registry?'))) return;
  const message = isTerminal
    ? 'Nothing was recorded'
    : 'The command needs a confirmation, and has no terminal to ask at';
  throw new CheckvalveError(
    'UNSAFE_OPERATION',
    message,
    'Run it again with --yes, or with --dry-run to see the effect.',
  );
}

const lineOf = ({ account, from, to, outcome }: PlannedMove): string =>
  ({
    ordered: `${account}: from the cell ${from} to ${to}`,
    canceled: `${account}: stays in the cell ${from}; the move is canceled`,
    unchanged: `${account}: nothing to change`,
  })[outcome];

const jsonOf = (moves: readonly PlannedMove[], isWritten: boolean): string =>
  JSON.stringify(
    moves.map(({ account, from, to, outcome }) => ({ account, from, to, outcome, recorded: isWritten })),
    undefined,
    2,
  );

function moveText(moves: readonly PlannedMove[], isWritten: boolean): string {
  const lines = moves.map(lineOf);
  if (!isWritten) return [...lines, green('Nothing was changed.')].join('\n');
  const ordered = moves.filter(({ outcome }) => outcome === 'ordered').map(({ account }) => account);
  const next = [
    green('Recorded in the registry.'),
    paragraph(
      'The next daily sweep of enroll-accounts carries it out. To begin now, invoke checkvalve-enroll-accounts with the event { "source": "aws.events" }.',
    ),
    ...(ordered.length > 0
      ? [
          paragraph(
            `With credentials of the old vault, confirm the exit: checkvalve accept ${ordered.join(' ')} --left`,
          ),
        ]
      : []),
  ];
  return [...lines, ...next].join('\n');
}
