import type { RoomPlan } from '../config/room-plan';
import { NAMES } from '../contract/names';
import type { EnrollmentPreview, PlannedAccount } from '../operations/plan/preview-enrollment';
import { paragraph, table } from './layout';
import { green, red, yellow } from './styles';

/** Verdicts that change something come first. */
const ORDER: readonly PlannedAccount['verdict'][] = [
  'enroll',
  'withdraw',
  'leaving',
  'no-room',
  'stranded',
  'near-miss',
  'keep',
  'skip',
];
const MEANING: Readonly<Record<PlannedAccount['verdict'], string>> = {
  enroll: 'gets the tooling',
  withdraw: 'loses the tooling',
  leaving: 'keeps the tooling until its grace period ends',
  'near-miss': 'gets nothing; its tag is nearly right',
  'no-room': 'gets nothing; every cell is full',
  stranded: 'stays as it is; its cell is not in the configuration',
  keep: 'keeps the tooling',
  skip: 'is not for enrollment',
};

const WARNED: readonly PlannedAccount['verdict'][] = ['withdraw', 'no-room', 'stranded', 'near-miss'];

/** Verdicts that are counted only where they occur. */
const RARE: readonly PlannedAccount['verdict'][] = ['no-room', 'stranded'];

/** The cells with their load, and the cell of every account; nothing for an organization with one cell. */
function cellsPart({ cells, accounts }: EnrollmentPreview): readonly string[] {
  if (cells.length === 1) return [];
  const members = accounts.flatMap(({ id, cell, cellReason }) =>
    cell === undefined ? [] : [[id, cell, cellReason ?? '']],
  );
  return [
    table(
      ['cell', 'accounts', 'afterwards', 'of'],
      cells.map(({ name, now, afterwards, maxAccounts }) => [
        name,
        String(now),
        afterwards >= maxAccounts ? yellow(String(afterwards)) : String(afterwards),
        String(maxAccounts),
      ]),
    ),
    ...(members.length > 0 ? [table(['account', 'cell', 'why this cell'], members)] : []),
  ];
}

/** The commands that delete the tooling in one Region of an account; StackSets name their stacks `StackSet-…`. */
const cleanUp = (region: string): string => `\
  for stack in $(aws cloudformation describe-stacks --region ${region} --output text \\
    --query "Stacks[?starts_with(StackName,'StackSet-${NAMES.stackSet}-')].StackName"); do
    aws cloudformation delete-stack --region ${region} --stack-name "$stack"
  done`;

function departedPart({ departed }: EnrollmentPreview): readonly string[] {
  if (departed.length === 0) return [];
  const accounts = departed.map(({ id, regions }) =>
    regions.length > 0
      ? [`${id}:`, ...regions.map(cleanUp)].join('\n')
      : `${paragraph(`${id}: the Regions of its tooling are unknown; run in each Region of the configuration:`)}\n${cleanUp('REGION')}`,
  );
  return [
    paragraph(
      'Out of reach: these accounts left the organization, and the tooling runs there until it is deleted. Run with credentials of the account:',
    ),
    ...accounts,
    paragraph(
      'The export key, the backup vault with its recovery points and the backup role stay in the account, because old backups need them.',
    ),
  ];
}

/** The snapshot quota of the vault, and what the databases reserve of it. */
export function roomPart({ copiesPerDatabase, quota, kinds, accounts }: RoomPlan): readonly string[] {
  const rows = kinds.map(({ kind, databases, reserved, withoutRoom }) => [
    kind,
    String(databases),
    `${reserved} of ${quota}`,
    withoutRoom > 0 ? yellow(String(withoutRoom)) : '0',
  ]);
  const missing = kinds.some(({ withoutRoom }) => withoutRoom > 0);
  const byAccount = accounts.map(({ account, instances, clusters, reserved }) =>
    [account, instances, clusters, reserved].map(String),
  );
  return [
    paragraph(
      `Room in the vault of each Region: the vault reserves ${copiesPerDatabase} manual snapshots for each database before it imports the first.`,
    ),
    table(['kind', 'databases', 'reserved', 'without room'], rows),
    ...(byAccount.length > 0 ? [table(['account', 'instances', 'clusters', 'reserved'], byAccount)] : []),
    ...(missing
      ? [
          yellow(
            paragraph(
              'Databases without room would never be copied. Ask AWS to raise the quota of the vault and set vault.manualSnapshotQuota to it, or shorten the retention.',
            ),
          ),
        ]
      : []),
  ];
}

/** What enrollment would do, and the room in the vault, as text. */
export function planReport(preview: EnrollmentPreview, room?: RoomPlan): string {
  const { at, accounts, instances, massExit } = preview;
  const of = (verdict: PlannedAccount['verdict']) => accounts.filter((account) => account.verdict === verdict);
  const sorted = ORDER.flatMap(of);
  const rows = sorted.map(({ id, verdict, reason }) => [
    id,
    WARNED.includes(verdict) ? yellow(verdict) : verdict,
    reason,
  ]);
  const counts = ORDER.filter((verdict) => !RARE.includes(verdict) || of(verdict).length > 0).map((verdict) => [
    verdict,
    String(of(verdict).length),
    MEANING[verdict],
  ]);
  const near = of('near-miss').map(({ id }) => id);
  return [
    paragraph(
      `${at}: ${accounts.length} account${accounts.length === 1 ? '' : 's'}. An enrolled account gets Checkvalve's tooling: a stack in each Region that backs its databases up and shares copies with the vault.`,
    ),
    table(['account', 'verdict', 'why'], rows),
    table(['verdict', 'accounts', 'which'], counts),
    ...(near.length > 0
      ? [yellow(paragraph(`Check the tags of these accounts, which are nearly right: ${near.join(', ')}`))]
      : []),
    ...(massExit
      ? [
          red(
            paragraph(
              `Enrollment would stop: ${massExit.due} of ${massExit.enrolled} enrolled accounts are due for withdrawal at once (enrollment.maxWithdrawalsAtOnce, enrollment.maxWithdrawalsPercent). None is withdrawn until an operator adds them to enrollment.confirmedWithdrawals.`,
            ),
          ),
        ]
      : []),
    ...cellsPart(preview),
    ...departedPart(preview),
    ...(room ? roomPart(room) : []),
    `Stack instances: ${instances.now} now, ${instances.afterwards} afterwards.`,
    green('Nothing was changed.'),
  ].join('\n\n');
}
