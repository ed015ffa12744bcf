import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { buildApp } from '../../../src/app';
import { config } from '../../../src/checkvalve.config';
import { unreachableQueues } from '../../../src/constructs/unreachable-queues';

const outdir = mkdtempSync(join(tmpdir(), 'checkvalve-queues-'));
afterAll(() => rmSync(outdir, { recursive: true }));

const queuesOf = (app: ReturnType<typeof buildApp>) =>
  app.node.findAll().filter((node): node is CfnQueue => node instanceof CfnQueue);

// Case 46.
test('a queue of any stack under alias/aws/sqs makes the synthesis fail, and is named', () => {
  const app = buildApp(config, { outdir: join(outdir, 'one') });
  const queues = queuesOf(app);
  expect(queues.length).toBeGreaterThanOrEqual(6);
  expect(unreachableQueues(app)).toEqual([]);
  for (const queue of queues) {
    queue.sqsManagedSseEnabled = undefined;
    queue.kmsMasterKeyId = 'alias/aws/sqs';
  }
  expect(unreachableQueues(app).map((sentence) => sentence.split(' ')[0])).toEqual(queues.map(({ node }) => node.path));
  expect(() => app.synth()).toThrow(/Inbox\/Queue\/Resource is encrypted under alias\/aws\/sqs/);
});
