import { parseBackupRequest } from '../../../../src/operations/backup/parse-request';
import { checkvalve } from '../../../support/run-command';

const DEFAULTS = { regions: ['eu-central-1', 'eu-west-1'], retentionDays: 35 };
const ARN = 'arn:aws:rds:eu-west-1:222200001111:cluster:ledger';

test('a name is searched in every Region or in the given one, an ARN in its own', () => {
  expect(parseBackupRequest({ database: 'orders' }, DEFAULTS)).toMatchObject({ ...DEFAULTS, database: 'orders' });
  expect(parseBackupRequest({ database: 'orders', region: 'eu-west-1' }, DEFAULTS).regions).toEqual(['eu-west-1']);
  expect(parseBackupRequest({ database: ARN }, DEFAULTS).regions).toEqual(['eu-west-1']);
  expect(parseBackupRequest({ database: ARN, region: 'eu-west-1', retentionDays: 9 }, DEFAULTS).retentionDays).toBe(9);
});

test.each([
  [{ database: ARN, region: 'eu-central-1' }, '--region eu-central-1 contradicts the ARN, which is in eu-west-1'],
  [{ database: 'orders', region: 'eu-north-1' }, 'eu-north-1 is not a Region of the configuration'],
  [{ database: 'arn:aws:rds:us-east-1:222200001111:db:x' }, 'us-east-1 is not a Region of the configuration'],
  [{ database: 'arn:aws:rds:eu-west-1:222200001111:snapshot:x' }, 'neither the name nor the ARN'],
  [{ database: 'two words' }, 'neither the name nor the ARN'],
  [{ database: 'orders', vault: 'v' }, '--vault "v" is not the name of a backup vault'],
  [{ database: 'orders', role: 'backup' }, '--role "backup" is not the ARN of a role'],
  [{ database: ARN, role: 'arn:aws:iam::222200002222:role/x' }, '--role belongs to account 222200002222'],
])('parseBackupRequest rejects %j', (written, message) => {
  expect(() => parseBackupRequest(written, DEFAULTS)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(message) }),
  );
});

test('backup prints every fault at once', () => {
  const args = ['backup', 'a b', '--region', 'eu-north-1', '--vault', '!', '--role', 'x'];
  const { status, stdout, stderr } = checkvalve(args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(4);
});

test('without plans in the tooling a request needs vault, role and retention', () => {
  const regions = ['eu-central-1'];
  expect(() => parseBackupRequest({ database: 'orders' }, { regions })).toThrow(
    /--vault NAME --role ARN[\s\S]*--retention-days/,
  );
  const whole = { database: 'orders', vault: 'team', role: 'arn:aws:iam::222200001111:role/team', retentionDays: 7 };
  expect(parseBackupRequest(whole, { regions })).toEqual({ ...whole, regions });
});
