import { config } from '../../src/checkvalve.config';
import type { Alter } from '../../src/rehearsal/deploy';
import { rehearse } from '../../src/rehearsal/rehearse';

const play = (alter?: Alter) => rehearse({ config, attacked: true, progress: () => {}, ...(alter && { alter }) });

test('every door of the vault is tried by everybody, every deed is done, and it all comes to nothing', async () => {
  const { ok, attack = [], refusals, refusalsUnderAttack } = await play();
  // Fifty made-up accounts a day, each asked twice.
  expect({ ok, refusals, refusalsUnderAttack }).toEqual({ ok: true, refusals: 0, refusalsUnderAttack: 100 });
  const doors = attack.filter(({ door }) => door);
  expect(new Set(doors.map(({ who }) => who)).size).toBeGreaterThanOrEqual(8);
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
  for (const thing of things) expect(doors.filter(({ what }) => what.includes(thing)).length).toBeGreaterThan(8);
  expect(attack.filter(({ door }) => !door)).toHaveLength(15);
  expect(attack.filter(({ refused }) => !refused)).toEqual([]);
  for (const { because } of attack) expect(because).not.toBe('');
}, 240_000);

test('a door that stands open is found, by whom and at what', async () => {
  const { ok, failure } = await play((templates) => {
    const resources = Object.values(templates['Vault-eu-central-1']?.Resources ?? {}) as {
      Type: string;
      Properties: { KeyPolicy: { Statement: unknown[] } };
    }[];
    const key = resources.find(({ Type }) => Type === 'AWS::KMS::Key');
    const open = { Sid: 'Open', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*' };
    key?.Properties.KeyPolicy.Statement.push(open);
  });
  expect({ ok, step: failure?.step }).toEqual({ ok: false, step: 'attack' });
  expect(failure?.cause).toMatch(/an administrator of a source: decrypt with arn:aws:kms:/);
  expect(failure?.cause).not.toMatch(/: disable /);
}, 240_000);
