import { CloudFormationClient, ListStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import {
  ListParentsCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { config } from '../../src/checkvalve.config';
import { subjectOf } from '../../src/contract/management-alerts';
import { NAMES } from '../../src/contract/names';
import type { VerdictCode } from '../../src/contract/verdicts';
import type { Switches } from '../../src/emulator/switches';
import { LandingZone } from '../../src/rehearsal/host/landing-zone';
import { EXAMPLE } from '../../src/rehearsal/world';
import { MANAGEMENT, START } from '../src/emulator/emulator-world';
import { type DatabaseWish, DeployedLandingZone } from '../support/deployed-landing-zone';
import { testByDay, testEach } from '../support/sample';
import { emulatorOfWorker } from '../support/worker';

const DAY = 24 * 3600;

/** What the flow does where AWS is as one switch says. */
interface Row {
  readonly as: Partial<Switches>;
  /** The cluster that is backed up, if another than one under a key of its account. */
  readonly cluster?: Partial<DatabaseWish>;
  /** Why the cluster is not copied. The instance always is. */
  readonly alerted?: VerdictCode;
}

/** Where the other switches are played, or that no part of the flow could meet them. */
type Elsewhere = `in ${string}.test.ts` | 'kinder than assumed';

/** For each switch: the vault has copies of both databases, or operators are alerted of the exact reason why one is missing. */
const ROWS: Readonly<Record<keyof Switches, Row | Elsewhere>> = {
  requestTagOnSource: { as: { requestTagOnSource: false } },
  denyInKeyBreaksCopies: { as: { denyInKeyBreaksCopies: true } },
  viaServiceOnCopies: { as: { viaServiceOnCopies: false } },
  copiesNeedSourceKey: { as: { copiesNeedSourceKey: true } },
  silentClusterBackups: { as: { silentClusterBackups: true } },
  tagSelectionNeedsGetResources: { as: { tagSelectionNeedsGetResources: true } },
  optInHoldsForNamedInstances: { as: { optInHoldsForNamedInstances: true } },
  newClustersEncrypted: {
    as: { newClustersEncrypted: 'none' },
    cluster: { key: 'default' },
    alerted: 'unencrypted-cluster',
  },
  refuseAwsOwnedKeyCopies: {
    as: { refuseAwsOwnedKeyCopies: true, newClustersEncrypted: 'sse-rds' },
    cluster: { key: 'default' },
    alerted: 'copy-refused',
  },
  inFlightSpeaksOfManual: 'in as-refused.test.ts',
  clusterBackupsCount: 'in as-refused.test.ts',
  movedInstancesAreFound: 'in as-refused.test.ts',
  refuseBackupSnapshotTags: 'in aws-behavior.test.ts',
  hideResourceIdsOfShared: 'in forged-status.test.ts',
  hideTagLists: 'in aws-behavior.test.ts',
  clusterBackupsTyped: 'in aws-behavior.test.ts',
  backupRoleJudged: 'in upgrade.test.ts',
  resourceAccountIsCaller: { as: { resourceAccountIsCaller: true } },
  sharedSourcesAreOwn: 'in as-refused.test.ts',
  stackSetsTakeRoleTemplates: 'in execution-role.test.ts',
  eventBridgeKeyConditions: 'kinder than assumed',
  secondAnalyzer: 'kinder than assumed',
};

let zone: DeployedLandingZone;
let before: Switches;
beforeAll(async () => {
  zone = await DeployedLandingZone.roomy();
  before = await zone.emulator.setSwitches({});
});
afterAll(() => zone.stop());
beforeEach(() => zone.calm());
afterEach(() => zone.emulator.setSwitches(before));

const played = Object.entries(ROWS).flatMap(([name, row]) => (typeof row === 'string' ? [] : [{ name, row }]));

testEach(
  'switches of AWS',
  played,
  3,
  ({ name }) => name,
  '%s: every database that can be copied is copied',
  async ({ name, row: { as, cluster, alerted } }) => {
    await zone.emulator.setSwitches(as);
    const id = name.toLowerCase();
    const instance = await zone.database({ id: `${id}-i`, key: 'own' });
    const other = await zone.database({ id: `${id}-c`, kind: 'cluster', key: 'own', ...cluster });
    await zone.backUp(instance, other);
    await zone.pass(120);
    expect([await zone.goodCopies(instance), await zone.goodCopies(other)]).toEqual([1, alerted ? 0 : 1]);
    expect([zone.verdicts(instance), zone.verdicts(other)]).toEqual([[], alerted ? [alerted] : []]);
    expect(zone.failures).toEqual([]);
  },
);

testByDay(
  'a refusal of too many copies in flight that reads like a full quota delays copies, and stops none',
  async () => {
    await zone.emulator.setSwitches({ inFlightSpeaksOfManual: true });
    await zone.emulator.setRdsLimits({ maxInstanceCopiesInFlight: 1, maxClusterCopiesInFlight: 1 });
    const databases = [
      ...[await zone.database({ id: 'busy-i0' }), await zone.database({ id: 'busy-i1' })],
      ...[
        await zone.database({ id: 'busy-c0', kind: 'cluster' }),
        await zone.database({ id: 'busy-c1', kind: 'cluster' }),
      ],
    ];
    await zone.backUp(...databases);
    expect(await zone.untilImported(databases)).toBeLessThanOrEqual(120);
    expect(new Set(databases.flatMap((one) => zone.verdicts(one)))).toEqual(new Set(['quota-full']));
    expect(zone.failures).toEqual([]);
    await zone.emulator.setRdsLimits({ maxInstanceCopiesInFlight: 20, maxClusterCopiesInFlight: 5 });
  },
);

testByDay(
  'backups of clusters that count toward the quota end in an alert that names the quota, once a day',
  async () => {
    await zone.emulator.setSwitches({ clusterBackupsCount: true });
    await zone.emulator.setRdsLimits({ account: EXAMPLE.first, manualClusterSnapshots: 2 });
    const counted = await zone.database({ id: 'counted', kind: 'cluster' });
    const beside = await zone.database({ id: 'beside' });
    for (let at = 0; at < 3; at += 1) await zone.backUp(counted);
    await zone.backUp(beside);
    await zone.pass(120);
    expect([await zone.goodCopies(beside), zone.verdicts(counted)]).toEqual([1, ['quota-full']]);
    expect(zone.failures).toEqual([]);
    await zone.emulator.setRdsLimits({ account: EXAMPLE.first, manualClusterSnapshots: 100 });
    await zone.untilImported([counted], 3);
  },
);

// The deny of the importer's role would hold for the source of each copy: AWS answers every order with this.
testByDay(
  'when RDS treats a shared snapshot as one of the vault, no import starts and the log names the reason; later the import succeeds',
  async () => {
    await zone.emulator.plantFaults([
      { action: 'CopyDBSnapshot', account: zone.vault, code: 'AccessDenied', times: 1000 },
    ]);
    const database = await zone.database({ id: 'own-source' });
    await zone.backUp(database);
    await zone.pass(60);
    expect(await zone.goodCopies(database)).toBe(0);
    // One account alone is concerned, so the step does not fail: its log says why, and export copies that wait have an alarm.
    expect(JSON.stringify(zone.logged)).toContain('AccessDenied');
    await zone.emulator.clearFaults();
    await zone.calm();
    expect(await zone.untilImported([database])).toBeLessThanOrEqual(24 * 60);
  },
);

testByDay(
  'when StackSets does not find the instance of an account that has moved, operators are alerted each day',
  async () => {
    const stays = await LandingZone.start(config, () => {}, { now: START, emulator: await emulatorOfWorker() });
    try {
      await stays.deploy();
      await stays.fire('enroll-accounts');
      await stays.pass(900);
      await stays.emulator.setSwitches({ movedInstancesAreFound: false });
      const settings = stays.emulator.client(MANAGEMENT, 'us-east-1');
      const organizations = new OrganizationsClient(settings);
      const { Parents: [from] = [] } = await organizations.send(new ListParentsCommand({ ChildId: EXAMPLE.first }));
      const { Roots: [root] = [] } = await organizations.send(new ListRootsCommand({}));
      const move = { AccountId: EXAMPLE.first, SourceParentId: from?.Id, DestinationParentId: root?.Id };
      await organizations.send(new MoveAccountCommand(move));
      const subjects: (string | undefined)[] = [];
      for (const days of [0, 14, 1, 1]) {
        await stays.pass(days * DAY);
        await stays.fire('enroll-accounts');
        await stays.pass(900);
      }
      for (const { topicArn, subject } of await stays.emulator.notifications())
        if (topicArn.endsWith(':checkvalve-alerts')) subjects.push(subject ?? undefined);
      expect(subjects).toEqual([
        `${subjectOf('account-leaving')}: ${EXAMPLE.first}`,
        `${subjectOf('account-withdrawn')}: ${EXAMPLE.first}`,
        `${subjectOf('tooling-not-removed')}: ${EXAMPLE.first}`,
        `${subjectOf('tooling-not-removed')}: ${EXAMPLE.first}`,
      ]);
      const { Summaries = [] } = await new CloudFormationClient(settings).send(
        new ListStackInstancesCommand({ StackSetName: NAMES.stackSet }),
      );
      expect(Summaries.map(({ Account }) => Account)).toContain(EXAMPLE.first);
    } finally {
      await stays.stop();
    }
  },
);
