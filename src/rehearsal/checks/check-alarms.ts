import type { CoverageRow } from '../../contract/coverage';
import { databaseParts } from '../../contract/ids';
import { NAMES } from '../../contract/names';
import type { Invocation } from '../host/lambda-host';
import { unprotectedDatabases } from '../phases/lose-protection';
import { exampleDatabases } from '../phases/pass-years';
import { breachedAlarms, measuredIn } from './breached-alarms';
import type { CheckFailure } from './check-flow';
import { coverageReports, type EmulatedWorld } from './evidence';

/** What the vault raised and told while things went wrong. */
export interface RaisedAlarms {
  /** The alarms that its measures breach, in their own words, the gravest first. */
  readonly alarms: readonly string[];
  /** Subject and text of each message to people, the newest last. */
  readonly told: ReadonlyArray<{ readonly subject: string; readonly text: string }>;
}

/** The alarms of what goes wrong, the gravest first. */
const ALARMS_RAISED = [
  'an account does not let the vault look in',
  'a database has never been copied',
  'a copy is older than its RPO',
  'a database can no longer be copied',
];

/** What was raised and told in the Region in which things go wrong, of all that ran there. */
export async function raisedAlarms(
  { emulator, world }: EmulatedWorld,
  heard: readonly Invocation[],
): Promise<RaisedAlarms> {
  const { region } = unprotectedDatabases(world);
  const place = `:${region}:${world.vault}:`;
  const logs = heard.filter(({ functionArn }) => functionArn.includes(place)).map((one) => one.logs);
  const topic = `arn:aws:sns${place}${NAMES.alertsTopic}`;
  const told = (await emulator.notifications()).filter(({ topicArn }) => topicArn === topic);
  return {
    alarms: breachedAlarms(measuredIn(logs.join('\n'))),
    told: told.map(({ subject, message }) => ({ subject: subject ?? '', text: message })),
  };
}

/** The report has exactly these statuses, exactly these alarms are raised, and people were told of it on both days. */
export async function checkAlarms(emulated: EmulatedWorld, { alarms, told }: RaisedAlarms): Promise<CheckFailure[]> {
  const { region } = unprotectedDatabases(emulated.world);
  const report = (await coverageReports(emulated)).find((one) => one.region === region);
  const statuses = expectedVerdicts(emulated);
  const notProtected = (count: number, databases: number) =>
    `Checkvalve: ${count} of ${databases} databases not protected (${region})`;
  return [
    ...differences('coverage should say', (report?.databases ?? []).map(inShort), statuses),
    ...differences('the alarms should be', alarms, ALARMS_RAISED),
    // An hour after, the database that nobody backs up is new, and none is late.
    ...differences(
      'people should be told',
      told.map(({ subject }) => subject),
      [notProtected(2, statuses.length), notProtected(4, statuses.length)],
    ),
    ...expectedLines(emulated).flatMap((line) =>
      told.at(-1)?.text.includes(line) ? [] : [`the newest message to people should say: ${line}`],
    ),
  ].map((cause) => ({ account: emulated.world.vault, cause }));
}

const inShort = ({ account, database, status, code, reason = '' }: CoverageRow): string =>
  `${status}${code ? ` (${code})` : ''} of ${databaseParts(database).name} in ${account}${status === 'unknown' ? accessRoleOf(reason) : ''}`;
const accessRoleOf = (reason: string): string =>
  reason.includes('does not open') ? ', whose access role does not open' : '';

/** The worst first. */
function expectedVerdicts({ world }: EmulatedWorld): readonly string[] {
  const { late, never, unsupported, behindDeniedAccess } = unprotectedDatabases(world);
  const { gone } = exampleDatabases(world);
  const said = ({ account, id }: { account: string; id: string }) => `${id} in ${account}`;
  return [
    `unknown of ${said(behindDeniedAccess)}, whose access role does not open`,
    `never of ${said(never)}`,
    `late of ${said(late)}`,
    `unsupported (multi-az-cluster) of ${said(unsupported)}`,
    `source-deleted of ${said(gone)}`,
  ];
}

/** Each heading of the message, with the database under it. */
function expectedLines({ world }: EmulatedWorld): readonly string[] {
  const { late, never, unsupported, behindDeniedAccess } = unprotectedDatabases(world);
  return (
    [
      ['Unknown: the account does not let the vault look in, or could not be asked', behindDeniedAccess],
      ['Never copied', never],
      ['The newest copy is too old', late],
      ['Cannot be copied as it is', unsupported],
    ] as const
  ).map(([heading, { account, id }]) => `${heading} (1):\n- ${id} in ${account}`);
}

const differences = (what: string, found: readonly string[], expected: readonly string[]): string[] =>
  found.join() === expected.join()
    ? []
    : [`${what}: ${expected.join('; ')}; found: ${found.length === 0 ? 'nothing' : found.join('; ')}`];
