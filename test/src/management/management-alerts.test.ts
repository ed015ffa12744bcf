import { type AlertKind, alertText, MANAGEMENT_ALERTS } from '../../../src/contract/management-alerts';
import { SOURCE } from '../../support/enrollment';
import { resourcesOf, templatesOf } from '../../support/synthesized';

test.each(Object.keys(MANAGEMENT_ALERTS) as AlertKind[])(
  'the alert %s has a subject that SNS takes, its severity, and its article',
  (kind) => {
    const accounts = Array.from({ length: 3000 }, () => SOURCE);
    const alert = alertText({ kind, accounts, lines: accounts.map((one) => `${one} is named.`) });
    expect(alert.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(Buffer.byteLength(alert.message)).toBeLessThan(255 * 1024);
    expect(alert.message).toContain(`Severity: ${MANAGEMENT_ALERTS[kind].severity}`);
    expect(alert.article).toBe(kind);
  },
);

test('an alarm of a dead-letter queue says its severity, its Region and step, and where its article is', () => {
  const alarms = Object.values(resourcesOf(templatesOf().management)).filter(
    ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
  );
  expect(alarms.map(({ Properties }) => Properties.AlarmName).sort()).toEqual([
    'checkvalve-enroll-accounts-dlq-not-empty',
    'checkvalve-watch-rollout-dlq-not-empty',
  ]);
  for (const { Properties } of alarms) {
    expect(Properties.AlarmDescription).toMatch(/^\[warning\] us-east-1, (enroll-accounts|watch-rollout): /);
    expect(Properties.AlarmDescription).toMatch(/docs\/runbook\.md#management-dlq-not-empty$/);
  }
});
