import { type Resource, resourcesOf, templatesOf } from '../../support/synthesized';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const TIMES_THE_TIMEOUT = 6;

const { vault, management, tooling, source } = templatesOf();
const templates = { vault, management, tooling, source };

/** The logical id in a reference. */
const idIn = (value: unknown): string =>
  (JSON.stringify(value).match(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/) ?? [])[1] ?? '';
const seconds = (one: Resource | undefined, property: string, otherwise: number): number =>
  Number(one?.Properties[property] ?? otherwise);

/** Every queue that feeds a function: its visibility timeout, and the timeout of the function, in seconds. */
const feeds = Object.entries(templates).flatMap(([name, text]) => {
  const resources = resourcesOf(text);
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::EventSourceMapping')
    .map(([id, { Properties }]) => {
      const queue = resources[idIn(Properties.EventSourceArn)];
      const fed = resources[idIn(Properties.FunctionName)];
      return {
        feed: `${name}/${id}`,
        isQueue: queue?.Type === 'AWS::SQS::Queue',
        visibility: seconds(queue, 'VisibilityTimeout', 30),
        timeout: seconds(fed, 'Timeout', 3),
      };
    });
});

test('there are queues that feed functions in the vault, in management and in sources', () => {
  expect(new Set(feeds.map(({ feed }) => feed.split('/')[0]))).toEqual(new Set(['vault', 'management', 'source']));
});

test.each(feeds)('$feed: a message stays invisible for six times the function’s timeout', (feed) => {
  expect(feed.isQueue).toBe(true);
  expect(feed.visibility).toBeGreaterThanOrEqual(TIMES_THE_TIMEOUT * feed.timeout);
});
