import { CheckvalveError } from '../../../src/contract/errors';

/** What CloudFormation sends to the function behind a custom resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Where the answer goes. CloudFormation waits for it, by default for an hour. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** The answer to CloudFormation. Fn::GetAtt reads `data`. */
export type CustomResourceAnswer =
  | { readonly status: 'SUCCESS'; readonly data: Readonly<Record<string, string>> }
  | { readonly status: 'FAILED'; readonly reason: string };

/** Puts a text at a URL; resolves to the HTTP status. */
export type Put = (url: string, body: string) => Promise<number>;

const TRIES = 3;
/** An answer may have 4,096 bytes: so many characters of a reason always fit. */
const REASON_CHARACTERS = 800;

// The URL is signed for no content type at all.
const put: Put = async (url, body) => {
  const signal = AbortSignal.timeout(20_000);
  const { status } = await fetch(url, { method: 'PUT', headers: { 'Content-Type': '' }, body, signal });
  return status;
};

/** Whether an event comes from CloudFormation, and not from a rule that starts the function. */
export const isCustomResourceEvent = (event: unknown): event is CustomResourceEvent =>
  typeof event === 'object' && event !== null && 'RequestType' in event && 'ResponseURL' in event;

/**
 * Answers CloudFormation. The resource keeps one id, so that it is never replaced.
 * @throws CheckvalveError `AWS_CALL_FAILED` when the answer cannot be put after three tries: Lambda then runs again
 */
export async function answerCloudFormation(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CustomResourceEvent,
  answer: CustomResourceAnswer,
  send: Put = put,
): Promise<void> {
  const body = JSON.stringify({
    Status: answer.status,
    Reason: answer.status === 'FAILED' ? answer.reason.slice(0, REASON_CHARACTERS) : undefined,
    PhysicalResourceId: LogicalResourceId,
    StackId,
    RequestId,
    LogicalResourceId,
    Data: answer.status === 'SUCCESS' ? answer.data : undefined,
  });
  let cause: unknown;
  for (let tried = 0; tried < TRIES; tried += 1) {
    try {
      const status = await send(ResponseURL, body);
      if (status >= 200 && status < 300) return;
      cause = new Error(`HTTP ${status}`);
    } catch (error) {
      cause = error;
    }
  }
  const message = `CloudFormation did not take the answer for ${LogicalResourceId}: ${cause}`;
  throw new CheckvalveError('AWS_CALL_FAILED', message, 'You need not do anything: Lambda tries again.', { cause });
}
