import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeployedFunction } from '../../src/emulator/answers';
import { failureOf } from '../../src/rehearsal/host/invocation';
import { type HostOptions, LambdaHost } from '../../src/rehearsal/host/lambda-host';
import type { CallDecision, SdkCall } from '../../src/rehearsal/host/sdk-call';

const ARN = 'arn:aws:lambda:eu-central-1:222200001111:function:tried';
const ROLE = 'arn:aws:iam::222200001111:role/tried-role';
const ACCESS_ROLE = 'arn:aws:iam::444400003333:role/access-role';
const NOW = new Date('2031-05-01T00:00:00Z');

let server: Server;
let endpoint: string;
let requests: { readonly action: string; readonly authorization: string }[];
let answerWith: (action: string) => { status: number; body: string };
let host: LambdaHost | undefined;

const credentials = `<AccessKeyId>ASIADOORDOORDOOR0001</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
  <SessionToken>t</SessionToken><Expiration>2031-05-01T01:00:00Z</Expiration>`;
const xml = (action: string, inner: string) =>
  `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
const well = (action: string) => ({
  status: 200,
  body: xml(action, action === 'AssumeRole' ? `<Credentials>${credentials}</Credentials>` : ''),
});

beforeAll((done) => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const action = new URLSearchParams(body).get('Action') ?? 'none';
      requests.push({ action, authorization: String(request.headers.authorization) });
      const answer = answerWith(action);
      response.writeHead(answer.status, { 'Content-Type': 'text/xml' }).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    done();
  });
});
beforeEach(() => {
  requests = [];
  answerWith = well;
});
afterEach(async () => {
  await host?.stop();
  host = undefined;
});
afterAll((done) => {
  server.closeAllConnections();
  server.close(done);
});

const deployed = (body: string, more: Partial<DeployedFunction> = {}): DeployedFunction => ({
  arn: ARN,
  account: '222200001111',
  region: 'eu-central-1',
  name: 'tried',
  runtime: 'nodejs22.x',
  handler: 'index.handler',
  timeoutSeconds: 20,
  memoryMiB: 256,
  role: ROLE,
  environment: { GREETING: 'hello' },
  code: body,
  ...more,
});

async function hosting(code: string, options: Partial<HostOptions> = {}, more: Partial<DeployedFunction> = {}) {
  host = new LambdaHost({ endpoint, ...options });
  await host.deploy([deployed(code, more)]);
  return (event: unknown = {}) => (host as LambdaHost).invoke(ARN, event, NOW);
}

const GET_IDENTITY = `
const { STSClient, GetCallerIdentityCommand, AssumeRoleCommand } = require('@aws-sdk/client-sts');
const own = new STSClient({});
exports.handler = async () => { await own.send(new GetCallerIdentityCommand({})); return 'asked'; };`;

test('runs the deployed text with its environment, its event and the virtual clock, and stays warm', async () => {
  const invoke = await hosting(`
    let times = 0;
    exports.handler = async (event, context) => {
      times += 1;
      console.log('received', event.word);
      return [times, process.env.GREETING, process.env.AWS_ACCESS_KEY_ID, process.env.HOME, new Date().toISOString(),
        Date.now(), new Date(0) instanceof Date, typeof Date(), context.functionName];
    };`);
  const first = await invoke({ word: 'ping' });
  expect(first.logs).toBe('received ping\n');
  const seen = ['hello', '222200001111', null, NOW.toISOString(), NOW.getTime(), true, 'string', 'tried'];
  expect(first.outcome).toEqual({ kind: 'returned', value: [1, ...seen] });
  expect((await invoke({ word: 'pong' })).outcome).toMatchObject({ value: [2, ...seen] });
});

test('a function whose code changed starts cold, and a deleted one is named', async () => {
  const invoke = await hosting('exports.handler = async () => "old";');
  expect((await invoke()).outcome).toMatchObject({ value: 'old' });
  await host?.deploy([deployed('exports.handler = async () => "new";')]);
  expect((await invoke()).outcome).toMatchObject({ value: 'new' });
  await host?.deploy([]);
  expect(failureOf(await invoke())).toBe('tried in account 222200001111 failed: no such function is deployed');
});

test.each([
  [
    'an error',
    'exports.handler = async () => { throw new TypeError("no such access role"); };',
    'failed: TypeError: no such access role',
  ],
  ['code that cannot be read', 'exports.handler = async ( => {};', 'failed: SyntaxError'],
  ['code without the handler', 'exports.other = async () => {};', 'exports no function "handler"'],
])('%s is a failure of the invocation', async (_, code, words) => {
  const invoke = await hosting(code);
  expect(failureOf(await invoke())).toContain(words);
});

test.each([
  [
    'an uncaught error',
    'setImmediate(() => { throw new Error("lost"); }); return new Promise(() => {});',
    'Error: lost',
  ],
  ['an exit', 'process.exit(3);', 'ended with 3'],
])('a crash by %s fails that invocation alone', async (_, body, words) => {
  const invoke = await hosting(`exports.handler = async (event) => { if (event.bad) { ${body} } return 'well'; };`);
  const crashed = await invoke({ bad: true });
  expect(crashed.outcome.kind).toBe('crashed');
  expect(failureOf(crashed)).toContain(words);
  expect((await invoke()).outcome).toEqual({ kind: 'returned', value: 'well' });
});

test('a function that does not end is stopped at its time-out, and the next invocation is not disturbed', async () => {
  const code = 'exports.handler = async (event) => { while (event.bad); return "well"; };';
  const invoke = await hosting(code, { maxMs: 400 });
  const hung = await invoke({ bad: true });
  expect(hung.outcome).toEqual({ kind: 'timed-out', afterMs: 400 });
  expect((await invoke()).outcome).toEqual({ kind: 'returned', value: 'well' });
});

test('every call is authorized before it is sent, under the function’s role', async () => {
  const authorized: SdkCall[] = [];
  const authorize = async (call: SdkCall): Promise<CallDecision> => {
    authorized.push(call);
    expect(requests).toHaveLength(0);
    return { allowed: true };
  };
  const invoke = await hosting(GET_IDENTITY, { authorize });
  const { calls, outcome } = await invoke();
  expect(outcome).toEqual({ kind: 'returned', value: 'asked' });
  expect(requests.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
  expect(calls).toEqual([
    {
      functionArn: ARN,
      roleArn: ROLE,
      account: '222200001111',
      region: 'eu-central-1',
      service: 'sts',
      action: 'GetCallerIdentity',
      input: {},
      accessKeyId: '222200001111',
    },
  ]);
  expect(authorized).toEqual(calls);
});

test('each attempt counts', async () => {
  let times = 0;
  answerWith = (action) => {
    times += 1;
    return times === 1 ? { status: 503, body: '<ErrorResponse/>' } : well(action);
  };
  const invoke = await hosting(GET_IDENTITY);
  const { calls, outcome } = await invoke();
  expect(outcome.kind).toBe('returned');
  expect(calls).toHaveLength(2);
});

test('a refused call is never sent, and the handler gets AccessDenied', async () => {
  const authorize = async (): Promise<CallDecision> => ({ allowed: false, message: 'tried-role may not' });
  const invoke = await hosting(GET_IDENTITY, { authorize });
  const refused = await invoke();
  expect(failureOf(refused)).toBe('tried in account 222200001111 failed: AccessDenied: tried-role may not');
  expect(refused.refusals).toBe(1);
  expect(requests).toEqual([]);
});

test('an authorizer that cannot decide fails the invocation', async () => {
  const authorize = async (): Promise<CallDecision> => {
    throw new Error('no policy found');
  };
  const invoke = await hosting(GET_IDENTITY, { authorize });
  expect(failureOf(await invoke())).toContain('sts:GetCallerIdentity could not be authorized: no policy found');
  expect(requests).toEqual([]);
});

test('after AssumeRole a call belongs to the assumed role and its account', async () => {
  const invoke = await hosting(`
    const { STSClient, GetCallerIdentityCommand, AssumeRoleCommand } = require('@aws-sdk/client-sts');
    const own = new STSClient({});
    exports.handler = async () => {
      const RoleArn = '${ACCESS_ROLE}';
      const { Credentials: c } = await own.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 's' }));
      const credentials = { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken };
      await new STSClient({ credentials, region: 'us-east-1' }).send(new GetCallerIdentityCommand({}));
      await own.send(new GetCallerIdentityCommand({}));
    };`);
  const { calls } = await invoke();
  expect(calls.map(({ action, roleArn, account, region }) => [action, roleArn, account, region])).toEqual([
    ['AssumeRole', ROLE, '222200001111', 'eu-central-1'],
    ['GetCallerIdentity', ACCESS_ROLE, '444400003333', 'us-east-1'],
    ['GetCallerIdentity', ROLE, '222200001111', 'eu-central-1'],
  ]);
  expect(requests[1]?.authorization).toContain('Credential=ASIADOORDOORDOOR0001/');
});
