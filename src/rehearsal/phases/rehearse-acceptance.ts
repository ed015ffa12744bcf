import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import type { CheckvalveConfig } from '../../config/checkvalve-config';
import { type AccountId, accountId } from '../../contract/ids';
import { decide, vaultCaller } from '../../operations/accept/decide';
import { followedBy } from '../checks/evidence-sources';
import { LandingZone, type LandingZoneOptions } from '../host/landing-zone';

/**
 * Shows how an operator accepts accounts that wait: it plays the landing zone with a vault that accepts one account a day.
 * Resolves to lines of text.
 */
export async function rehearseAcceptance(
  config: CheckvalveConfig,
  accounts: readonly AccountId[],
  progress: (line: string) => void,
  options: LandingZoneOptions = {},
): Promise<readonly string[]> {
  const slow = { ...config, limits: { ...config.limits, maxNewAccountsPerDay: 1 } };
  const zone = await LandingZone.start(slow, progress, options);
  const { emulator, world } = zone;
  const [region = ''] = world.regions;
  const settings = emulator.client(world.vault, region);
  const stateOf = async (): Promise<string> => {
    const followed = await followedBy(emulator, world);
    const waiting = world.production.filter((account) => !followed.includes(account));
    return `follows ${followed.join(', ') || 'no account'}; waiting: ${waiting.join(', ') || 'no account'}`;
  };
  try {
    await zone.deploy();
    await zone.fire('enroll-accounts');
    await zone.pass(900);
    await zone.fire('follow-sources');
    const before = await stateOf();
    const by = await vaultCaller(new STSClient(settings), accountId(world.vault));
    const at = (await emulator.now()).toISOString();
    const dynamo = new DynamoDBClient(settings);
    const accepted: string[] = [];
    for (const subject of accounts) {
      const outcome = await decide(dynamo, { kind: 'accepted', subject, by, at });
      accepted.push(`checkvalve accept ${subject}: ${outcome}`);
    }
    await zone.fire('follow-sources');
    return [`The vault accepts one account a day, and ${before}.`, ...accepted, `Now it ${await stateOf()}.`];
  } finally {
    await zone.stop();
  }
}
