import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { AssumedRoles } from '../../../lambda/_kit/aws/assumed-roles';
import { SOURCE } from '../../support/pipeline';

const ROLE = `arn:aws:iam::${SOURCE}:role/checkvalve-x`;
const sts = mockClient(STSClient);
const key = (AccessKeyId: string, minutes?: number) => ({
  AccessKeyId,
  SecretAccessKey: 'secret',
  SessionToken: 'token',
  Expiration: minutes === undefined ? undefined : new Date(Date.now() + minutes * 60_000),
});
/** Answers in this order, and the last one for ever. */
const answers = (...all: readonly (ReturnType<typeof key> | Error)[]) => {
  let at = 0;
  sts.on(AssumeRoleCommand).callsFake(async () => {
    const answer = all[Math.min(at++, all.length - 1)];
    if (answer instanceof Error) throw answer;
    return { Credentials: answer };
  });
};
beforeEach(() => sts.reset());

test('a session serves until shortly before it ends', async () => {
  answers(key('first', 60), key('second', 60));
  const roles = new AssumedRoles('step');
  expect(await roles.credentials(ROLE)).toEqual({
    accessKeyId: 'first',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: expect.any(Date),
  });
  expect((await roles.credentials(ROLE)).accessKeyId).toBe('first');
  expect(sts.calls()[0]?.args[0].input).toEqual({ RoleArn: ROLE, RoleSessionName: 'step' });
});

test.each([
  ['one that ends in a minute', 1],
  ['one that has ended', -60],
  ['credentials without an expiration', undefined],
])('%s is replaced', async (_, minutes) => {
  answers(key('first', minutes), key('second', 60));
  const roles = new AssumedRoles('step');
  await roles.credentials(ROLE);
  expect((await roles.credentials(ROLE)).accessKeyId).toBe('second');
});

test('of many that ask at once one assumes the role, also when a session is replaced', async () => {
  answers(key('first', 1), key('second', 60));
  const roles = new AssumedRoles('step');
  await roles.credentials(ROLE);
  const all = await Promise.all([1, 2, 3].map(() => roles.credentials(ROLE)));
  expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(['second', 'second', 'second']);
  expect(sts.calls()).toHaveLength(2);
});

test('a failure is not kept', async () => {
  answers(new Error('throttled'), key('second', 60));
  const roles = new AssumedRoles('step');
  await expect(roles.credentials(ROLE)).rejects.toThrow('throttled');
  expect((await roles.credentials(ROLE)).accessKeyId).toBe('second');
});

test.each([
  ['no credentials', undefined],
  ['no key', { ...key('x'), AccessKeyId: undefined }],
  ['no secret', { ...key('x'), SecretAccessKey: undefined }],
])('an answer with %s is an error that names the role', async (_, Credentials) => {
  sts.on(AssumeRoleCommand).resolves({ Credentials: Credentials as never });
  await expect(new AssumedRoles('step').credentials(ROLE)).rejects.toMatchObject({
    code: 'AWS_CALL_FAILED',
    message: `${ROLE} gave no credentials`,
    remedy: 'Look at its trust policy.',
  });
});
