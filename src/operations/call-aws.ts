import { CheckvalveError } from '../contract/errors';

/** What was asked of AWS, for people. */
export interface AwsCall {
  /** What does not happen now: the beginning of the message, such as `The vault cannot be looked at`. */
  readonly failed: string;
  /** Whose credentials it takes, such as `the vault account 333300002222`. */
  readonly whose: string;
  /** The profile of the AWS configuration that was named, where it is not up to AWS_PROFILE. */
  readonly profile?: string;
  /** What the credentials must allow, where AWS refuses. */
  readonly needs?: string;
  /** What helps where AWS answers with an error of another kind. */
  readonly helps?: string;
  /** How to go on without any credentials. */
  readonly otherwise?: string;
}

/** The credentials are too old or wrong: AWS knows nobody by them. */
const UNKNOWN =
  /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|InvalidToken|SignatureDoesNotMatch|InvalidSignature|AuthFailure|IncompleteSignature|MissingAuthenticationToken|OptInRequired)/;
const DENIED = /AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|NotAuthorized|^Forbidden$/;
const OUT_OF_REACH =
  /^(E(AI_AGAIN|CONNABORTED|CONNREFUSED|CONNRESET|HOSTDOWN|HOSTUNREACH|NETDOWN|NETUNREACH|NOTFOUND|PIPE|PROTO|TIMEDOUT)|UND_ERR_.*|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|(Timeout|Networking)Error)$/;
/** What JavaScript throws of itself, and AWS does not. */
const OUR_OWN = /^(TypeError|RangeError|ReferenceError|SyntaxError|EvalError|URIError|AssertionError)$/;

/** What Node and the SDK put on their errors. */
interface Seen extends Error {
  readonly code?: unknown;
  readonly errors?: readonly unknown[];
  readonly $metadata?: unknown;
}

/**
 * Asks AWS. What AWS refuses, or what keeps it from answering, is told with what helps.
 * @throws CheckvalveError `ACCESS_DENIED` without credentials that AWS knows and allows, `AWS_CALL_FAILED` for all else; a
 * CheckvalveError of the call itself, and a fault of Checkvalve's own, pass as they are
 */
export async function callAws<T>(asked: AwsCall, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw awsFault(asked, cause);
  }
}

/** What {@link callAws} throws for an error. */
export function awsFault(asked: AwsCall, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof CheckvalveError || isOurOwn(cause)) return cause;
  const { failed, whose, profile, needs, helps, otherwise } = asked;
  const words = wordsOf(cause);
  const code = String((cause as Seen).code ?? '');
  const fault = (kind: 'ACCESS_DENIED' | 'AWS_CALL_FAILED', fact: string, remedy: string, also?: string) =>
    new CheckvalveError(kind, `${failed}: ${fact}: ${words}`, also ? `${remedy} ${also}` : remedy, { cause });
  const give = profile
    ? `Give the profile ${profile} credentials of ${whose}, or name another: \`aws configure list-profiles\` shows them, \`aws sso login --profile ${profile}\` renews them.`
    : `Give credentials of ${whose}, as for any AWS command: AWS_PROFILE (after aws sso login), or AWS_ACCESS_KEY_ID.`;
  if (/^(CredentialsProvider|TokenProvider|Provider)Error$/.test(cause.name)) {
    const none = `there are no AWS credentials${profile ? ` in the profile ${profile}` : ''}`;
    return fault('ACCESS_DENIED', none, give, otherwise);
  }
  if (UNKNOWN.test(cause.name)) return fault('ACCESS_DENIED', 'AWS does not accept these credentials', give, otherwise);
  if (DENIED.test(cause.name)) {
    const may = needs ? `They need ${needs}.` : 'aws sts get-caller-identity tells whose they are.';
    return fault('ACCESS_DENIED', 'AWS refuses', `It takes credentials of ${whose}. ${may}`);
  }
  if (OUT_OF_REACH.test(code) || OUT_OF_REACH.test(cause.name)) {
    const network = 'Look at network, VPN, proxy and DNS of this machine, and at the Region; then run it again.';
    return fault('AWS_CALL_FAILED', 'AWS cannot be reached', network, otherwise);
  }
  return fault('AWS_CALL_FAILED', `AWS answers ${cause.name}`, helps ?? 'See what AWS says, then run it again.');
}

const isOurOwn = (cause: Seen): boolean => OUR_OWN.test(cause.name) && cause.$metadata === undefined;

/** One line; Node leaves the message empty where it tried several addresses of one name. */
function wordsOf(cause: Seen): string {
  const [first] = cause.errors ?? [];
  const text = cause.message || (first instanceof Error ? first.message : '') || String(cause.code ?? cause.name);
  return text.split('\n')[0] ?? text;
}
