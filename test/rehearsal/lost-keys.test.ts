import { DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DeleteDBSnapshotCommand } from '@aws-sdk/client-rds';
import { VERDICTS } from '../../src/contract/verdicts';
import type { ListedSnapshot } from '../../src/rehearsal/checks/evidence';
import { EXAMPLE } from '../../src/rehearsal/world';
import type { CreatedDatabase, DeployedLandingZone } from '../support/deployed-landing-zone';
import { inRoomyZone } from '../support/roomy-zone';
import { testByDay, testSample } from '../support/sample';

// RDS uses the keys of a copy, by grants, until the copy is complete. Here they are taken away meanwhile.

const { first: SOURCE } = EXAMPLE;

let zone: DeployedLandingZone;
let exportKey: string;

inRoomyZone((found) => {
  ({ zone, exportKey } = found);
});

const creating = (copies: readonly ListedSnapshot[]) => copies.some(({ status }) => status === 'creating');
const failed = (copies: readonly ListedSnapshot[]) => copies.filter(({ status }) => status === 'failed');
/** Lets time pass in short turns, in which no copy is both begun and completed. */
const untilCopying = (look: () => Promise<readonly ListedSnapshot[]>) =>
  zone.until(async () => creating(await look()), 5);
const sourceKms = () => new KMSClient(zone.emulator.client(SOURCE, zone.region));
const alertsOf = (of: CreatedDatabase) =>
  zone.alerts(of).map(({ facts: { verdict, remedy } }) => ({ verdict, remedy }));

testByDay(
  'a database key that is disabled during the export makes the copy fail and alerts operators; once enabled, the snapshot is copied',
  async () => {
    const of = await zone.database({ id: 'locked-meanwhile', key: 'own' });
    await zone.backUp(of);
    await untilCopying(() => zone.exportCopies(of));
    await sourceKms().send(new DisableKeyCommand({ KeyId: of.key }));
    expect(failed(await zone.exportCopies(of))).toHaveLength(1);
    await zone.pass(60);
    expect(alertsOf(of)).toEqual([{ verdict: 'key-not-accessible', remedy: VERDICTS['key-not-accessible'].remedy }]);
    expect(zone.failures).toEqual([]);
    await sourceKms().send(new EnableKeyCommand({ KeyId: of.key }));
    await zone.untilImported([of]);
  },
);

// RDS sends no event for a copy of a cluster, neither when it is complete nor when it fails.
testSample(
  'kinds of copies that lose a grant',
  ['instance', 'cluster'] as const,
  1,
)('a grant on the export key, revoked once during the vault’s copy of the %s, costs one attempt', async (kind) => {
  const of = await zone.database({ id: `revoked-once-${kind}`, kind, key: 'own' });
  await zone.backUp(of);
  await untilCopying(() => zone.inVault(of));
  expect(await zone.emulator.revokeCopyGrants(exportKey)).toBe(1);
  expect(failed(await zone.inVault(of))).toHaveLength(1);
  await zone.untilImported([of]);
  expect(alertsOf(of)).toEqual([]);
  expect(zone.failures).toEqual([]);
});

testByDay(
  'an export key that is disabled during the import alerts operators; the export copy stays, and is imported once the key is enabled',
  async () => {
    const of = await zone.database({ id: 'shut-meanwhile' });
    await zone.backUp(of);
    await untilCopying(() => zone.inVault(of));
    await sourceKms().send(new DisableKeyCommand({ KeyId: exportKey }));
    expect(failed(await zone.inVault(of))).toHaveLength(1);
    await zone.pass(60);
    expect(alertsOf(of).map(({ verdict }) => verdict)).toEqual(['key-not-accessible']);
    expect(await zone.exportCopies(of)).toMatchObject([{ status: 'available' }]);
    await sourceKms().send(new EnableKeyCommand({ KeyId: exportKey }));
    await zone.untilImported([of]);
    expect(zone.failures).toEqual([]);
  },
);

testByDay(
  'grants revoked at every attempt end in an alert, without loss; it is copied once the failed copies are deleted',
  async () => {
    const of = await zone.database({ id: 'revoked-always' });
    await zone.backUp(of);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await untilCopying(() => zone.inVault(of));
      await zone.emulator.revokeCopyGrants(exportKey);
    }
    await zone.pass(60);
    expect(alertsOf(of)).toEqual([{ verdict: 'failed-too-often', remedy: VERDICTS['failed-too-often'].remedy }]);
    expect(await zone.exportCopies(of)).toMatchObject([{ status: 'available' }]);
    const copies = failed(await zone.inVault(of));
    expect(copies).toHaveLength(3);
    for (const { arn } of copies) {
      const DBSnapshotIdentifier = arn.split(':').slice(6).join(':');
      await zone.rds(zone.vault).send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier }));
    }
    await zone.untilImported([of]);
    expect(zone.failures).toEqual([]);
  },
);
