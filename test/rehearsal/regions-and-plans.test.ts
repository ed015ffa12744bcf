import { config } from '../../src/checkvalve.config';
import type { CheckvalveConfig } from '../../src/config/checkvalve-config';
import { snapshotsOf } from '../../src/rehearsal/checks/evidence';
import { doing } from '../../src/rehearsal/phases/phase';
import { PHASES } from '../../src/rehearsal/phases/phases';
import type { RehearsalOptions } from '../../src/rehearsal/rehearsal-options';
import { rehearse } from '../../src/rehearsal/rehearse';
import type { Stage } from '../../src/rehearsal/stage';
import { OTHER_SOURCE, SOURCE, VAULT } from '../src/emulator/emulator-world';
import { emulatorOfWorker } from '../support/worker';

jest.setTimeout(400_000);
const UNTIL_RETIRED = PHASES.slice(0, PHASES.findIndex(({ step }) => step === 'retire-copies') + 1);

/** Plays the flow of a configuration, and reads the state before the emulator ends. */
async function played(changed: Partial<CheckvalveConfig>, look: (stage: Stage) => Promise<void>, more = {}) {
  const last = {
    step: 'look',
    sentence: 'The test looks.',
    home: () => VAULT,
    play: doing(look),
    check: async () => [],
  };
  const options: RehearsalOptions = { config: { ...config, ...changed }, progress: () => {}, ...more };
  const result = await rehearse({ emulator: await emulatorOfWorker(), ...options, phases: [...UNTIL_RETIRED, last] });
  expect(result.failure).toBeUndefined();
  expect(result).toMatchObject({ ok: true, refusals: 0 });
  return result.vaultCopies.map(({ arn }) => arn.replace(/-[0-9a-f]{16}$/, '')).sort();
}

const copy = (region: string, account: string, name: string, kind = 'snapshot') =>
  `arn:aws:rds:${region}:${VAULT}:${kind}:checkvalve-${account}-${name}`;

test('in two Regions databases of one name are copied to the vault of their Region; copies of AWS Backup are not', async () => {
  const regions = ['eu-central-1', 'eu-west-1'];
  const backup = { ...config.backup, crossRegionCopy: { region: 'eu-west-1' } };
  const made: Record<string, readonly string[]> = {};
  const vaultCopies = await played({ regions, backup }, async ({ emulator }) => {
    for (const region of regions) {
      const names = (await snapshotsOf(emulator, SOURCE, region)).map(({ name }) => name.replace(/-.*/, ''));
      made[region] = names.sort();
    }
    const functions = await emulator.functions();
    for (const region of regions) {
      const inVault = functions.filter(({ account, region: at }) => account === VAULT && at === region);
      expect(inVault.map(({ role }) => role).every((role) => role.endsWith(`-${region}`))).toBe(true);
    }
    const roles = new Set(functions.map(({ role }) => role));
    expect(roles.size).toBe(functions.length);
  });
  expect(vaultCopies).toEqual(
    regions.flatMap((region) => [
      copy(region, OTHER_SOURCE, 'ledger', 'cluster-snapshot'),
      copy(region, SOURCE, 'orders'),
    ]),
  );
  expect(made['eu-central-1']).toEqual(['awsbackup:job', 'checkvalve']);
  expect(made['eu-west-1']).toEqual(['awsbackup:copyjob', 'awsbackup:job', 'checkvalve']);
});

test('backups of a team’s own plan are copied to the vault, if it sets the two tags', async () => {
  const vaultCopies = await played({ backup: { plans: 'off' } }, async ({ emulator }) => {
    const [taken] = (await snapshotsOf(emulator, SOURCE, 'eu-central-1')).filter(({ type }) => type === 'awsbackup');
    expect(taken?.tags.get('checkvalve:plan')).toBe('daily');
  });
  expect(vaultCopies).toEqual([
    copy('eu-central-1', OTHER_SOURCE, 'ledger', 'cluster-snapshot'),
    copy('eu-central-1', SOURCE, 'orders'),
  ]);
});
