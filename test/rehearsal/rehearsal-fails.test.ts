import type { Alter } from '../../src/rehearsal/host/deploy';
import { doing, type Phase } from '../../src/rehearsal/phases/phase';
import { PHASES, redeployVault } from '../../src/rehearsal/phases/phases';
import type { RehearsalOptions } from '../../src/rehearsal/rehearsal-options';
import { MANAGEMENT, VAULT } from '../src/emulator/emulator-world';
import { testByDay } from '../support/sample';
import { altering, play, WHOLE_MS, withCode } from './playing';

describe('a rehearsal fails, and names the cause,', () => {
  testByDay(
    'when the plan does not tag its recovery points',
    async () => {
      const alter = altering('AWS::Backup::BackupPlan', (properties) => {
        const { BackupPlanRule } = properties.BackupPlan as { BackupPlanRule: Record<string, unknown>[] };
        for (const rule of BackupPlanRule) delete rule.RecoveryPointTags;
      });
      const lines: string[] = [];
      const { ok, failure, phases, vaultCopies } = await play({ alter }, lines);
      expect(ok).toBe(false);
      expect(failure?.step).toBe('run-backup-plans');
      expect(failure?.cause).toContain('lacks the tag encryption_key, so it is not copied to the vault');
      expect(phases.at(-1)).toMatchObject({ step: 'run-backup-plans', outcome: 'failed' });
      expect(vaultCopies).toEqual([]);
      expect(lines.at(-1)).toContain('run-backup-plans failed');
    },
    WHOLE_MS,
  );

  testByDay(
    'when a handler throws',
    async () => {
      const code = 'exports.handler = async () => { throw new RangeError("the registry is shut"); };';
      const { ok, failure, phases } = await play({ alter: withCode('checkvalve-follow-sources', code) });
      expect(ok).toBe(false);
      expect(failure).toEqual({
        step: 'follow-sources',
        cause: `checkvalve-follow-sources in account ${VAULT} failed: RangeError: the registry is shut`,
      });
      expect(phases.at(-1)).toMatchObject({ step: 'follow-sources', account: VAULT, outcome: 'failed' });
    },
    WHOLE_MS,
  );

  testByDay(
    'when a handler does nothing at all',
    async () => {
      const { failure } = await play({
        alter: withCode('checkvalve-enroll-accounts', 'exports.handler = async () => {};'),
      });
      expect(failure?.step).toBe('enroll-accounts');
      expect(failure?.cause).toContain('stack instances are current for none');
    },
    WHOLE_MS,
  );

  testByDay(
    'when a template holds what was not created',
    async () => {
      const alter: Alter = ({ Management }) => {
        if (Management) Management.Resources.Odd = { Type: 'AWS::Unknown::Type', Properties: {} };
      };
      const { failure } = await play({ alter });
      expect(failure?.step).toBe('deploy');
      expect(failure?.cause).toContain(`Management could not be deployed in ${MANAGEMENT}`);
      expect(failure?.cause).toContain('AWS::Unknown::Type');
    },
    WHOLE_MS,
  );

  testByDay(
    'when the vault account has an analyzer already, unless the stack adopts that one',
    async () => {
      const planted: Phase = {
        step: 'make-an-analyzer',
        sentence: 'An operator creates an analyzer in the vault account.',
        home: () => VAULT,
        play: doing(async ({ emulator, config: { regions } }) => {
          for (const region of regions) await emulator.plantAnalyzer({ account: VAULT, region, name: 'of-the-team' });
        }),
        check: async () => [],
      };
      const phases = PHASES.slice(0, 2).flatMap((phase) => (phase.step === 'deploy' ? [planted, phase] : [phase]));
      const { failure } = await play({ phases });
      expect(failure?.step).toBe('deploy');
      expect(failure?.cause).toMatch(/ServiceQuotaExceededException: account 333300002222 .*analyzer\/of-the-team/);
      const adopted: Alter = (templates) => {
        for (const { Resources } of Object.values(templates)) {
          for (const [id, { Type }] of Object.entries(Resources)) {
            if (Type === 'AWS::AccessAnalyzer::Analyzer') delete Resources[id];
          }
        }
      };
      expect(await play({ phases, alter: adopted })).toMatchObject({ ok: true });
    },
    WHOLE_MS,
  );

  testByDay(
    'when a role lacks a permission that its handler needs',
    async () => {
      const authorize: RehearsalOptions['authorize'] = async ({ action }) =>
        /^ModifyDB/.test(action)
          ? { allowed: false, message: `not authorized to perform: ${action}` }
          : { allowed: true };
      const { failure, refusals } = await play({ authorize });
      expect(failure?.step).toBe('export-snapshots');
      expect(failure?.cause).toContain('not authorized to perform: ModifyDBSnapshotAttribute');
      expect(refusals).toBeGreaterThan(0);
    },
    WHOLE_MS,
  );

  testByDay(
    'when report-coverage accepts a copy that is too old',
    async () => {
      const alter = altering('AWS::Lambda::Function', (properties) => {
        const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
        for (const [name, value] of Object.entries(Variables)) {
          if (typeof value === 'string') Variables[name] = value.replace('"hours":26', '"hours":260');
        }
      });
      const change: Phase = {
        step: 'raise-the-rpo',
        sentence: 'An operator changes the RPO in the stack of the vault.',
        home: () => VAULT,
        play: doing((stage) => redeployVault(stage, alter)),
        check: async () => [],
      };
      const script = PHASES.flatMap((phase) => (phase.step === 'lose-protection' ? [change, phase] : [phase]));
      const { failure, phases, alarms } = await play({ phases: script, from: change.step });
      expect(failure?.step).toBe('lose-protection');
      expect(failure?.cause).toMatch(/The coverage report: .*; late: orders .*; found .*; protected: orders/);
      expect(failure?.cause).toMatch(/The raised alarms: .*; rpo-exceeded; .*; found /);
      expect(phases.at(-1)).toMatchObject({ step: 'lose-protection' });
      expect(alarms).not.toContain('rpo-exceeded');
    },
    WHOLE_MS,
  );
});

testByDay(
  'without notifications every copy is made, only later',
  async () => {
    const authorizeDelivery = async () => ({ allowed: false, message: 'the inbox takes nothing' }) as const;
    const { ok, failure, vaultCopies, refusals } = await play({ authorizeDelivery, from: 'run-backup-plans' });
    expect(failure).toBeUndefined();
    expect(ok).toBe(true);
    expect(vaultCopies).toHaveLength(3);
    // One notification for each copy: two at first, one years later, and one of the account that joins then.
    expect(refusals).toBe(4);
  },
  WHOLE_MS,
);
