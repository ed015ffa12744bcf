import { AssumedRoles } from '../../../lambda/_kit/aws/assumed-roles';
import { AssumedCoverageAccess } from '../../../lambda/_kit/aws/role-coverage-access';
import { AssumedSnapshotAccess } from '../../../lambda/_kit/aws/role-snapshot-access';
import { SnsSubscriptions } from '../../../lambda/_kit/aws/sns-subscriptions';
import { isRefusal } from '../../../lambda/_kit/refusals';
import { TimeBudget } from '../../../lambda/_kit/runtime/time-budget';
import { observe } from '../../../lambda/vault/report-coverage/observe';
import { type AccountId, accountId } from '../../../src/contract/ids';
import { AwsStub, type Behavior } from '../../support/aws-stub';
import { enrolled, FakeRegistry, HERE } from '../../support/pipeline';
import { TAKES_ALL } from '../../support/sample';

const ACCOUNTS = Array.from({ length: TAKES_ALL ? 400 : 120 }, (_, at) => accountId(String(222200000000 + at)));
/** A function has 1,024 file descriptors: twelve for each of six endpoints, whatever the number of accounts. */
const MAX_SOCKETS = 72;
const RULES = {
  databaseTag: { key: 'environment', value: 'production' },
  rpo: { hours: 26, byTag: [] },
};

let stub: AwsStub;
afterEach(() => stub.stop());

async function stubbed(behaviorOf?: (account: string) => Behavior): Promise<AwsStub> {
  stub = new AwsStub(behaviorOf);
  await stub.start();
  return stub;
}

/** Whether report-coverage has access to these accounts, and what it logs. */
async function coverageOf(accounts: typeof ACCOUNTS) {
  const logged: string[] = [];
  const sources = new FakeRegistry();
  for (const account of accounts) sources.held.set(account, enrolled(account));
  const none = { own: async () => [], manual: async () => [], shared: async () => [] };
  const { facts } = await observe(
    {
      registry: { entries: async () => [] },
      sources,
      snapshots: none,
      accessRoles: new AssumedCoverageAccess(HERE, new AssumedRoles('checkvalve-report-coverage')),
      evidence: { read: async () => undefined },
    },
    { rules: RULES, region: HERE },
    new Date(),
    (event) => logged.push(event),
  );
  return { access: facts.accounts.map(({ observed }) => observed.access), logged };
}

test('coverage of many accounts asks all of them, over a bounded number of sockets', async () => {
  const { most } = await stubbed();
  const { access } = await coverageOf(ACCOUNTS);
  expect(most).toBe(0);
  expect(access).toEqual(ACCOUNTS.map(() => 'granted'));
  expect(stub.asked.get('AssumeRole')).toBe(ACCOUNTS.length);
  // One page of memory an account; and one call for its export key, where a snapshot names it.
  expect(stub.asked.get('Scan')).toBe(ACCOUNTS.length);
  process.stdout.write(`sockets of coverage, ${ACCOUNTS.length} accounts: ${stub.most}\n`);
  expect(stub.most).toBeLessThanOrEqual(MAX_SOCKETS);
}, 120_000);

test('imports from as many accounts use a bounded number of sockets, and a second run assumes no role again', async () => {
  await stubbed();
  const accessRoles = new AssumedSnapshotAccess(HERE, new AssumedRoles('checkvalve-import-copies'));
  for (let run = 0; run < 2; run += 1) {
    // In parallel, which is more than the step does.
    for (let at = 0; at < ACCOUNTS.length; at += 20) {
      await Promise.all(ACCOUNTS.slice(at, at + 20).map((account) => accessRoles.of(account).manual()));
    }
  }
  expect(stub.asked.get('AssumeRole')).toBe(ACCOUNTS.length);
  expect(stub.most).toBeLessThanOrEqual(MAX_SOCKETS);
}, 120_000);

test('as many subscriptions use a bounded number of sockets', async () => {
  await stubbed();
  const subscriptions = new SnsSubscriptions('arn:aws:sqs:eu-central-1:333300002222:checkvalve-inbox');
  for (const account of ACCOUNTS) await subscriptions.subscribe(account, HERE);
  expect(stub.asked.get('Subscribe')).toBe(ACCOUNTS.length);
  expect(stub.most).toBeLessThanOrEqual(MAX_SOCKETS);
}, 120_000);

test('only AWS’s answer counts: an account that did not answer is unknown, not denied', async () => {
  const behaviors = ['answers', 'cut', 'slow-down', 'denies'] as const;
  const accounts = ACCOUNTS.slice(0, behaviors.length);
  await stubbed((account) => behaviors[accounts.indexOf(accountId(account))] ?? 'answers');
  const { access, logged } = await coverageOf(accounts);
  expect(access).toEqual(['granted', 'unknown', 'unknown', 'denied']);
  expect([...logged].sort()).toEqual(['access-role.denied', 'account.not-reached', 'account.not-reached']);
}, 60_000);

test('the calls into an account that never answers end with its time, and hold no socket of the others', async () => {
  const [slow, other] = ACCOUNTS as [AccountId, AccountId];
  await stubbed((account) => (account === slow ? 'hangs' : 'answers'));
  const accessRoles = new AssumedSnapshotAccess(HERE, new AssumedRoles('checkvalve-import-copies'));
  // More than there are sockets: the accounts after them must wait for one.
  const looks = Array.from({ length: 20 }, () =>
    new TimeBudget(60_000).within(300, (signal) => accessRoles.of(slow, signal).manual()).catch(({ name }) => name),
  );
  const began = performance.now();
  expect(new Set(await Promise.all(looks))).toEqual(new Set(['TimeoutError']));
  await new TimeBudget(60_000).within(2000, (signal) => accessRoles.of(other, signal).manual());
  expect(performance.now() - began).toBeLessThan(5000);
  const asked = stub.asked.get('DescribeDBSnapshots');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(stub.asked.get('DescribeDBSnapshots')).toBe(asked);
}, 60_000);

const failing = (name: string, more: object = {}) => Object.assign(new Error('no'), { name, ...more });

test.each([
  ['AccessDenied', true],
  ['AccessDeniedException', true],
  ['UnauthorizedOperation', true],
  ['AuthorizationErrorException', true],
  ['Error', false],
  ['TimeoutError', false],
  ['Throttling', false],
  ['ThrottlingException', false],
  ['RequestLimitExceeded', false],
  ['ServiceUnavailable', false],
  ['InternalFailure', false],
  ['ExpiredToken', false],
  ['ExpiredTokenException', false],
])('%s is an answer about the account: %s', (name, is) => expect(isRefusal(failing(name))).toBe(is));

test.each(['EMFILE', 'ENOBUFS', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'])(
  '%s is nothing that an account says',
  (code) => expect(isRefusal(failing('Error', { code }))).toBe(false),
);
