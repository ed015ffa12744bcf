import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** How an account answers. `cut`: the connection breaks; `slow-down`: AWS throttles; `denies`: AWS says access denied;
 * `hangs`: RDS never answers. */
export type Behavior = 'answers' | 'cut' | 'slow-down' | 'denies' | 'hangs';

const SERVICES = ['STS', 'RDS', 'BACKUP', 'SQS', 'SNS', 'DYNAMODB'] as const;
type Service = (typeof SERVICES)[number];
const HANGS = -1;

const xml = (operation: string, inner = '') =>
  `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`;
const fault = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`;

const credentials = (account: string) =>
  `<Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>` +
  `<SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials>`;

/** Services of AWS on this machine, each at its own endpoint as on AWS: empty accounts, and a count of open sockets. */
export class AwsStub {
  /** Open sockets, and the most that there ever were. */
  open = 0;
  most = 0;
  /** Requests by operation. */
  readonly asked = new Map<string, number>();
  private readonly servers: Server[] = [];

  constructor(private readonly behaviorOf: (account: string) => Behavior = () => 'answers') {}

  /** Starts, and points the SDK of this process here. */
  async start(): Promise<void> {
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIA0',
      AWS_SECRET_ACCESS_KEY: 's',
    });
    for (const service of SERVICES) {
      const server = createServer((request, response) => this.receive(service, request, response));
      server.on('connection', (socket: Socket) => {
        this.open += 1;
        this.most = Math.max(this.most, this.open);
        socket.on('close', () => {
          this.open -= 1;
        });
      });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      this.servers.push(server);
      process.env[`AWS_ENDPOINT_URL_${service}`] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }
  }

  async stop(): Promise<void> {
    for (const service of SERVICES) delete process.env[`AWS_ENDPOINT_URL_${service}`];
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private receive(service: Service, request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    // Later, as over a network: what is asked side by side is in flight side by side.
    request.on('end', () => setTimeout(() => this.answer(service, request, body, response), 5));
  }

  private answer(service: Service, request: IncomingMessage, body: string, response: ServerResponse): void {
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    const operation = target ?? new URLSearchParams(body).get('Action') ?? `${request.method} ${request.url}`;
    this.asked.set(operation, (this.asked.get(operation) ?? 0) + 1);
    const [status, text, type] = this.replyTo(service, operation, body, request);
    if (status === HANGS) return;
    if (status === 0) request.socket.destroy();
    else response.writeHead(status, { 'content-type': type }).end(text);
  }

  /** Status 0: the connection breaks; {@link HANGS}: nothing is answered. */
  private replyTo(
    service: Service,
    operation: string,
    body: string,
    { headers }: IncomingMessage,
  ): readonly [status: number, text: string, type: string] {
    const XML = 'text/xml';
    if (operation === 'AssumeRole') {
      const [, account = ''] = /::(\d{12}):/.exec(decodeURIComponent(body)) ?? [];
      return this.behaviorOf(account) === 'denies'
        ? [403, fault('AccessDenied'), XML]
        : [200, xml('AssumeRole', credentials(account)), XML];
    }
    const [, account = ''] = /Credential=ASIA(\d{12})/.exec(String(headers.authorization)) ?? [];
    const behavior = this.behaviorOf(account);
    if (behavior === 'hangs') return [HANGS, '', XML];
    if (behavior === 'cut') return [0, '', XML];
    if (behavior === 'slow-down') return [400, fault('Throttling'), XML];
    if (service === 'RDS' || service === 'SNS') return [200, xml(operation), XML];
    const queue = { QueueUrl: `http://${headers.host}/q`, Attributes: {} };
    return [200, JSON.stringify(service === 'SQS' ? queue : {}), 'application/json'];
  }
}
