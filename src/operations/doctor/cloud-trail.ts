import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  type GetEventSelectorsCommandOutput,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import type { Trail } from './facts';
import type { AwsClientSettings } from './observe';

/** Whether a trail with these selectors records calls that change something.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html */
function recordsChanges({ EventSelectors = [], AdvancedEventSelectors = [] }: GetEventSelectorsCommandOutput): boolean {
  const basic = EventSelectors.some(
    ({ IncludeManagementEvents, ReadWriteType = 'All' }) =>
      IncludeManagementEvents !== false && ReadWriteType !== 'ReadOnly',
  );
  const advanced = AdvancedEventSelectors.some(({ FieldSelectors = [] }) =>
    FieldSelectors.some(({ Field, Equals = [] }) => Field === 'eventCategory' && Equals.join() === 'Management'),
  );
  return basic || advanced;
}

/** The trails that record events of the Region of the settings, and of global services. */
export async function trailsOf(settings: AwsClientSettings): Promise<readonly Trail[]> {
  const client = new CloudTrailClient(settings);
  const { trailList = [] } = await client.send(new DescribeTrailsCommand({ includeShadowTrails: true }));
  return Promise.all(
    trailList.map(async ({ Name, TrailARN }) => {
      const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name: TrailARN }));
      const selectors = await client.send(new GetEventSelectorsCommand({ TrailName: TrailARN }));
      return { name: String(Name), logging: IsLogging === true, managementEvents: recordsChanges(selectors) };
    }),
  );
}
