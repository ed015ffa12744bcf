import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { CheckvalveError } from '../../../src/contract/errors';

/** Credentials of a client that acts under another role: fetched when first needed, and again before they run out. */
export function assumedRole(roleArn: string, session: string) {
  const sts = new STSClient({});
  return async () => {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session }));
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
      throw new CheckvalveError('AWS_CALL_FAILED', `${roleArn} gave no credentials`, 'Look at its trust policy.');
    }
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
      expiration: Credentials.Expiration,
    };
  };
}
