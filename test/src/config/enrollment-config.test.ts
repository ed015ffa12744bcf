import { config } from '../../../src/checkvalve.config';
import { enrollmentSettings } from '../../../src/config/enrollment-settings';
import { readConfig } from '../../../src/config/read-config';

const faultsOf = (change: object): string => {
  try {
    readConfig({ ...config, ...change });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

// Case 63.
test('accounts cannot be added to the units, and the remedy is to tag them', () => {
  const message = faultsOf({ additionalAccounts: ['222200009999'] });
  expect(message).toContain("- additionalAccounts: [ '222200009999' ]: tag the account instead");
  expect(message).toContain('UNION');
  expect(message).toContain('INTERSECTION');
});

test.each([
  [{ enrollment: { graceDays: 0 } }, 'enrollment.graceDays: 0: give a whole number of days from 1 to 365'],
  [
    { enrollment: { maxWithdrawalsPercent: 200 } },
    'enrollment.maxWithdrawalsPercent: 200: give a whole number of percent',
  ],
  [{ enrollment: { confirmedWithdrawals: ['1'] } }, 'enrollment.confirmedWithdrawals[0]: "1": give an account id'],
  [{ enrollment: { grace: 1 } }, 'there is no such field'],
  [
    { accountTag: { ...config.accountTag, match: 'any' } },
    "accountTag.match: \"any\": give 'exact' or 'case-insensitive'",
  ],
  [{ accountTag: { ...config.accountTag, otherValues: [''] } }, 'accountTag.otherValues[0]: "": give a tag value'],
  [
    { organization: { ...config.organization, excludedUnits: ['ou-zz99-abcdefgh'] } },
    'excludedUnits[0]: "ou-zz99-abcdefgh": give a unit under r-ex01',
  ],
  [
    { organization: { ...config.organization, excludedUnits: ['ou-ex01-workload'] } },
    'it is also one of organization.targetUnits',
  ],
  [
    { enrollment: { confirmedWithdrawals: Array.from({ length: 300 }, (_, at) => String(222200000000 + at)) } },
    'remove entries that are no longer needed',
  ],
])('%j is a fault with a remedy', (change, fault) => expect(faultsOf(change)).toContain(fault));

test('every field of enrollment has a default', () => {
  expect(enrollmentSettings(readConfig(config))).toMatchObject({
    excludedUnits: [],
    tag: { key: 'environment', values: ['production'], match: 'exact' },
    graceDays: 14,
    massExit: { accounts: 5, percent: 10, acknowledged: [] },
    readsPerSecond: 10,
  });
});

test('enrollmentSettings contains what the configuration says', () => {
  const given = {
    ...config,
    organization: { ...config.organization, excludedUnits: ['ou-ex01-sandbox1'] },
    accountTag: { key: 'stage', value: 'live', otherValues: ['prod'], match: 'case-insensitive' },
    enrollment: {
      graceDays: 3,
      maxWithdrawalsAtOnce: 9,
      maxWithdrawalsPercent: 50,
      confirmedWithdrawals: ['222200001111'],
      readsPerSecond: 5,
    },
  };
  expect(enrollmentSettings(readConfig(given))).toMatchObject({
    excludedUnits: ['ou-ex01-sandbox1'],
    tag: { key: 'stage', values: ['live', 'prod'], match: 'case-insensitive' },
    graceDays: 3,
    massExit: { accounts: 9, percent: 50, acknowledged: ['222200001111'] },
    readsPerSecond: 5,
  });
});
