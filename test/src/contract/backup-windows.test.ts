import { collidingWindow } from '../../../src/contract/backup-windows';

const WINDOWS = { backupWindow: '23:45-00:15', maintenanceWindow: 'sun:00:30-sun:01:30' };

// 29 November 2026 is a Sunday.
test.each([
  ['the backup window, before midnight', '2026-11-25T23:50:00Z', 'backup window 23:45-00:15 UTC'],
  ['the backup window, after midnight', '2026-11-26T00:14:00Z', 'backup window 23:45-00:15 UTC'],
  ['after the backup window', '2026-11-26T00:15:00Z', undefined],
  ['before the backup window', '2026-11-25T23:44:00Z', undefined],
  [
    'the hour before the maintenance window, on Saturday',
    '2026-11-28T23:30:00Z',
    'maintenance window sun:00:30-sun:01:30 UTC',
  ],
  ['more than an hour before it', '2026-11-28T23:29:00Z', undefined],
  ['the maintenance window', '2026-11-29T01:29:00Z', 'maintenance window sun:00:30-sun:01:30 UTC'],
  ['after the maintenance window', '2026-11-29T01:30:00Z', undefined],
  ['the maintenance window of another day', '2026-11-30T01:00:00Z', undefined],
])('%s', (_, at, window) => expect(collidingWindow(new Date(at), WINDOWS)).toBe(window));

test.each([[{}], [{ backupWindow: 'soon', maintenanceWindow: 'xyz:00:00-xyz:01:00' }]])(
  'no readable window: %j',
  (windows) => {
    expect(collidingWindow(new Date('2026-11-29T00:00:00Z'), windows)).toBeUndefined();
  },
);
