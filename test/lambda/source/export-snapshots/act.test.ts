import type { CopyOutcome, ShareOutcome, Snapshot, Snapshots } from '../../../../lambda/_kit/ports/snapshots';
import { act, exportRun } from '../../../../lambda/source/export-snapshots/act';
import type { ExportAction } from '../../../../lambda/source/export-snapshots/export-action';
import { databaseArn, snapshotArn } from '../../../../src/contract/ids';
import { TAGS } from '../../../../src/contract/names';
import type { Hold } from '../../../../src/contract/verdicts';
import { exportKeyOf, SOURCE, VAULT } from '../../../support/pipeline';

const NOW = new Date('2026-03-10T12:00:00.000Z');
const STEM = `arn:aws:rds:eu-central-1:${SOURCE}`;
const snapshot = (name: string, tags: Readonly<Record<string, string>> = {}): Snapshot => ({
  arn: snapshotArn(`${STEM}:snapshot:${name}`),
  kind: 'instance',
  name,
  status: 'available',
  type: 'manual',
  database: databaseArn(`${STEM}:db:orders`),
  engine: 'postgres',
  encrypted: true,
  createdAt: NOW,
  takenAt: NOW,
  sizeGiB: 20,
  tags: new Map(Object.entries(tags)),
});
const BACKUP = snapshot('awsbackup:job-1');
const COPY = snapshot('checkvalve-orders-0011223344556677', { [TAGS.role]: 'export' });
const HOLD: Hold = { code: 'copy-refused', count: 8, at: NOW };

/** A run whose ports record every call. */
class RecordedRun {
  readonly calls: string[] = [];
  readonly logged: { readonly event: string; readonly fields?: Readonly<Record<string, unknown>> }[] = [];
  listed: readonly Snapshot[] = [];
  copies: CopyOutcome = { kind: 'started' };
  shares: ShareOutcome = { kind: 'shared' };
  tag = (): void => {};

  act(action: ExportAction) {
    const record = (call: string, ...facts: readonly string[]) => void this.calls.push([call, ...facts].join(' '));
    const snapshots: Snapshots = {
      own: async () => this.listed,
      manual: async () => [],
      shared: async () => [],
      copy: async () => this.copies,
      share: async ({ name }, account) => {
        record('share', name, account);
        return this.shares;
      },
      tag: async (arn, tags) => {
        record('tag', arn.split(':').slice(6).join(':'), ...Object.keys(tags));
        this.tag();
      },
      remove: async ({ name }) => record('remove', name),
    };
    const memory = {
      all: async () => new Map(),
      remember: async (arn: string, facts: object) =>
        record('remember', arn.split(':').slice(6).join(':'), ...Object.keys(facts)),
    };
    const notifications = { notify: async (arn: string) => record('notify', arn.split(':').slice(6).join(':')) };
    const log = (event: string, fields?: Readonly<Record<string, unknown>>) => void this.logged.push({ event, fields });
    return act(action, exportRun({ snapshots, memory, notifications }, NOW, log));
  }
  get alerted() {
    return this.logged.filter(({ event }) => event === 'database.not-copied').map(({ fields }) => fields?.verdict);
  }
}

const DONE = { outcome: 'done' };

test('a copy is shared, the vault is notified, and only then the copy is tagged as shared', async () => {
  const run = new RecordedRun();
  expect(await run.act({ do: 'publish', copy: COPY, vaultAccount: VAULT, source: BACKUP })).toEqual(DONE);
  expect(run.calls).toEqual([
    `share ${COPY.name} ${VAULT}`,
    `notify ${COPY.name}`,
    `tag ${COPY.name} ${TAGS.sharedAt}`,
  ]);
});

test('a copy that RDS refuses to share is deleted after the reason is recorded for its snapshot', async () => {
  const run = new RecordedRun();
  run.shares = { kind: 'refused', because: 'TDE' };
  const ended = await run.act({ do: 'publish', copy: COPY, vaultAccount: VAULT, source: BACKUP });
  expect(ended).toEqual({ outcome: 'refused', because: 'TDE' });
  expect(run.calls.slice(1)).toEqual([
    `remember ${BACKUP.name} held expiresAt`,
    `tag ${BACKUP.name} ${TAGS.held}`,
    `remove ${COPY.name}`,
  ]);
  const orphan = new RecordedRun();
  orphan.shares = { kind: 'refused', because: 'TDE' };
  await orphan.act({ do: 'publish', copy: COPY, vaultAccount: VAULT, source: undefined });
  expect(orphan.calls.slice(1)).toEqual([`remove ${COPY.name}`]);
});

test.each([
  ['is recorded for its snapshot', BACKUP, [`remember ${BACKUP.name} importedAt expiresAt`]],
  ['is not recorded when its snapshot no longer exists', undefined, []],
])('the import of a copy %s, and the copy is then deleted', async (_, source, recorded) => {
  const run = new RecordedRun();
  expect(await run.act({ do: 'retire', copy: COPY, source, importedAt: NOW.toISOString() })).toEqual(DONE);
  expect(run.calls).toEqual([...recorded, `remove ${COPY.name}`]);
});

test('a copy that gives way is deleted after the refusal is recorded, for its snapshot and on the remaining copies', async () => {
  const run = new RecordedRun();
  const successor = { copy: snapshot('checkvalve-orders-2', { [TAGS.role]: 'export' }), hold: HOLD };
  const action: ExportAction = { do: 'give-way', copy: COPY, source: BACKUP, hold: HOLD, successors: [successor] };
  expect(await run.act(action)).toEqual(DONE);
  expect(run.calls).toEqual([
    `remember ${BACKUP.name} held expiresAt`,
    `tag ${BACKUP.name} ${TAGS.held}`,
    `tag ${successor.copy.name} ${TAGS.held}`,
    `remove ${COPY.name}`,
  ]);
});

test('a failed copy is deleted, and an entry of the memory is renewed', async () => {
  const run = new RecordedRun();
  expect(await run.act({ do: 'clear', copy: COPY })).toEqual(DONE);
  expect(await run.act({ do: 'renew', snapshot: BACKUP, expiresAt: NOW })).toEqual(DONE);
  expect(run.calls).toEqual([`remove ${COPY.name}`, `remember ${BACKUP.name} expiresAt`]);
});

test('a hold of a snapshot of AWS Backup that cannot be tagged is still in the memory', async () => {
  const run = new RecordedRun();
  run.tag = () => {
    throw new Error('AccessDenied');
  };
  await run.act({ do: 'alert', snapshot: BACKUP, code: 'copy-refused' });
  expect(run.calls[0]).toBe(`remember ${BACKUP.name} held expiresAt`);
  expect(run.logged.find(({ event }) => event === 'hint.refused')?.fields).toEqual({
    snapshot: BACKUP.arn,
    because: 'Error: AccessDenied',
  });
});

test('an alert that is only logged is not recorded', async () => {
  const run = new RecordedRun();
  expect(await run.act({ do: 'log-alert', snapshot: BACKUP, code: 'missing-tag' })).toEqual(DONE);
  expect([run.alerted, run.calls]).toEqual([['missing-tag'], []]);
});

test.each([
  ['has an alert when RDS no longer lists it', { kind: 'gone' }, [COPY], ['snapshot-deleted']],
  ['has no alert while RDS lists it', { kind: 'gone' }, [COPY, BACKUP], []],
  ['has no alert when the copy was started', { kind: 'started' }, [], []],
] as const)('a snapshot that is deleted before its copy is ordered %s', async (_, copies, listed, alerted) => {
  const run = new RecordedRun();
  run.copies = copies;
  run.listed = listed;
  const order = { source: BACKUP.arn, kind: 'instance', name: COPY.name, key: exportKeyOf(SOURCE), tags: {} } as const;
  await run.act({ do: 'copy', order, snapshot: BACKUP, dropped: [] });
  expect(run.alerted).toEqual(alerted);
});
