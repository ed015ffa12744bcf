import { config } from '../../../src/checkvalve.config';
import { coverageReports } from '../../../src/rehearsal/checks/evidence';
import { clearWindows, type InstanceWindows } from '../../../src/rehearsal/clear-windows';
import { altering, play, WHOLE_MS } from '../../rehearsal/playing';
import { DeployedLandingZone } from '../../support/deployed-landing-zone';
import { testByDay } from '../../support/sample';
import { REGION, SOURCE } from './emulator-world';

jest.setTimeout(WHOLE_MS);

/** From the start of the daily plan, 01:00 in Berlin, to the end of its start window. */
const OVERLAPPING: InstanceWindows = {
  PreferredBackupWindow: '00:00-04:00',
  PreferredMaintenanceWindow: 'sun:12:00-sun:12:30',
};
const HOURS_UNTIL_LATE = 30;

// https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
test('the job of an instance whose backup window overlaps the daily plan fails, and coverage names the window', async () => {
  const zone = await DeployedLandingZone.deployed();
  const [late, clear] = [
    await zone.database({ id: 'orders', windows: OVERLAPPING }),
    await zone.database({ id: 'stock' }),
  ];
  const jobs = await zone.emulator.runBackup({ account: SOURCE, region: REGION, planName: 'checkvalve-daily' });
  expect(jobs.map(({ resourceArn, state, obstacle }) => [resourceArn, state, obstacle])).toEqual([
    [late.arn, 'FAILED', 'window'],
    [clear.arn, 'RUNNING', null],
  ]);
  await zone.stage.pump.pass(HOURS_UNTIL_LATE * 3600);
  await zone.stage.pump.fire('checkvalve-report-coverage');
  const [report] = await coverageReports(zone.stage);
  const reasons = report?.databases.map(({ database, reason, remedy }) => [database, reason, remedy]);
  const named = expect.stringContaining('the backup window 00:00-04:00 UTC');
  expect(reasons).toContainEqual([late.arn, named, expect.stringContaining('Move that window')]);
  const notified = (await zone.emulator.notifications()).map(({ message }) => message);
  expect(notified).toContainEqual(
    expect.stringMatching(/orders: FAILED\. .*cannot start in or close to the backup window/),
  );
  await zone.stop();
});

testByDay(
  'a rehearsal whose daily plan starts in the backup window of an instance fails, and names the window to move',
  async () => {
    const { PreferredBackupWindow } = clearWindows(config, 'orders');
    const [hour, minute] = PreferredBackupWindow.slice(0, 5).split(':');
    const alter = altering('AWS::Backup::BackupPlan', (properties) => {
      const { BackupPlanRule } = properties.BackupPlan as { BackupPlanRule: Record<string, unknown>[] };
      for (const rule of BackupPlanRule) {
        rule.ScheduleExpression = `cron(${Number(minute)} ${Number(hour)} * * ? *)`;
        rule.ScheduleExpressionTimezone = 'UTC';
      }
    });
    const { failure } = await play({ alter });
    expect(failure?.step).toBe('run-backup-plans');
    expect(failure?.cause).toContain(`cannot start in or close to the backup window ${PreferredBackupWindow}`);
  },
);
