import { resolveTemplate } from '../../../../src/trust/templates/resolve-template';
import { rulesByTarget } from '../../../../src/trust/templates/rules-by-target';

const place = { account: '333300002222', region: 'eu-central-1', stackName: 'Vault' };
const step = { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'step' } };
const rule = (name: string, ...targets: readonly unknown[]) => ({
  Type: 'AWS::Events::Rule',
  Properties: { Name: name, Targets: targets.map((Arn, at) => ({ Id: `${at}`, Arn })) },
});

test('each function and queue has the rules that wake it; other targets and functions without rules are left out', () => {
  const Resources = {
    Step: step,
    Other: { ...step, Properties: { FunctionName: 'other' } },
    Sweep: rule('sweep', { 'Fn::GetAtt': ['Step', 'Arn'] }),
    Other2: rule('other', 'arn:aws:sns:eu-central-1:333300002222:t'),
    Events: rule('events', 'arn:aws:sqs:eu-central-1:333300002222:q', { 'Fn::GetAtt': ['Step', 'Arn'] }),
  };
  const wakers = rulesByTarget([resolveTemplate(JSON.parse(JSON.stringify({ Resources })), place)]);
  expect([...wakers]).toEqual([
    [
      'arn:aws:lambda:eu-central-1:333300002222:function:step',
      ['sweep', 'events'].map((name) => `arn:aws:events:eu-central-1:333300002222:rule/${name}`),
    ],
    ['arn:aws:sqs:eu-central-1:333300002222:q', ['arn:aws:events:eu-central-1:333300002222:rule/events']],
  ]);
});
