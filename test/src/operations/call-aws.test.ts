import { CheckvalveError } from '../../../src/contract/errors';
import { callAws } from '../../../src/operations/call-aws';

const CALL = {
  failed: 'Nothing is accepted',
  whose: 'the vault account 333300002222',
  needs: 'dynamodb:PutItem',
  helps: 'Deploy the vault.',
  otherwise: 'Or see it with --rehearsal.',
};
const error = (name: string, more: object = {}) => Object.assign(new Error('in its own words'), { name, ...more });
const faultOf = (cause: unknown) => callAws(CALL, () => Promise.reject(cause)).catch((thrown: unknown) => thrown);

test.each([
  ['CredentialsProviderError', {}, 'ACCESS_DENIED', 'no AWS credentials were found', '333300002222'],
  ['TokenProviderError', {}, 'ACCESS_DENIED', 'no AWS credentials were found', 'aws sso login'],
  ['ExpiredTokenException', {}, 'ACCESS_DENIED', 'AWS rejects the credentials', 'AWS_PROFILE'],
  ['InvalidClientTokenId', {}, 'ACCESS_DENIED', 'AWS rejects the credentials', '--rehearsal'],
  ['AccessDeniedException', {}, 'ACCESS_DENIED', 'AWS denies access', 'dynamodb:PutItem'],
  ['Error', { code: 'ENOTFOUND' }, 'AWS_CALL_FAILED', 'AWS cannot be reached', 'network'],
  ['Error', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'AWS_CALL_FAILED', 'AWS cannot be reached', 'proxy'],
  ['TimeoutError', {}, 'AWS_CALL_FAILED', 'AWS cannot be reached', '--rehearsal'],
  ['ResourceNotFoundException', {}, 'AWS_CALL_FAILED', 'AWS returned ResourceNotFoundException', 'Deploy the vault.'],
  ['SyntaxError', { $metadata: {} }, 'AWS_CALL_FAILED', 'AWS returned SyntaxError', 'Deploy the vault.'],
])('callAws reports %s %j as %s: %s', async (name, more, code, fact, remedy) => {
  const cause = error(name, more);
  expect(await faultOf(cause)).toMatchObject({
    code,
    message: `Nothing is accepted: ${fact}: in its own words`,
    remedy: expect.stringContaining(remedy),
    cause,
  });
});

test('the message names the selected profile', async () => {
  const result = callAws({ ...CALL, profile: 'a' }, () => Promise.reject(error('CredentialsProviderError')));
  await expect(result).rejects.toMatchObject({
    message: 'Nothing is accepted: no AWS credentials were found in the profile a: in its own words',
    remedy: expect.stringContaining('`aws sso login --profile a`'),
  });
});

test('an error of several addresses has the message of the first', async () => {
  const cause = new AggregateError([new Error('connect ECONNREFUSED ::1:443')], '');
  expect(await faultOf(Object.assign(cause, { code: 'ECONNREFUSED' }))).toMatchObject({
    message: 'Nothing is accepted: AWS cannot be reached: connect ECONNREFUSED ::1:443',
  });
});

test('callAws rethrows bugs and errors that are already reported', async () => {
  const ours = [new TypeError('x is undefined'), new CheckvalveError('UNSAFE_OPERATION', 'No.', 'Do not.'), 'a text'];
  for (const one of ours) expect(await faultOf(one)).toBe(one);
});
