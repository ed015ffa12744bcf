import { type AccountId, accountId } from '../../../../src/contract/ids';
import { copiesTopicArn, NAMES, TAGS } from '../../../../src/contract/names';
import { breachedAlarms } from '../../../../src/rehearsal/checks/breached-alarms';
import { database, enrolled, HERE, OTHER, Pipeline, SOURCE, VAULT } from '../../../support/pipeline';

const ORDERS = database(SOURCE, 'db', 'orders');
const eventSourceARN = `arn:aws:sqs:${HERE}:${VAULT}:${NAMES.inbox}`;

/** An export copy is shared with the vault. */
async function shared(): Promise<Pipeline> {
  const pipeline = new Pipeline();
  pipeline.backUp(ORDERS);
  await pipeline.export();
  pipeline.rds.advance(30);
  await pipeline.export();
  return pipeline;
}

describe('a notification counts by its account first:', () => {
  const STRANGER = accountId('444400003333');
  const of = (account: AccountId, version = 1) => {
    const copy = `arn:aws:rds:${HERE}:${account}:snapshot:checkvalve-orders`;
    const Message = JSON.stringify({ version, copy });
    const body = JSON.stringify({ Type: 'Notification', TopicArn: copiesTopicArn(account, HERE), Message });
    return { messageId: `${account} ${version}`, body, eventSourceARN };
  };
  const eventsOf = (pipeline: Pipeline, event: string) => pipeline.logged.filter((one) => one.event === event);

  test('a notification of an unknown account is ignored in every version: it does not return, does not count, and causes no observation', async () => {
    const pipeline = await shared();
    const { batchItemFailures } = await pipeline.import({ Records: [of(STRANGER), of(STRANGER, 2)] });
    expect(batchItemFailures).toEqual([]);
    expect(eventsOf(pipeline, 'message.rejected')).toHaveLength(2);
    expect(eventsOf(pipeline, 'message.not-understood')).toEqual([]);
    expect(eventsOf(pipeline, 'notifications.received')).toEqual([]);
    expect(eventsOf(pipeline, 'copies.observed')).toEqual([]);
    expect(pipeline.rds.all(VAULT)).toEqual([]);
    expect(pipeline.measured).toEqual([{ MessagesRejected: 2 }]);
  });

  test.each([
    [
      'evicted',
      (pipeline: Pipeline) => {
        const at = pipeline.rds.time.toISOString();
        pipeline.sources.decisions.push({ kind: 'evicted', subject: SOURCE, by: 'operator', at });
      },
    ],
    [
      'that left',
      (pipeline: Pipeline) => void pipeline.sources.held.set(SOURCE, { ...enrolled(SOURCE), state: 'left' }),
    ],
  ])('an account %s is a stranger', async (_, leave) => {
    const pipeline = await shared();
    leave(pipeline);
    await pipeline.import({ Records: [of(SOURCE), of(SOURCE, 2)] });
    expect(pipeline.measured).toEqual([{ MessagesRejected: 2 }]);
  });

  test('a stranger beside a followed account is rejected alone, and one look answers the batch', async () => {
    const pipeline = await shared();
    await pipeline.import({ Records: [of(STRANGER), of(SOURCE), of(SOURCE), of(OTHER)] });
    expect(eventsOf(pipeline, 'copies.observed')).toHaveLength(1);
    expect(eventsOf(pipeline, 'notifications.received')).toMatchObject([
      { fields: { accounts: { [SOURCE]: 2, [OTHER]: 1 } } },
    ]);
    expect(pipeline.measured).toMatchObject([{ MessagesRejected: 1, NotificationsOfOneAccount: 2 }]);
    expect(pipeline.rds.all(VAULT)).toHaveLength(1);
  });

  test('1,000 notifications of one followed account in an hour raise the alarm, 400 do not', async () => {
    const pipeline = await shared();
    const ten = Array.from({ length: 10 }, () => of(SOURCE));
    const alarmsAfter = async (batches: number) => {
      pipeline.measured.length = 0;
      for (let at = 0; at < batches; at += 1) await pipeline.import({ Records: ten });
      const sum = pipeline.measured.reduce((all, { NotificationsOfOneAccount: some = 0 }) => all + some, 0);
      return breachedAlarms([{ step: 'import-copies', values: { NotificationsOfOneAccount: sum } }]);
    };
    expect(await alarmsAfter(40)).toEqual([]);
    expect(await alarmsAfter(100)).toEqual(['too-many-notifications']);
  });
});

describe('an export copy that is deleted before its copy is finished', () => {
  const verdictsOf = ({ logged }: Pipeline) =>
    logged
      .filter(({ event }) => event === 'database.not-copied')
      .map(({ fields }) => [fields?.database, fields?.verdict]);
  const measuredDeletions = ({ measured }: Pipeline) =>
    measured.map(({ ExportCopiesDeletedBeforeCopied: deleted = 0 }) => deleted).reduce((all, one) => all + one, 0);

  test('is alerted once, and raises an alarm', async () => {
    const pipeline = await shared();
    await pipeline.import();
    for (const { arn, tags } of pipeline.rds.all(SOURCE)) {
      if (tags.get(TAGS.role) === 'export') pipeline.rds.change(arn, undefined);
    }
    for (const { arn } of pipeline.rds.all(VAULT)) pipeline.rds.change(arn, { status: 'failed' });
    for (let run = 0; run < 4; run += 1) await pipeline.import();
    expect(verdictsOf(pipeline)).toEqual([[ORDERS.arn, 'snapshot-deleted']]);
    expect(measuredDeletions(pipeline)).toBe(1);
    const values = { ExportCopiesDeletedBeforeCopied: 1 };
    expect(breachedAlarms([{ step: 'import-copies', values }])).toEqual(['export-copy-deleted']);
  });

  test('between the listing and the order is alerted as well', async () => {
    const pipeline = await shared();
    pipeline.rds.beforeCall = ({ account, name }) => {
      if (account !== VAULT || name !== 'copy') return;
      const found = pipeline.rds.all(SOURCE).find(({ tags }) => tags.get(TAGS.role) === 'export');
      if (found) pipeline.rds.change(found.arn, undefined);
    };
    for (let run = 0; run < 4; run += 1) await pipeline.import();
    expect(verdictsOf(pipeline)).toEqual([[ORDERS.arn, 'snapshot-deleted']]);
  });

  test('is not what happened to a copy that fails while its source stands, nor to one that RDS only calls gone', async () => {
    const pipeline = await shared();
    await pipeline.import();
    for (const { arn } of pipeline.rds.all(VAULT)) pipeline.rds.change(arn, { status: 'failed' });
    await pipeline.import();
    pipeline.rds.refusals.set(`${VAULT} ${ORDERS.arn}`, { kind: 'gone' });
    for (let run = 0; run < 4; run += 1) await pipeline.import();
    expect(verdictsOf(pipeline)).toEqual([]);
  });
});
