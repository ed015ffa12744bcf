import type { Alter } from '../../src/rehearsal/host/deploy';
import { doing, type Phase } from '../../src/rehearsal/phases/phase';
import { ATTACK, PHASES, redeployVault } from '../../src/rehearsal/phases/phases';
import { testByDay } from '../support/sample';
import { altering, play } from './playing';

test('the deployed policies allow no access to the vault, and every action has its expected outcome', async () => {
  const { ok, failure, attack, refusals } = await play({ attacked: true, from: 'attack' });
  expect(failure).toBeUndefined();
  const { proved = [], actions = [] } = attack ?? {};
  expect({ ok, refusals, underAttack: attack?.refusals }).toEqual({ ok: true, refusals: 0, underAttack: 201 });
  expect(proved.map(({ name, allowed }) => [name, allowed])).toEqual(proved.map(({ name }) => [name, 0]));
  const [outside] = proved;
  expect(outside?.resources).toBeGreaterThanOrEqual(80);
  expect(outside?.principals).toBeGreaterThanOrEqual(50);
  // Every action that AWS defines on each resource: more than the 70 kinds of attempts that were once listed by hand.
  expect(outside?.evaluated).toBeGreaterThan(100_000);
  expect(actions.filter(({ isAsExpected }) => !isAsExpected)).toEqual([]);
  expect(actions.map(({ attacker, action }) => `${attacker} ${action}`)).toEqual([
    'an administrator of a source notifies the vault of a snapshot of another account',
    'an administrator of a source sends a notification of an older version',
    'an administrator of a source sends a notification of a newer version',
    'an administrator of a source sends a notification that is not JSON',
    'an administrator of a source sends a notification of 200,000 characters',
    'an administrator of a source adds fields to a notification: delete, key, retention',
    'an administrator of a source sends 60 notifications',
    'an administrator of an account that is not enrolled creates a topic named like the copies topic, and subscribes the inbox to it',
    'an administrator of a source shares a snapshot with a name that Checkvalve does not use',
    'an administrator of a source shares a snapshot named like an export copy, without the role tag',
    'an administrator of a source shares a snapshot named and tagged like an export copy, with forged values in every other tag',
    'an administrator of a source sets forged tags on the export copies that the vault has imported',
    'an administrator of an account that is not enrolled shares a snapshot named and tagged like an export copy',
    'an administrator of the management account deletes the entry of a source from the registry',
    'an administrator of the management account writes an entry of a source that no step can parse',
    'an administrator of the management account writes 60 accounts into the registry',
    'an administrator of the management account sets a source to left',
    'an administrator of the management account removes all Regions from the entry of a source',
    'an administrator of the management account sets all other accounts to left',
  ]);
  expect(actions.slice(-3).every(({ outcome }) => outcome.includes('at most 5 accounts end in a day'))).toBe(true);
  for (const { outcome } of actions) expect(outcome).not.toBe('');
}, 480_000);

testByDay(
  'a key policy that allows everyone is found, with the action and the resource',
  async () => {
    const open: Alter = (templates) => {
      const resources = Object.values(templates['Vault-eu-central-1']?.Resources ?? {}) as {
        Type: string;
        Properties: { KeyPolicy: { Statement: unknown[] } };
      }[];
      const key = resources.find(({ Type }) => Type === 'AWS::KMS::Key');
      const open = { Sid: 'Open', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*' };
      key?.Properties.KeyPolicy.Statement.push(open);
      // The checks of the actions must be able to fail, too.
      altering('AWS::Lambda::EventSourceMapping', (mapping) => Object.assign(mapping, { BatchSize: 1 }))(templates);
      altering('AWS::Lambda::Function', ({ FunctionName, Environment }) => {
        const { Variables } = (Environment ?? {}) as { Variables?: Record<string, unknown> };
        if (FunctionName === 'checkvalve-follow-sources')
          Object.assign(Variables ?? {}, { CHECKVALVE_LIMITS: '{"maxNewAccountsPerDay":99}' });
      })(templates);
    };
    const change: Phase = {
      step: 'open-key-policy',
      sentence: 'An operator changes the stacks by hand.',
      home: ({ vault }) => vault,
      play: doing((stage) => redeployVault(stage, open)),
      check: async () => [],
    };
    const { ok, failure, attack } = await play({ phases: [...PHASES, change, ATTACK], from: change.step });
    expect({ ok, step: failure?.step }).toEqual({ ok: false, step: 'attack' });
    expect(failure?.cause).toMatch(/ and \d+ other principals may kms:Decrypt on arn:aws:kms:/);
    expect(failure?.cause).not.toMatch(/may kms:DisableKey/);
    expect(failure?.cause).toMatch(/sends 60 notifications: import-copies ran \d+ times/);
    expect(failure?.cause).toMatch(/writes 60 accounts into the registry: the vault follows 60, and at most 50 may be/);
    expect(failure?.cause).toMatch(/60 accounts were accepted in a day, and 50 may/);
    expect(attack?.proved[0]?.allowed).toBeGreaterThan(0);
  },
  480_000,
);
