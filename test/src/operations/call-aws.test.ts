import { CheckvalveError } from '../../../src/contract/errors';
import { callAws } from '../../../src/operations/call-aws';

const ASKED = {
  failed: 'Nothing is accepted',
  whose: 'the vault account 333300002222',
  needs: 'dynamodb:PutItem',
  helps: 'Deploy the vault.',
  otherwise: 'Or see it with --rehearsal.',
};
const error = (name: string, more: object = {}) => Object.assign(new Error('in its own words'), { name, ...more });
const told = (cause: unknown) => callAws(ASKED, () => Promise.reject(cause)).catch((thrown: unknown) => thrown);

test.each([
  ['CredentialsProviderError', {}, 'ACCESS_DENIED', 'there are no AWS credentials', '333300002222'],
  ['TokenProviderError', {}, 'ACCESS_DENIED', 'there are no AWS credentials', 'aws sso login'],
  ['ExpiredTokenException', {}, 'ACCESS_DENIED', 'AWS does not accept these credentials', 'AWS_PROFILE'],
  ['InvalidClientTokenId', {}, 'ACCESS_DENIED', 'AWS does not accept these credentials', '--rehearsal'],
  ['AccessDeniedException', {}, 'ACCESS_DENIED', 'AWS refuses', 'dynamodb:PutItem'],
  ['Error', { code: 'ENOTFOUND' }, 'AWS_CALL_FAILED', 'AWS cannot be reached', 'network'],
  ['Error', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'AWS_CALL_FAILED', 'AWS cannot be reached', 'proxy'],
  ['TimeoutError', {}, 'AWS_CALL_FAILED', 'AWS cannot be reached', '--rehearsal'],
  ['ResourceNotFoundException', {}, 'AWS_CALL_FAILED', 'AWS answers ResourceNotFoundException', 'Deploy the vault.'],
  ['SyntaxError', { $metadata: {} }, 'AWS_CALL_FAILED', 'AWS answers SyntaxError', 'Deploy the vault.'],
])('%s %j is told as %s: %s', async (name, more, code, fact, remedy) => {
  const cause = error(name, more);
  expect(await told(cause)).toMatchObject({
    code,
    message: `Nothing is accepted: ${fact}: in its own words`,
    remedy: expect.stringContaining(remedy),
    cause,
  });
});

test('where a profile was named, the message names it', async () => {
  const asked = callAws({ ...ASKED, profile: 'a' }, () => Promise.reject(error('CredentialsProviderError')));
  await expect(asked).rejects.toMatchObject({
    message: 'Nothing is accepted: there are no AWS credentials in the profile a: in its own words',
    remedy: expect.stringContaining('`aws sso login --profile a`'),
  });
});

test('several addresses that were tried in vain have the words of the first', async () => {
  const cause = new AggregateError([new Error('connect ECONNREFUSED ::1:443')], '');
  expect(await told(Object.assign(cause, { code: 'ECONNREFUSED' }))).toMatchObject({
    message: 'Nothing is accepted: AWS cannot be reached: connect ECONNREFUSED ::1:443',
  });
});

test('a fault of our own, and what was told already, pass as they are', async () => {
  const ours = [new TypeError('x is undefined'), new CheckvalveError('UNSAFE_OPERATION', 'No.', 'Do not.'), 'a text'];
  for (const one of ours) expect(await told(one)).toBe(one);
});
