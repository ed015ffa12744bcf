import { AddTagsToResourceCommand, CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { TAGS } from '../../src/contract/names';
import { coverageReports } from '../../src/rehearsal/checks/evidence';
import { EXAMPLE } from '../../src/rehearsal/world';
import { type CreatedDatabase, DeployedLandingZone } from '../support/deployed-landing-zone';

const SOURCE = EXAMPLE.first;
/** A Region that no vault of the example covers, and one that accounts must enable. */
const [ELSEWHERE, CLOSED] = ['eu-west-3', 'me-south-1'];

jest.setTimeout(300_000);

let zone: DeployedLandingZone;
beforeAll(async () => {
  zone = await DeployedLandingZone.roomy();
}, 300_000);
afterAll(() => zone.stop());

const report = async () => {
  await zone.stage.pump.fire('checkvalve-report-coverage');
  const [found] = await coverageReports(zone.stage);
  if (!found) throw new Error('there is no report');
  return found;
};

/** A backup of a database whose export copy the source gives the id of another before the vault sees it. */
async function forged(decoy: CreatedDatabase, victim: string): Promise<void> {
  await zone.backUp(decoy);
  await zone.until(async () => (await zone.exportCopies(decoy)).length > 0, 1);
  const [copy] = await zone.exportCopies(decoy);
  const Tags = [
    { Key: TAGS.resourceId, Value: victim },
    { Key: TAGS.sourceTime, Value: '2027-01-01T00:00:00Z' },
  ];
  await zone.rds().send(new AddTagsToResourceCommand({ ResourceName: copy?.arn, Tags }));
  await zone.untilImported([decoy]);
}

test.each([[false], [true]])(
  'a forged id is contradicted by RDS, whether or not a guest is shown it (hidden: %s): the copy is filed under its own',
  async (hideResourceIdsOfShared) => {
    await zone.emulator.setSwitches({ hideResourceIdsOfShared });
    const name = hideResourceIdsOfShared ? 'hidden' : 'shown';
    const decoy = await zone.database({ id: `decoy-${name}` });
    await forged(decoy, 'db-ORDERS');
    await zone.emulator.setSwitches({ hideResourceIdsOfShared: false });
    const [copy] = await zone.inVault(decoy);
    expect(copy?.tags.get(TAGS.disputed)).toBe('resource-id source-time');
    expect(copy?.tags.get(TAGS.resourceId)).toMatch(/^db-(?!ORDERS)/);
    const { databases, disputed } = await report();
    expect(databases.find(({ database }) => database === decoy.arn)).toMatchObject({
      status: 'protected',
      newestCopy: { dataTimeFrom: 'rds' },
    });
    expect(disputed?.map(({ database, what }) => `${database} ${what}`)).toContain(
      `${decoy.arn} resource-id source-time`,
    );
    expect(zone.failures).toEqual([]);
  },
);

test('a production database in a Region without a vault is found within a day, as the deployed role may', async () => {
  const { key, value } = zone.stage.config.databaseTag;
  const client = new RDSClient(zone.emulator.client(SOURCE, ELSEWHERE));
  const size = { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: 20, Engine: 'postgres' };
  const login = { MasterUsername: 'owner', MasterUserPassword: 'not-a-secret' };
  const Tags = [{ Key: key, Value: value }];
  await client.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: 'moved', ...size, ...login, Tags }));
  const unknown = {
    action: 'DescribeDBInstances',
    region: CLOSED,
    code: 'InvalidClientTokenId',
    status: 403,
    times: 99,
  };
  await zone.emulator.plantFaults([{ ...unknown, message: 'The security token included in the request is invalid' }]);
  for (let hour = 0; hour < 24; hour += 1) {
    await zone.pass(60, 60);
    await report();
  }
  await zone.emulator.clearFaults();
  const { accounts } = await report();
  const arn = `arn:aws:rds:${ELSEWHERE}:${SOURCE}:db:moved`;
  expect(
    accounts.flatMap(({ account, elsewhere = [] }) => elsewhere.map((one) => ({ account, ...one }))),
  ).toMatchObject([{ account: SOURCE, region: ELSEWHERE, databases: [arn], count: 1 }]);
  expect(accounts.flatMap(({ unread }) => unread)).toEqual([]);
  const log = await zone.emulator.log();
  expect(log.filter(({ region, status }) => region === CLOSED && status === 403).length).toBeGreaterThan(0);
  expect(zone.failures).toEqual([]);
});
