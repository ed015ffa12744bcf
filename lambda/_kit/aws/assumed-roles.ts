import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { MINUTE } from '../../../src/contract/durations';
import { CheckvalveError } from '../../../src/contract/errors';

/** Sockets that stay open to one endpoint, whatever the number of accounts. A function has 1,024 file descriptors, and a step
 * calls at most six endpoints. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const SOCKETS_PER_ENDPOINT = 12;
/** A connection that hangs must not cost a run its time: STS and RDS answer within seconds. */
const CONNECT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 20_000;
/** Credentials that expire sooner are fetched again: the SDK itself asks five minutes before they expire. */
const SPARE_MS = 6 * MINUTE;

type RequestHandler = STSClient['config']['requestHandler'];

/** Credentials of a role, as a client of the SDK takes them. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/**
 * The roles in other accounts that a step assumes, and the connections to all of them: one STS client, one request handler
 * with a bounded number of sockets for every client, and one session for each role until shortly before it expires. A client with
 * its own handler has its own sockets: with hundreds of accounts a function would run out of file descriptors.
 * https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/CLIENTS.md#request-handler-requesthandler
 */
export class AssumedRoles {
  private readonly sts: STSClient;
  private readonly sessions = new Map<string, Promise<RoleCredentials>>();

  constructor(
    /** Name of the sessions, as CloudTrail shows it in the other account. */
    private readonly session: string,
  ) {
    const agent = { keepAlive: true, maxSockets: SOCKETS_PER_ENDPOINT };
    this.sts = new STSClient({
      requestHandler: {
        connectionTimeout: CONNECT_WITHIN_MS,
        requestTimeout: ANSWER_WITHIN_MS,
        throwOnRequestTimeout: true,
        httpAgent: agent,
        httpsAgent: agent,
      },
    });
  }

  /** Settings for every client of the step: all share the connections. No client may be destroyed, because that would close the
   * connections of all. The signal ends the client's requests, and prevents further ones. */
  connections(signal?: AbortSignal): { readonly requestHandler: RequestHandler } {
    const { requestHandler } = this.sts.config;
    if (!signal) return { requestHandler };
    const handle: RequestHandler['handle'] = (request, options) =>
      requestHandler.handle(request, { ...options, abortSignal: signal });
    return { requestHandler: Object.create(requestHandler, { handle: { value: handle } }) };
  }

  /** Settings for a client that acts under a role. */
  client(roleArn: string, signal?: AbortSignal) {
    return { ...this.connections(signal), credentials: () => this.credentials(roleArn) };
  }

  /** Credentials of a role: the current ones, or new ones when they expire soon. A failure is not kept. */
  async credentials(roleArn: string): Promise<RoleCredentials> {
    const known = this.sessions.get(roleArn);
    const held = await known?.catch(() => undefined);
    if (held && (held.expiration?.getTime() ?? 0) - Date.now() > SPARE_MS) return held;
    // Another call that waited for the same answer may have asked again in the meantime.
    const current = this.sessions.get(roleArn);
    if (current && current !== known) return current;
    const asked = this.assume(roleArn);
    this.sessions.set(roleArn, asked);
    return asked;
  }

  private async assume(roleArn: string): Promise<RoleCredentials> {
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: this.session });
    const { Credentials } = await this.sts.send(command);
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) {
      throw new CheckvalveError('AWS_CALL_FAILED', `${roleArn} gave no credentials`, 'Look at its trust policy.');
    }
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
      expiration: Credentials.Expiration,
    };
  }
}
