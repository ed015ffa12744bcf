import { spawnSync } from 'node:child_process';
import { parseBackupRequest } from '../../../../src/operations/backup/parse-request';

const DEFAULTS = { regions: ['eu-central-1', 'eu-west-1'], retentionDays: 35 };
const ARN = 'arn:aws:rds:eu-west-1:222200001111:cluster:ledger';

test('a name is looked for in every Region or in the one that is given, an ARN in its own', () => {
  expect(parseBackupRequest({ database: 'orders' }, DEFAULTS)).toMatchObject({ ...DEFAULTS, database: 'orders' });
  expect(parseBackupRequest({ database: 'orders', region: 'eu-west-1' }, DEFAULTS).regions).toEqual(['eu-west-1']);
  expect(parseBackupRequest({ database: ARN }, DEFAULTS).regions).toEqual(['eu-west-1']);
  expect(parseBackupRequest({ database: ARN, region: 'eu-west-1', retentionDays: 9 }, DEFAULTS).retentionDays).toBe(9);
});

test.each([
  [{ database: ARN, region: 'eu-central-1' }, '--region eu-central-1 contradicts the ARN, which is of eu-west-1'],
  [{ database: 'orders', region: 'eu-north-1' }, 'eu-north-1 is no Region of the configuration'],
  [{ database: 'arn:aws:rds:us-east-1:222200001111:db:x' }, 'us-east-1 is no Region of the configuration'],
  [{ database: 'arn:aws:rds:eu-west-1:222200001111:snapshot:x' }, 'neither the name nor the ARN'],
  [{ database: 'two words' }, 'neither the name nor the ARN'],
  [{ database: 'orders', vault: 'v' }, '--vault "v" is not the name of a backup vault'],
  [{ database: 'orders', role: 'backup' }, '--role "backup" is not the ARN of a role'],
  [{ database: ARN, role: 'arn:aws:iam::222200002222:role/x' }, '--role is of account 222200002222'],
])('%j is refused before anybody is asked', (written, message) => {
  expect(() => parseBackupRequest(written, DEFAULTS)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(message) }),
  );
});

test('all faults are told at once', () => {
  const { status, stdout, stderr } = spawnSync(
    'node',
    ['src/cli/checkvalve.js', 'backup', 'a b', '--region', 'eu-north-1', '--vault', '!', '--role', 'x'],
    { encoding: 'utf8' },
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(4);
});

test('where the tooling brings no plans, an order names vault, role and retention itself', () => {
  const regions = ['eu-central-1'];
  expect(() => parseBackupRequest({ database: 'orders' }, { regions })).toThrow(
    /--vault NAME --role ARN[\s\S]*--retention-days/,
  );
  const whole = { database: 'orders', vault: 'team', role: 'arn:aws:iam::222200001111:role/team', retentionDays: 7 };
  expect(parseBackupRequest(whole, { regions })).toEqual({ ...whole, regions });
});
