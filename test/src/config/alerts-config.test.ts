import { config } from '../../../src/checkvalve.config';
import { readConfig } from '../../../src/config/read-config';
import { runbookUrlOf } from '../../../src/config/runbook-url';
import { resourcesOf, templatesOf } from '../../support/synthesized';

const RUNBOOK = 'https://wiki.example.com/checkvalve';
const WANTS = 'alerts.runbookUrl: ';

test.each([
  ['http://wiki.example.com/checkvalve', WANTS],
  ['wiki.example.com', WANTS],
  [`${RUNBOOK}#rpo-exceeded`, WANTS],
  ['https://wiki example.com', WANTS],
  [`https://${'r'.repeat(201)}`, WANTS],
  [7, WANTS],
])('the address %j of a runbook is a fault with a remedy', (runbookUrl, place) => {
  expect(() => readConfig({ ...config, alerts: { runbookUrl } })).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringContaining(place) }),
  );
});

test('an unknown field is a fault', () => {
  expect(() => readConfig({ ...config, alerts: { runbook: RUNBOOK } })).toThrow(/there is no such field/);
});

test('the runbook of the repository is the default', () => {
  expect(runbookUrlOf(readConfig(config))).toBe('docs/runbook.md');
  expect(runbookUrlOf(readConfig({ ...config, alerts: {} }))).toBe('docs/runbook.md');
  expect(runbookUrlOf(readConfig({ ...config, alerts: { runbookUrl: RUNBOOK } }))).toBe(RUNBOOK);
});

test('each step that publishes alerts knows the configured address, and no other step does', () => {
  const { vault, management, source } = templatesOf({ ...config, alerts: { runbookUrl: RUNBOOK } });
  const functions = [vault, management, source].flatMap((template) =>
    Object.values(resourcesOf(template)).filter(({ Type }) => Type === 'AWS::Lambda::Function'),
  );
  const knowing = functions.filter(({ Properties }) => JSON.stringify(Properties.Environment).includes(RUNBOOK));
  expect(knowing.map(({ Properties }) => Properties.FunctionName).sort()).toEqual([
    'checkvalve-enroll-accounts',
    'checkvalve-report-coverage',
    'checkvalve-watch-rollout',
  ]);
});
