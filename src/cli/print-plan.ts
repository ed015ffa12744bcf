import type { RoomPlan } from '../config/room-plan';
import { NAMES } from '../contract/names';
import type { EnrollmentPreview, PlannedAccount } from '../operations/plan/preview-enrollment';
import { paragraph, table } from './layout';
import { green, red, yellow } from './styles';

/** What changes something first; what needs no look last. */
const ORDER: readonly PlannedAccount['verdict'][] = ['enroll', 'withdraw', 'leaving', 'near-miss', 'keep', 'skip'];
const MEANING: Readonly<Record<PlannedAccount['verdict'], string>> = {
  enroll: 'gets the tooling',
  withdraw: 'loses the tooling',
  leaving: 'keeps it for its grace',
  'near-miss': 'gets nothing, though the tag is nearly right',
  keep: 'stays as it is',
  skip: 'is left alone',
};

/** What whoever keeps an account does in it, in one Region; `StackSet-…` is how StackSets name their stacks. */
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
      : `${paragraph(`${id}: nothing says where its tooling stands; in each Region of the configuration:`)}\n${cleanUp('REGION')}`,
  );
  return [
    paragraph(
      'Out of reach: these accounts left the organization, and the tooling runs there until somebody deletes it. Whoever keeps one runs, with its own credentials:',
    ),
    ...accounts,
    paragraph(
      'The export key, the backup vault with its recovery points and the backup role stay there: old backups need them.',
    ),
  ];
}

/** The room in the vault, and what is missing of it. */
function roomPart({ copiesPerDatabase, quota, kinds, accounts }: RoomPlan): readonly string[] {
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
      `Room in the vault of each Region: it reserves ${copiesPerDatabase} manual snapshots for each database before it imports the first.`,
    ),
    table(['kind', 'databases', 'reserved', 'without room'], rows),
    ...(byAccount.length > 0 ? [table(['account', 'instances', 'clusters', 'reserved'], byAccount)] : []),
    ...(missing
      ? [
          yellow(
            paragraph(
              'Databases without room would never be copied: have the quota of the vault raised and set vault.manualSnapshotQuota to it, or keep copies for less long.',
            ),
          ),
        ]
      : []),
  ];
}

/** What enrollment would do, and the room in the vault, for people. */
export function planReport(preview: EnrollmentPreview, room?: RoomPlan): string {
  const { at, accounts, instances, massExit } = preview;
  const of = (verdict: PlannedAccount['verdict']) => accounts.filter((account) => account.verdict === verdict);
  const sorted = ORDER.flatMap(of);
  const rows = sorted.map(({ id, verdict, reason }) => [
    id,
    verdict === 'near-miss' || verdict === 'withdraw' ? yellow(verdict) : verdict,
    reason,
  ]);
  const counts = ORDER.map((verdict) => [verdict, String(of(verdict).length), MEANING[verdict]]);
  const near = of('near-miss').map(({ id }) => id);
  return [
    paragraph(
      `${at}: ${accounts.length} account${accounts.length === 1 ? '' : 's'}, and what would become of each. An enrolled account gets Checkvalve's tooling: a stack in each Region that backs its databases up and hands copies to the vault.`,
    ),
    table(['account', 'verdict', 'why'], rows),
    table(['verdict', 'accounts', 'which'], counts),
    ...(near.length > 0 ? [yellow(paragraph(`Worth a look, the tag is nearly right: ${near.join(', ')}`))] : []),
    ...(massExit
      ? [
          red(
            paragraph(
              `It would stop: ${massExit.due} of ${massExit.enrolled} enrolled accounts would be withdrawn at once (enrollment.maxWithdrawalsAtOnce, enrollment.maxWithdrawalsPercent). None of them is, until a person names them in enrollment.confirmedWithdrawals.`,
            ),
          ),
        ]
      : []),
    ...departedPart(preview),
    ...(room ? roomPart(room) : []),
    `Stack instances: ${instances.now} now, ${instances.afterwards} once all of this is done.`,
    green('Nothing was changed: this command only looks.'),
  ].join('\n\n');
}
