import { CheckvalveError } from '../../../src/contract/errors';
import { explainCase } from '../../../src/trust/explain';
import { type DecisionCase, load } from '../policy-evaluator/cases/load';

const first = load<DecisionCase>('known-answers')[0];

test('decides the case in a text', async () => {
  expect(await explainCase(JSON.stringify(first?.case))).toEqual({
    decision: 'ImplicitlyDenied',
    because: [{ policy: 'resource', effect: 'none', why: 'the resource policy does not allow it to this principal' }],
  });
});

test.each([
  ['', 'not JSON'],
  ['{', 'not JSON'],
  ['[]', 'case: []: give an object'],
  ['{"principal": "anonymous"}', 'action: missing'],
  ['{"a": {"Deny": 1, "x": "}", "Den\\u0079" : 2}}', 'the name "Deny" occurs twice in one object'],
])('refuses %j', async (text, message) => {
  await expect(explainCase(text)).rejects.toThrow(message);
  await expect(explainCase(text)).rejects.toThrow(CheckvalveError);
});

test('the same key in two objects is no fault', async () => {
  const text = JSON.stringify(first?.case);
  expect(text.match(/"Effect"/g)?.length).toBeGreaterThan(1);
  await expect(explainCase(text)).resolves.toBeDefined();
});

const asking = (action: string): string => JSON.stringify({ ...(first?.case as object), action });

test.each([
  ['kms:Decrpyt', 'kms:Decrypt'],
  ['KMS:decrpyt', 'kms:Decrypt'],
  ['sqs:SendMesage', 'sqs:SendMessage'],
  ['kmss:Decrypt', 'kms:Decrypt'],
  ['kms:Encapsulat', 'kms:Encapsulate'],
  ['rds:AFutureAction', 'rds:'],
])('%s is not an action of AWS, and the nearest is %s', async (action, nearest) => {
  await expect(explainCase(asking(action))).rejects.toThrow(`No AWS service has the action ${action} (`);
  await expect(explainCase(asking(action))).rejects.toThrow(`the nearest is ${nearest}`);
  await expect(explainCase(asking(action))).rejects.toMatchObject({ code: 'INVALID_CASE' });
});

test.each(['kms:Encapsulate', 'iam:AcquireRole', 'lambda:PutResourcePolicy', 'SQS:sendmessage'])(
  '%s is an action of AWS',
  async (action) => {
    await expect(explainCase(asking(action))).resolves.toBeDefined();
  },
);
