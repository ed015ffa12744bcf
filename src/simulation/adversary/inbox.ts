import { INBOX } from '../scenario';
import type { Answered } from './vault';

const BATCH = 10;
/** Failed runs after which a message goes to the dead-letter queue. */
const TRIES = 5;

interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
  readonly tries: number;
}

/** The vault's inbox and its dead-letter queue, in memory. */
export class SimulatedInbox {
  private waiting: Message[] = [];
  private count = 0;
  /** Messages in the dead-letter queue. */
  deadLetters = 0;

  /** A message arrives. */
  put(body: string): void {
    this.count += 1;
    this.waiting.push({ messageId: `m-${this.count}`, body, eventSourceARN: INBOX, tries: 0 });
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** The next batch as an event, and what to do with the answer of the run; undefined for a run that failed. */
  take(): { readonly event: unknown; readonly settle: (answered: Answered | undefined) => void } {
    const batch = this.waiting.splice(0, BATCH);
    const settle = (answered: Answered | undefined) => {
      const back = new Set(answered?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of batch) {
        if (answered && !back.has(message.messageId)) continue;
        const tries = message.tries + 1;
        if (tries >= TRIES) this.deadLetters += 1;
        else this.waiting.push({ ...message, tries });
      }
    };
    return { event: batch.length > 0 ? { Records: batch } : {}, settle };
  }
}
