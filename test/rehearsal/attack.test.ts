import type { Alter } from '../../src/rehearsal/host/deploy';
import { ATTACK, PHASES, type Phase, redeployVault } from '../../src/rehearsal/phases/phases';
import { testByDay } from '../support/sample';
import { altering, play } from './playing';

test('every access role of the vault is tried by everybody, every deed is done, and it all comes to nothing', async () => {
  const { ok, failure, attack = [], refusals, refusalsUnderAttack } = await play({ attacked: true, from: 'attack' });
  expect(failure).toBeUndefined();
  expect(attack.filter(({ refused }) => !refused)).toEqual([]);
  expect({ ok, refusals, refusalsUnderAttack }).toEqual({ ok: true, refusals: 0, refusalsUnderAttack: 200 });
  const attempts = attack.filter(({ againstVault }) => againstVault);
  expect(new Set(attempts.map(({ who }) => who)).size).toBeGreaterThanOrEqual(8);
  const things = [
    'role/',
    ':checkvalve-inbox',
    ':checkvalve-wakeups',
    ':key/',
    ':table/',
    's3:::',
    ':log-group:',
    ':rule/',
    ':alarm:',
    ':analyzer/',
    ':function:',
    ':event-source-mapping:',
    ':snapshot:',
    ':cluster-snapshot:',
  ];
  for (const thing of things) expect(attempts.filter(({ what }) => what.includes(thing)).length).toBeGreaterThan(8);
  const topic = 'arn:aws:sns:eu-central-1:222200002222:checkvalve-copies';
  for (const who of ['a source', 'the management account', 'an account that is not enrolled']) {
    const tries = attempts.filter((row) => row.who === `an administrator of ${who}` && row.what.endsWith(topic));
    expect(tries.map(({ what }) => what.replace(` ${topic}`, ''))).toEqual([
      'subscribe a queue of his own to',
      'subscribe the inbox to',
      'publish to',
    ]);
  }
  const does = attack.filter(({ againstVault }) => !againstVault);
  expect(does).toHaveLength(19);
  expect(does.slice(-3).map(({ what, because }) => `${what}: ${because}`)).toEqual([
    'sets a source to left: no new copies of it come, its copies stay; at most 5 end a day',
    'takes all Regions from a source: told a day before it has left as far as the vault goes; at most 5 end a day, copies stay',
    'sets all other accounts to left: followed for a day more, and an alarm starts; then at most 5 end a day, copies stay',
  ]);
  for (const { because } of attack) expect(because).not.toBe('');
}, 480_000);

testByDay(
  'an access role that stands open is found, by whom and at what',
  async () => {
    const open: Alter = (templates) => {
      const resources = Object.values(templates['Vault-eu-central-1']?.Resources ?? {}) as {
        Type: string;
        Properties: { KeyPolicy: { Statement: unknown[] } };
      }[];
      const key = resources.find(({ Type }) => Type === 'AWS::KMS::Key');
      const open = { Sid: 'Open', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*' };
      key?.Properties.KeyPolicy.Statement.push(open);
      // What the deeds are verified by must be able to fail, too.
      altering('AWS::Lambda::EventSourceMapping', (mapping) => Object.assign(mapping, { BatchSize: 1 }))(templates);
      altering('AWS::Lambda::Function', ({ FunctionName, Environment }) => {
        const { Variables } = (Environment ?? {}) as { Variables?: Record<string, unknown> };
        if (FunctionName === 'checkvalve-follow-sources')
          Object.assign(Variables ?? {}, { CHECKVALVE_LIMITS: '{"maxNewAccountsPerDay":99}' });
      })(templates);
    };
    const change: Phase = {
      step: 'open-access-roles',
      sentence: 'Somebody changes the stacks by hand.',
      home: ({ vault }) => vault,
      play: (stage) => redeployVault(stage, open),
      judge: async () => [],
    };
    const { ok, failure } = await play({ phases: [...PHASES, change, ATTACK], from: change.step });
    expect({ ok, step: failure?.step }).toEqual({ ok: false, step: 'attack' });
    expect(failure?.cause).toMatch(/an administrator of a source: decrypt with arn:aws:kms:/);
    expect(failure?.cause).not.toMatch(/: disable /);
    expect(failure?.cause).toMatch(/rings 60 times: import-copies ran \d+ times/);
    expect(failure?.cause).toMatch(/puts 60 accounts into the registry: 60 are followed, and at most 50 may be/);
    expect(failure?.cause).toMatch(/60 accounts were accepted in a day, and 50 may/);
  },
  480_000,
);
