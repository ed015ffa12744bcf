import { ASSUMPTIONS } from '../../../../src/assumptions/assumptions';
import type { Emulator } from '../../../../src/emulator/emulator';
import type { Switches } from '../../../../src/emulator/switches';
import { memoryStore } from '../../../../src/operations/probe/journal';
import { PROBES } from '../../../../src/operations/probe/probes';
import { AS_ASSUMED, prepare, probesIn } from '../../../../src/rehearsal/phases/rehearse-probes';
import { testSample } from '../../../support/sample';
import { emulatorOfWorker } from '../../../support/worker';
import { watched } from './watched-store';

const REGION = 'eu-central-1';
const VAULT = '333300002222';

/** For each probe the switches of an AWS that differs, and the answer that shows it. */
const DIFFERENT: Readonly<Record<string, readonly [Partial<Switches>, string]>> = {
  'second-analyzer': [{ secondAnalyzer: true }, 'accepted'],
  'execution-role-template': [{ stackSetsTakeRoleTemplates: false }, 'refused'],
  'stack-instance-delete-after-move': [{ movedInstancesAreFound: false }, 'left'],
  'eventbridge-key-condition': [{ eventBridgeKeyConditions: true }, 'both'],
  'cluster-backup-type': [{ clusterBackupsTyped: 'awsbackup' }, 'awsbackup'],
  'cluster-backups-in-quota': [{ clusterBackupsCount: true }, 'counted'],
  'cluster-backup-event': [{ silentClusterBackups: true }, 'no-event'],
  'tag-backup-snapshots': [{ refuseBackupSnapshotTags: true }, 'both-refused'],
  'in-flight-refusal-wording': [{ inFlightSpeaksOfManual: true }, 'quota-code-with-manual-snapshots'],
  'aws-owned-key-copy': [{ refuseAwsOwnedKeyCopies: true }, 'copy-refused'],
  'tag-list-without-list-tags': [{ hideTagLists: true }, 'hidden'],
  'import-request-tag-on-foreign-source': [{ requestTagOnSource: false }, 'absent'],
  'resource-account-of-shared-snapshot': [{ resourceAccountIsCaller: true }, 'caller'],
  'deny-on-own-snapshots': [{ sharedSourcesAreOwn: true }, 'refused'],
  'deny-in-import-key': [{ denyInKeyBreaksCopies: true }, 'refused'],
  'kms-via-service-on-copies': [{ viaServiceOnCopies: false }, 'refused'],
  'vault-copy-without-source': [{ copiesNeedSourceKey: true }, 'dependent'],
  'opt-in-explicit-arn': [{ optInHoldsForNamedInstances: true }, 'left-out'],
  'tag-selection-role': [{ tagSelectionNeedsGetResources: true }, 'not-selected'],
};

let emulator: Emulator;
beforeEach(async () => {
  emulator = await emulatorOfWorker();
  await prepare(emulator, '444400003333');
});

const ask = (ids: readonly string[], store = memoryStore()) =>
  probesIn(emulator, {
    store,
    probes: PROBES.filter(({ id }) => ids.includes(id)),
    region: REGION,
    vault: VAULT,
    management: '444400003333',
    progress: () => {},
  });

const MARKED = ASSUMPTIONS.flatMap(({ probe, stricterInEmulator }) =>
  stricterInEmulator?.switch ? [{ probe, name: stricterInEmulator.switch }] : [],
);

test('the emulator has the switches of AS_ASSUMED; their defaults differ only where a row of the ledger names the switch', async () => {
  await emulator.reset();
  const defaults = await emulator.setSwitches({});
  expect(Object.keys(defaults).sort()).toEqual(Object.keys(AS_ASSUMED).sort());
  const differing = Object.entries(defaults).filter(([name, value]) => value !== AS_ASSUMED[name as keyof Switches]);
  expect(differing.map(([name]) => name).sort()).toEqual([...new Set(MARKED.map(({ name }) => name))].sort());
});

test('a row that names a switch has a probe', () => {
  expect(MARKED.filter(({ probe }) => 'none' in probe)).toEqual([]);
});

/** The probes of rows for which the emulator is stricter by default. */
const STRICTER = MARKED.flatMap(({ probe }) => ('id' in probe ? [probe.id] : []));

test('the emulator answers as assumed, except where it is stricter by default; every created resource has the name of a probe', async () => {
  const { store, ever } = watched();
  await emulator.reset();
  await prepare(emulator, '444400003333', {});
  const { probes } = await ask(
    PROBES.map(({ id }) => id),
    store,
  );
  const asAssumed = (ids: readonly string[]) =>
    PROBES.filter(({ id }) => ids.includes(id)).map(({ id, assumed }) => ({
      id,
      assumed,
      answered: assumed,
      differs: false,
    }));
  const others = PROBES.map(({ id }) => id).filter((id) => !STRICTER.includes(id));
  expect(probes.filter(({ answered, assumed }) => answered === assumed)).toEqual(asAssumed(others));
  expect(await emulator.problems()).toEqual([]);
  const named = /^(source|vault|management) [a-z-]+ checkvalve-probe-rehearsal-[\w-]+$/;
  const unnamed = [...ever].filter((entry) => !named.test(entry));
  expect(unnamed).toEqual([expect.stringMatching(/^management account-home 222200001111:r-/), 'source opt-in RDS']);
  expect(ever.size).toBeGreaterThan(30);
  expect(store.read()).toBeUndefined();
  await emulator.reset();
  await prepare(emulator, '444400003333');
  expect(await ask(STRICTER)).toEqual({ ok: true, probes: asAssumed(STRICTER) });
}, 240_000);

test('each probe has switches for an AWS that differs', () => {
  expect(Object.keys(DIFFERENT).sort()).toEqual(PROBES.map(({ id }) => id).sort());
});

testSample(
  'probes of an AWS that differs',
  PROBES.map(({ id }) => id),
  6,
)('%s detects an AWS that differs', async (id) => {
  const [switches, answered] = DIFFERENT[id] ?? [{}, ''];
  await emulator.setSwitches(switches);
  const { ok, probes } = await ask([id]);
  expect(probes).toEqual([{ id, assumed: expect.any(String), answered, differs: true }]);
  expect(ok).toBe(false);
});
