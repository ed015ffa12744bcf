import { config } from '../../../src/checkvalve.config';
import { REGIONS } from '../../../src/contract/regions';
import { resourcesOf, templatesOf } from '../../support/synthesized';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const TRUST_POLICY_CHARACTERS = 2048;

/** The trust policy of the registry access role, for vaults in so many Regions. */
function trustPolicy(regions: readonly string[]): string {
  const { management } = templatesOf({ ...config, regions });
  const [role] = Object.values(resourcesOf(management)).filter(
    ({ Properties }) => Properties.RoleName === 'checkvalve-registry-access',
  );
  return JSON.stringify(role?.Properties.AssumeRolePolicyDocument);
}

test('the trust policy of the registry access role fits, however many Regions there are', () => {
  const inTwenty = trustPolicy(REGIONS.slice(0, 20));
  expect(inTwenty.length).toBeLessThanOrEqual(TRUST_POLICY_CHARACTERS);
  expect(inTwenty).toBe(trustPolicy(['eu-central-1']));
  expect(JSON.parse(inTwenty).Statement[0].Condition).toEqual({
    ArnLike: {
      'aws:PrincipalArn': [
        'arn:aws:iam::333300002222:role/checkvalve-follow-sources-*',
        'arn:aws:iam::333300002222:role/checkvalve-report-coverage-*',
      ],
    },
  });
});
