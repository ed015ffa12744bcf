import { examinationReport } from '../../../src/cli/print-examination';

const finding = { check: 'quotas', where: '333300002222, eu-central-1', remedy: 'Ask for more.' } as const;

test('examinationReport prints findings with remedies, and their number by severity', () => {
  const findings = [
    { ...finding, severity: 'critical', what: '100 of 100 are used' },
    { ...finding, severity: 'unknown', what: 'It could not be seen: denied.' },
  ] as const;
  expect(examinationReport({ accounts: [], findings })).toBe(
    `critical  quotas  333300002222, eu-central-1
  100 of 100 are used.
  Ask for more.

unknown  quotas  333300002222, eu-central-1
  It could not be seen: denied.
  Ask for more.

1 critical, 0 warnings, 1 unknown`,
  );
});
