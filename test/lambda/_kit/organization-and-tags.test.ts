import {
  DescribeAccountCommand,
  ListAccountsCommand,
  ListParentsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { ListTagsForResourceCommand, RDSClient } from '@aws-sdk/client-rds';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsOrganization } from '../../../lambda/_kit/aws/aws-organization';
import { withMissingTags } from '../../../lambda/_kit/aws/missing-tags';
import { SnsSubscriptions } from '../../../lambda/_kit/aws/sns-subscriptions';
import type { Snapshot } from '../../../lambda/_kit/ports/snapshots';
import { region } from '../../../src/contract/ids';
import { HERE, SOURCE } from '../../support/pipeline';
import { NOW, vaultCopy } from '../../support/vault-copies';

describe('an organization', () => {
  const organizations = mockClient(OrganizationsClient);
  const organization = () => new AwsOrganization(new OrganizationsClient({ region: 'us-east-1' }));
  beforeEach(() => organizations.reset());

  test('an answer without accounts is an empty part, asked for from where the last one ended', async () => {
    organizations.on(ListAccountsCommand).resolves({});
    expect(await organization().members('from')).toEqual({ items: [], next: undefined });
    expect(organizations.commandCalls(ListAccountsCommand)[0]?.args[0].input).toEqual({ NextToken: 'from' });
  });

  test('an account without a state is of an unknown one', async () => {
    organizations.on(DescribeAccountCommand).resolves({ Account: { Id: SOURCE, Paths: ['o-1/r-1/ou-1-a/'] } });
    expect(await organization().member(SOURCE)).toEqual({ id: SOURCE, state: 'UNKNOWN', units: ['r-1', 'ou-1-a'] });
  });

  test('of a path the root and the units count, also where another part holds their letters', async () => {
    const Paths = [`o-ou-9/r-1/ou-1-a/${SOURCE}/`];
    organizations.on(DescribeAccountCommand).resolves({ Account: { Id: SOURCE, State: 'ACTIVE', Paths } });
    expect((await organization().member(SOURCE))?.units).toEqual(['r-1', 'ou-1-a']);
  });

  test('a parent is asked for once, and one that has none is the last', async () => {
    organizations.on(DescribeAccountCommand).resolves({ Account: { Id: SOURCE, State: 'ACTIVE' } });
    organizations.on(ListParentsCommand, { ChildId: SOURCE }).resolves({ Parents: [{ Id: 'ou-1-a' }] } as never);
    organizations.on(ListParentsCommand, { ChildId: 'ou-1-a' }).resolves({ Parents: [] });
    const one = organization();
    expect((await one.member(SOURCE))?.units).toEqual(['ou-1-a']);
    expect((await one.member(SOURCE))?.units).toEqual(['ou-1-a']);
    expect(organizations.commandCalls(ListParentsCommand)).toHaveLength(2);
  });
});

describe('tags that a listing lacks', () => {
  const rds = mockClient(RDSClient);
  beforeEach(() => rds.reset());
  const named = (name: string, createdAt: Date | undefined = NOW): Snapshot => {
    return { ...vaultCopy(NOW), name, arn: `arn:${name}` as never, createdAt };
  };
  const asked = () => rds.commandCalls(ListTagsForResourceCommand).map(({ args }) => args[0].input.ResourceName);
  const missing = async (listed: readonly Snapshot[]) => {
    const unreadable: string[] = [];
    const found = await withMissingTags(new RDSClient({ region: HERE }), listed, (arn, why) =>
      unreadable.push(`${arn} ${why}`),
    );
    return { found: [...found.keys()], unreadable };
  };

  test('ours and the newest first; of RDS by the beginning of the name; of a team none', async () => {
    rds.on(ListTagsForResourceCommand).resolves({});
    const [late, early] = [new Date('2026-06-02'), new Date('2026-06-01')];
    const listed = [
      named('rds:a', early),
      named('by-rds:', late),
      named('awsbackup:b', late),
      named('checkvalve-c', early),
    ];
    await missing([...listed, named('rds:d', undefined as never)]);
    expect(asked().slice(0, 1)).toEqual(['arn:checkvalve-c']);
    expect(new Set(asked())).toEqual(new Set(['arn:checkvalve-c', 'arn:rds:d', 'arn:awsbackup:b', 'arn:rds:a']));
  });

  test('one that is being made, of which RDS gives no time, comes before all that have one', async () => {
    rds.on(ListTagsForResourceCommand).resolves({});
    const unknown = { ...named('checkvalve-b'), createdAt: undefined };
    await missing([named('checkvalve-a'), unknown]);
    expect(asked()).toEqual(['arn:checkvalve-b', 'arn:checkvalve-a']);
  });

  test('ten at a time, three hundred at most; the others are reported', async () => {
    rds.on(ListTagsForResourceCommand).resolves({ TagList: [] });
    const all = Array.from({ length: 302 }, (_, at) => named(`checkvalve-${at}`));
    const { found, unreadable } = await missing(all);
    expect(found).toHaveLength(300);
    expect(unreadable).toEqual([
      'arn:checkvalve-300 RDS lists no tags, and too many other snapshots come first',
      'arn:checkvalve-301 RDS lists no tags, and too many other snapshots come first',
    ]);
  });

  test('what cannot be read is reported with the reason', async () => {
    rds.on(ListTagsForResourceCommand).rejects(new Error('AccessDenied'));
    expect(await missing([named('checkvalve-a')])).toEqual({
      found: [],
      unreadable: ['arn:checkvalve-a its tags cannot be read: AccessDenied'],
    });
  });
});

test('a topic is asked in its own Region', async () => {
  const regions: unknown[] = [];
  const sns = mockClient(SNSClient);
  sns.on(SubscribeCommand).callsFake(async (_, getClient: () => SNSClient) => {
    regions.push(await getClient().config.region());
    return {};
  });
  await new SnsSubscriptions('inbox').subscribe(SOURCE, region('eu-west-1'));
  expect(regions).toEqual(['eu-west-1']);
});
