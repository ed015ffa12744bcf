import { DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { pacedRds } from '../../../lambda/_kit/aws/paced-rds';
import { rdsPace } from '../../../lambda/_kit/runtime/pace';
import { AwsStub, type Behavior } from '../../support/aws-stub';

let stub: AwsStub;
afterEach(() => stub.stop());

async function callsOf(behavior: Behavior): Promise<{ readonly turns: number; readonly asked: number }> {
  stub = new AwsStub(() => behavior);
  await stub.start();
  let turns = 0;
  const client = pacedRds({
    turn: async () => {
      turns += 1;
    },
  });
  await client.send(new DescribeDBSnapshotsCommand({})).catch(() => undefined);
  return { turns, asked: stub.asked.get('DescribeDBSnapshots') ?? 0 };
}

test('a call waits for its turn', async () => expect(await callsOf('answers')).toEqual({ turns: 1, asked: 1 }));

test('each retry of a throttled call waits for a turn', async () => {
  const { turns, asked } = await callsOf('slow-down');
  expect(asked).toBeGreaterThan(1);
  expect(turns).toBe(asked);
});

test('a burst begins at once, and the calls after it keep to the rate', async () => {
  let now = 0;
  const wait = async (milliseconds: number) => {
    now += milliseconds;
  };
  const pace = rdsPace({ now: () => now, wait });
  const begun: number[] = [];
  for (let call = 0; call < 360; call += 1) {
    await pace.turn();
    begun.push(now);
  }
  expect(begun.filter((at) => at === 0)).toHaveLength(60);
  expect(begun.at(-1)).toBe(60_000);
  // After a pause, a burst is possible again, and no more than one.
  now += 3_600_000;
  const paused = now;
  for (let call = 0; call < 61; call += 1) await pace.turn();
  expect(now - paused).toBe(200);
});
