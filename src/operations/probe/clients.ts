import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { RDSClient } from '@aws-sdk/client-rds';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** One of the sandbox accounts; few probes need the management account of their organization. */
export type Side = 'source' | 'vault' | 'management';

/** The settings of an account’s clients: a profile of the AWS configuration, or endpoint and credentials. */
export interface AccountSettings {
  readonly region: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** The AWS clients of one account in one Region. */
export interface AccountClients {
  readonly account: string;
  readonly region: string;
  readonly backup: BackupClient;
  readonly cloudformation: CloudFormationClient;
  readonly events: EventBridgeClient;
  readonly kms: KMSClient;
  readonly organizations: OrganizationsClient;
  readonly rds: RDSClient;
  readonly sqs: SQSClient;
  /** The clients of a session of a role in this account. */
  as(roleArn: string): Promise<AccountClients>;
}

/** The sandbox accounts. */
export interface ProbeClients {
  readonly source: AccountClients;
  readonly vault: AccountClients;
  readonly management?: AccountClients;
}

/** The clients of one of the accounts. @throws Error without a management account */
export function clientsOf(clients: ProbeClients, side: Side): AccountClients {
  const found = clients[side];
  if (!found) throw new Error('The probe needs the management account of the sandboxes: --management-profile');
  return found;
}

/** The clients with these settings; AWS returns their account. */
export async function accountClients(settings: AccountSettings): Promise<AccountClients> {
  const sts = new STSClient(settings);
  const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return {
    account: Account,
    region: settings.region,
    backup: new BackupClient(settings),
    cloudformation: new CloudFormationClient(settings),
    events: new EventBridgeClient(settings),
    kms: new KMSClient(settings),
    organizations: new OrganizationsClient(settings),
    rds: new RDSClient(settings),
    sqs: new SQSClient(settings),
    as: async (RoleArn) => {
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'checkvalve-probe' }));
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {};
      const credentials = {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        ...(SessionToken && { sessionToken: SessionToken }),
      };
      const { profile: _, ...place } = settings;
      return accountClients({ ...place, credentials });
    },
  };
}
