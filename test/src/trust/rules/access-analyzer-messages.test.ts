import { vaultResourcesTrustOnlyTheVault as rule } from '../../../../src/trust/rules/vault-resources-trust-only-the-vault';
import { judgedTemplatesOf } from '../../../../src/trust/templates/judged-templates';
import { analyzer, judged, MANAGEMENT, OPEN, type ResourceTable, VAULT } from './judging';

const Inbox: ResourceTable[string] = ['AWS::SQS::Queue', { QueueName: 'checkvalve-inbox' }];
const ANALYZER = 'AWS::AccessAnalyzer::Analyzer';
const found = (resources: ResourceTable) => judged(rule, 'vault', resources, { sections: OPEN });
const UNWATCHED = 'no IAM Access Analyzer of the account reports access from outside';
const NOTIFICATIONS =
  '[["eq",["AWS::SQS::Queue"]],["property","resourceType"]] and ' +
  '[["eq",["arn:aws:sns:*:*:checkvalve-copies"]],["property","condition.aws:SourceArn"]] and ' +
  `[["eq",["arn:aws:sqs:eu-central-1:${VAULT}:checkvalve-inbox"]],["property","resource"]]`;
const Topic: ResourceTable[string] = ['AWS::SNS::Topic', { TopicName: 'checkvalve-inbox' }];

test('an inbox without an analyzer is reported; a topic with its name needs none', () => {
  expect(found({ Inbox })).toEqual([UNWATCHED]);
  expect(found({ Topic })).not.toContain(UNWATCHED);
  expect(found({ Queue: ['AWS::SQS::Queue', { QueueName: 'other' }] })).toEqual([]);
});

test('a resource of another type is not an analyzer', () => {
  expect(found({ Inbox, Watch: ['AWS::SNS::Topic', { Type: 'ACCOUNT' }] })).toContain(UNWATCHED);
});

test.each<[string, object]>([
  ['none', {}],
  ['an empty list', { ArchiveRules: [] }],
])('an analyzer with archive rules: %s: does not archive the notifications', (_, rules) =>
  expect(found({ Inbox, Watch: [ANALYZER, { Type: 'ACCOUNT', ...rules }] })).toEqual([
    `it does not archive ${NOTIFICATIONS}`,
  ]),
);

test.each<[string, unknown, readonly string[]]>([
  ['the order of tests and of what is in them', [...filter(['Property', 'Eq'])].reverse(), []],
  ['the order of what is in a test', filter(['Eq', 'Property']), []],
  [
    'a key without a name',
    [...filter(['Eq', 'Property']), { '': 'x' }],
    [`it archives findings like ${NOTIFICATIONS} and [["undefined","x"]]`, `it does not archive ${NOTIFICATIONS}`],
  ],
  ['a text among the tests', ['x'], ['it archives findings like [["0","x"]]', `it does not archive ${NOTIFICATIONS}`]],
])('an archive rule is read whatever is in it: %s', (_, Filter, expected) => {
  const rules = [{ RuleName: 'notifications', Filter }];
  const faults = found({ Inbox, Watch: [ANALYZER, { Type: 'ACCOUNT', ArchiveRules: rules }] });
  expect(faults.filter((one) => one.startsWith('it '))).toEqual(expected);
});

test('archive rules that are not a list are reported as JSON', () => {
  const faults = found({ Inbox, Watch: [ANALYZER, { Type: 'ACCOUNT', ArchiveRules: { RuleName: 'x' } }] });
  expect(faults).toContain('it archives findings like {"RuleName":"x"}');
});

test('an analyzer without accepted powers archives the notifications alone', () => {
  const [Type, Properties] = analyzer();
  const [queue, properties] = Inbox;
  const Resources = { Inbox: { Type: queue, Properties: properties }, Watch: { Type, Properties } };
  const judged = judgedTemplatesOf({ vault: VAULT, management: MANAGEMENT, organization: 'o-exampleorg1' }, [
    { name: 'Vault', zone: 'vault', region: 'eu-central-1', template: { Resources } },
  ]);
  expect(rule.judge(judged)).toEqual([]);
});

test('roles of `cdk bootstrap` are accepted in each Region of a vault, and nowhere else', () => {
  const faults = judged(
    rule,
    'vault',
    { Inbox, Watch: analyzer() },
    { sections: OPEN, accepted: ['cdk-bootstrap-trust'] },
  );
  expect(faults.length).toBeGreaterThan(0);
  for (const fault of faults) expect(fault).toMatch(/^it does not archive .*eu-central-1/);
});

/** The tests of the notifications, each with its keys in this order. */
function filter(keys: readonly string[]): readonly object[] {
  const tests: readonly Readonly<Record<string, unknown>>[] = [
    { Property: 'resource', Eq: [{ 'Fn::GetAtt': ['Inbox', 'Arn'] }] },
    { Property: 'condition.aws:SourceArn', Eq: ['arn:aws:sns:*:*:checkvalve-copies'] },
    { Property: 'resourceType', Eq: ['AWS::SQS::Queue'] },
  ];
  return tests.map((one) => Object.fromEntries(keys.map((key) => [key, one[key]])));
}
