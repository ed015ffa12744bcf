import { CheckvalveError } from '../contract/errors';

/** What messages say about a call of AWS. */
export interface CallDescription {
  /** What failed: the start of the message, such as `The vault cannot be read`. */
  readonly failed: string;
  /** The account that the credentials must belong to, such as `the vault account 333300002222`. */
  readonly whose: string;
  /** The profile of the AWS configuration, if an option selects it instead of AWS_PROFILE. */
  readonly profile?: string;
  /** The permissions that the call needs; part of the remedy when AWS denies access. */
  readonly needs?: string;
  /** The remedy for any other error of AWS. */
  readonly helps?: string;
  /** What to do without credentials. */
  readonly otherwise?: string;
}

/** Names of errors for credentials that are expired or wrong. */
const INVALID_CREDENTIALS =
  /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|InvalidToken|SignatureDoesNotMatch|InvalidSignature|AuthFailure|IncompleteSignature|MissingAuthenticationToken|OptInRequired)/;
const DENIED = /AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|NotAuthorized|^Forbidden$/;
const OUT_OF_REACH =
  /^(E(AI_AGAIN|CONNABORTED|CONNREFUSED|CONNRESET|HOSTDOWN|HOSTUNREACH|NETDOWN|NETUNREACH|NOTFOUND|PIPE|PROTO|TIMEDOUT)|UND_ERR_.*|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|(Timeout|Networking)Error)$/;
/** Errors that JavaScript throws and AWS does not. */
const BUG = /^(TypeError|RangeError|ReferenceError|SyntaxError|EvalError|URIError|AssertionError)$/;

/** Properties that Node and the SDK add to their errors. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly errors?: readonly unknown[];
  readonly $metadata?: unknown;
}

/**
 * Calls AWS, and turns an error into a message with a remedy.
 * @throws CheckvalveError `ACCESS_DENIED` without valid credentials or permissions, `AWS_CALL_FAILED` for any other error. A
 * CheckvalveError of the call and a bug of Checkvalve are rethrown unchanged.
 */
export async function callAws<T>(description: CallDescription, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw awsFault(description, cause);
  }
}

/** The error that {@link callAws} throws. */
export function awsFault(description: CallDescription, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof CheckvalveError || isBug(cause)) return cause;
  const { failed, whose, profile, needs, helps, otherwise } = description;
  const text = messageOf(cause);
  const code = String((cause as SdkError).code ?? '');
  const fault = (kind: 'ACCESS_DENIED' | 'AWS_CALL_FAILED', fact: string, remedy: string, also?: string) =>
    new CheckvalveError(kind, `${failed}: ${fact}: ${text}`, also ? `${remedy} ${also}` : remedy, { cause });
  const remedy = profile
    ? `Use a profile with credentials of ${whose}: \`aws configure list-profiles\` lists the profiles, \`aws sso login --profile ${profile}\` renews this one.`
    : `Use credentials of ${whose}, as for any AWS command: AWS_PROFILE (after aws sso login), or AWS_ACCESS_KEY_ID.`;
  if (/^(CredentialsProvider|TokenProvider|Provider)Error$/.test(cause.name)) {
    const none = `no AWS credentials were found${profile ? ` in the profile ${profile}` : ''}`;
    return fault('ACCESS_DENIED', none, remedy, otherwise);
  }
  if (INVALID_CREDENTIALS.test(cause.name))
    return fault('ACCESS_DENIED', 'AWS rejects the credentials', remedy, otherwise);
  if (DENIED.test(cause.name)) {
    const permissions = needs ? `They need ${needs}.` : '`aws sts get-caller-identity` shows the current ones.';
    return fault('ACCESS_DENIED', 'AWS denies access', `Use credentials of ${whose}. ${permissions}`);
  }
  if (OUT_OF_REACH.test(code) || OUT_OF_REACH.test(cause.name)) {
    const network = 'Check the network, VPN, proxy and DNS of this machine and the Region, then run the command again.';
    return fault('AWS_CALL_FAILED', 'AWS cannot be reached', network, otherwise);
  }
  return fault(
    'AWS_CALL_FAILED',
    `AWS returned ${cause.name}`,
    helps ?? 'Resolve what AWS reports, then run the command again.',
  );
}

const isBug = (cause: SdkError): boolean => BUG.test(cause.name) && cause.$metadata === undefined;

/** The message of an error on one line. Node leaves it empty when it tried several addresses of one name. */
function messageOf(cause: SdkError): string {
  const [first] = cause.errors ?? [];
  const whole = cause.message || (first instanceof Error ? first.message : '') || String(cause.code ?? cause.name);
  return whole.split('\n')[0] ?? whole;
}
