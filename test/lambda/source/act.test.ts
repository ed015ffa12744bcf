import type { CopyOutcome, ShareOutcome, Snapshot, Snapshots } from '../../../lambda/_kit/ports/snapshots';
import { ExportActor } from '../../../lambda/source/export-snapshots/act';
import type { ExportAction } from '../../../lambda/source/export-snapshots/plan';
import { databaseArn, snapshotArn } from '../../../src/contract/ids';
import { TAGS } from '../../../src/contract/names';
import type { Hold } from '../../../src/contract/verdicts';
import { exportKeyOf, SOURCE, VAULT } from '../../support/pipeline';

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

/** An actor whose ports write down every call. */
class Acting {
  readonly calls: string[] = [];
  readonly logged: { readonly event: string; readonly fields?: Readonly<Record<string, unknown>> }[] = [];
  listed: readonly Snapshot[] = [];
  copies: CopyOutcome = { kind: 'started' };
  shares: ShareOutcome = { kind: 'shared' };
  tag = (): void => {};

  act(action: ExportAction) {
    const noted = (call: string, ...facts: readonly string[]) => void this.calls.push([call, ...facts].join(' '));
    const snapshots: Snapshots = {
      own: async () => this.listed,
      manual: async () => [],
      shared: async () => [],
      copy: async () => this.copies,
      share: async ({ name }, account) => {
        noted('share', name, account);
        return this.shares;
      },
      tag: async (arn, tags) => {
        noted('tag', arn.split(':').slice(6).join(':'), ...Object.keys(tags));
        this.tag();
      },
      remove: async ({ name }) => noted('remove', name),
    };
    const memory = {
      all: async () => new Map(),
      remember: async (arn: string, facts: object) =>
        noted('remember', arn.split(':').slice(6).join(':'), ...Object.keys(facts)),
    };
    const notifications = { notify: async (arn: string) => noted('announce', arn.split(':').slice(6).join(':')) };
    const log = (event: string, fields?: Readonly<Record<string, unknown>>) => void this.logged.push({ event, fields });
    return new ExportActor({ snapshots, memory, notifications }, NOW, log).act(action);
  }
  get told() {
    return this.logged.filter(({ event }) => event === 'database.not-crossing').map(({ fields }) => fields?.verdict);
  }
}

const DONE = { outcome: 'done' };

test('a copy is shared, announced, and only then marked as shared', async () => {
  const acting = new Acting();
  expect(await acting.act({ do: 'publish', copy: COPY, vaultAccount: VAULT, source: BACKUP })).toEqual(DONE);
  expect(acting.calls).toEqual([
    `share ${COPY.name} ${VAULT}`,
    `announce ${COPY.name}`,
    `tag ${COPY.name} ${TAGS.sharedAt}`,
  ]);
});

test('a copy that RDS does not share is deleted, after the reason is remembered of its snapshot', async () => {
  const acting = new Acting();
  acting.shares = { kind: 'refused', because: 'TDE' };
  const ended = await acting.act({ do: 'publish', copy: COPY, vaultAccount: VAULT, source: BACKUP });
  expect(ended).toEqual({ outcome: 'refused', because: 'TDE' });
  expect(acting.calls.slice(1)).toEqual([
    `remember ${BACKUP.name} held expiresAt`,
    `tag ${BACKUP.name} ${TAGS.held}`,
    `remove ${COPY.name}`,
  ]);
  const gone = new Acting();
  gone.shares = { kind: 'refused', because: 'TDE' };
  await gone.act({ do: 'publish', copy: COPY, vaultAccount: VAULT, source: undefined });
  expect(gone.calls.slice(1)).toEqual([`remove ${COPY.name}`]);
});

test.each([
  ['is remembered of its snapshot', BACKUP, [`remember ${BACKUP.name} copiedAt expiresAt`]],
  ['is remembered nowhere when its snapshot is gone', undefined, []],
])('a copy that the vault has %s, and then deleted', async (_, source, remembered) => {
  const acting = new Acting();
  expect(await acting.act({ do: 'retire', copy: COPY, source, copiedAt: NOW.toISOString() })).toEqual(DONE);
  expect(acting.calls).toEqual([...remembered, `remove ${COPY.name}`]);
});

test('a copy that gives way is deleted after the refusal is remembered, on its snapshot and on the copies left', async () => {
  const acting = new Acting();
  const successor = { copy: snapshot('checkvalve-orders-2', { [TAGS.role]: 'export' }), hold: HOLD };
  const action: ExportAction = { do: 'give-way', copy: COPY, source: BACKUP, hold: HOLD, successors: [successor] };
  expect(await acting.act(action)).toEqual(DONE);
  expect(acting.calls).toEqual([
    `remember ${BACKUP.name} held expiresAt`,
    `tag ${BACKUP.name} ${TAGS.held}`,
    `tag ${successor.copy.name} ${TAGS.held}`,
    `remove ${COPY.name}`,
  ]);
});

test('a failed copy is deleted, and a memory is renewed', async () => {
  const acting = new Acting();
  expect(await acting.act({ do: 'clear', copy: COPY })).toEqual(DONE);
  expect(await acting.act({ do: 'renew', snapshot: BACKUP, expiresAt: NOW })).toEqual(DONE);
  expect(acting.calls).toEqual([`remove ${COPY.name}`, `remember ${BACKUP.name} expiresAt`]);
});

test('a snapshot of AWS Backup that cannot be tagged is remembered all the same', async () => {
  const acting = new Acting();
  acting.tag = () => {
    throw new Error('AccessDenied');
  };
  await acting.act({ do: 'hold', snapshot: BACKUP, code: 'copy-refused' });
  expect(acting.calls[0]).toBe(`remember ${BACKUP.name} held expiresAt`);
  expect(acting.logged.find(({ event }) => event === 'hint.refused')?.fields).toEqual({
    snapshot: BACKUP.arn,
    because: 'Error: AccessDenied',
  });
});

test('what is only told is not written anywhere', async () => {
  const acting = new Acting();
  expect(await acting.act({ do: 'tell', snapshot: BACKUP, code: 'missing-tag' })).toEqual(DONE);
  expect([acting.told, acting.calls]).toEqual([['missing-tag'], []]);
});

test.each([
  ['is told of when RDS lists it no more', { kind: 'gone' }, [COPY], ['snapshot-deleted']],
  ['is not told of while RDS lists it', { kind: 'gone' }, [COPY, BACKUP], []],
  ['is not looked for when the copy was started', { kind: 'started' }, [], []],
] as const)('a snapshot that is gone when it is to be copied %s', async (_, copies, listed, told) => {
  const acting = new Acting();
  acting.copies = copies;
  acting.listed = listed;
  const order = { source: BACKUP.arn, kind: 'instance', name: COPY.name, key: exportKeyOf(SOURCE), tags: {} } as const;
  await acting.act({ do: 'copy', order, snapshot: BACKUP, dropped: [] });
  expect(acting.told).toEqual(told);
});
