import { Agent, request } from 'node:http';

/** An answer of the control API of the emulator. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Calls the control API over one connection that stays open: a rehearsal makes thousands of sequential calls, and each
 * takes twice as long with `fetch`.
 */
export class ControlClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly endpoint: string) {}

  /** Sends a call; rejects when there is no answer. */
  send(method: string, path: string, body?: unknown): Promise<ControlAnswer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.endpoint}/_checkvalve${path}`, { method, headers, agent: this.agent }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(parts).toString('utf8')) });
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /** Closes the connection. */
  close(): void {
    this.agent.destroy();
  }
}
