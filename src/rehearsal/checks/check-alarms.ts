import { SECTIONS } from '../../../lambda/vault/report-coverage/message-sentences';
import { REASONS } from '../../../lambda/vault/report-coverage/reasons';
import type { CoverageRow } from '../../contract/coverage';
import { databaseParts } from '../../contract/ids';
import { NAMES } from '../../contract/names';
import type { AlarmId } from '../../vault/alarm-messages';
import { exampleDatabases, unprotectedDatabases } from '../example-databases';
import type { Invocation } from '../host/invocation';
import type { CheckFailure } from '../result';
import { breachedAlarms, measuredIn } from './breached-alarms';
import { coverageReports, type EmulatedWorld } from './evidence';

/** The alarms and messages of the vault while databases lost their protection. */
export interface RaisedAlarms {
  /** The ids of the alarms that the vault's metrics breach, the most urgent first. */
  readonly alarms: readonly string[];
  /** Subject and text of each message to operators, the newest last. */
  readonly messages: ReadonlyArray<{ readonly subject: string; readonly text: string }>;
}

/** The alarms that the phase `lose-protection` must raise, the most urgent first. */
const EXPECTED_ALARMS: readonly AlarmId[] = [
  'coverage-access-denied',
  'database-never-copied',
  'rpo-exceeded',
  'database-newly-unsupported',
];

/** The alarms and messages of the Region in which databases are unprotected, from the invocations there. */
export async function raisedAlarms(
  { emulator, world }: EmulatedWorld,
  invocations: readonly Invocation[],
): Promise<RaisedAlarms> {
  const { region } = unprotectedDatabases(world);
  const place = `:${region}:${world.vault}:`;
  const logs = invocations.filter(({ functionArn }) => functionArn.includes(place)).map((one) => one.logs);
  const topic = `arn:aws:sns${place}${NAMES.alertsTopic}`;
  const sent = (await emulator.notifications()).filter(({ topicArn }) => topicArn === topic);
  return {
    alarms: breachedAlarms(measuredIn(logs.join('\n'))),
    messages: sent.map(({ subject, message }) => ({ subject: subject ?? '', text: message })),
  };
}

/** The report has exactly these statuses, exactly these alarms are raised, and operators received a message on both days. */
export async function checkAlarms(
  emulated: EmulatedWorld,
  { alarms, messages }: RaisedAlarms,
): Promise<CheckFailure[]> {
  const { region } = unprotectedDatabases(emulated.world);
  const report = (await coverageReports(emulated)).find((one) => one.region === region);
  const statuses = expectedStatuses(emulated);
  const notProtected = (count: number, databases: number) =>
    `Checkvalve: ${count} of ${databases} databases not protected (${region})`;
  return [
    ...differences('The coverage report', (report?.databases ?? []).map(summaryOf), statuses),
    ...differences('The raised alarms', alarms, EXPECTED_ALARMS),
    // After an hour the database without a backup is new, and no database is late.
    ...differences(
      'The subjects of the messages to operators',
      messages.map(({ subject }) => subject),
      [notProtected(2, statuses.length), notProtected(4, statuses.length)],
    ),
    ...expectedLines(emulated).flatMap((line) =>
      messages.at(-1)?.text.includes(line) ? [] : [`The newest message to operators lacks: ${line}`],
    ),
  ].map((cause) => ({ account: emulated.world.vault, cause }));
}

const DENIED = ', whose access role denies access';
const DENIAL = REASONS['access-denied']('').reason ?? '';

const summaryOf = ({ account, database, status, code, reason = '' }: CoverageRow): string =>
  `${status}${code ? ` (${code})` : ''}: ${databaseParts(database).name} in ${account}${status === 'unknown' && reason.startsWith(DENIAL) ? DENIED : ''}`;

/** The worst first. */
function expectedStatuses({ world }: EmulatedWorld): readonly string[] {
  const { late, never, unsupported, deniedAccess } = unprotectedDatabases(world);
  const { deleted } = exampleDatabases(world);
  const at = ({ account, id }: { account: string; id: string }) => `${id} in ${account}`;
  return [
    `unknown: ${at(deniedAccess)}${DENIED}`,
    `never: ${at(never)}`,
    `late: ${at(late)}`,
    `unsupported (multi-az-cluster): ${at(unsupported)}`,
    `source-deleted: ${at(deleted)}`,
  ];
}

/** Each heading of the message, with the database under it. */
function expectedLines({ world }: EmulatedWorld): readonly string[] {
  const { late, never, unsupported, deniedAccess } = unprotectedDatabases(world);
  return (
    [
      ['unknown', deniedAccess],
      ['never', never],
      ['late', late],
      ['unsupported', unsupported],
    ] as const
  ).map(([section, { account, id }]) => `${SECTIONS[section]} (1):\n- ${id} in ${account}`);
}

const differences = (what: string, found: readonly string[], expected: readonly string[]): string[] =>
  found.join() === expected.join()
    ? []
    : [`${what}: expected ${expected.join('; ')}; found ${found.length === 0 ? 'nothing' : found.join('; ')}`];
