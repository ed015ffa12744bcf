// Runs in the worker of a function, before its code: plain JavaScript, since a worker is started without a compiler.

/** IAM's prefixes, where they are not the client's name in small letters. */
const PREFIXES = { EventBridge: 'events', CloudWatchLogs: 'logs', ResourceGroupsTaggingAPI: 'tag' };

const accessKeyOf = (request) => /Credential=([^/]+)\//.exec(request?.headers?.authorization ?? '')?.[1];

function copyable(input) {
  try {
    return structuredClone(input);
  } catch {
    return {};
  }
}

/** What a service answers to a caller without the permission: JSON services have another word for it than XML ones. */
function refusal(request, message) {
  const json = /json/.test(request?.headers?.['content-type'] ?? '');
  const error = new Error(message);
  error.name = json ? 'AccessDeniedException' : 'AccessDenied';
  error.$fault = 'client';
  error.$metadata = { httpStatusCode: 403, attempts: 1, totalRetryDelay: 0 };
  return error;
}

/**
 * Lets every attempt of every SDK client in this thread be asked about before it is sent.
 *
 * Every client inherits from one class, so that patching its `send` reaches them all, those that the SDK makes for
 * itself (credentials of an assumed role) included. The middleware stands last before the request goes out, after
 * retrying and signing: each attempt counts, and the signature shows the access key.
 *
 * @param Client the class that all clients inherit from
 * @param roleNow the role of the function that is running; a client belongs to the function that first sends with it
 * @param ask resolves to `{ allowed: true }` or `{ allowed: false, message }`
 */
function recordSdkCalls(Client, roleNow, ask) {
  const assumed = new Map();
  const hooked = new WeakSet();

  const middlewareOf = (client, functionRoleArn) => (next, context) => async (args) => {
    const action = context.commandName.replace(/Command$/, '');
    const name = context.clientName.replace(/Client$/, '');
    const service = PREFIXES[name] ?? name.toLowerCase();
    const accessKeyId = accessKeyOf(args.request);
    const roleArn = assumed.get(accessKeyId) ?? functionRoleArn;
    const region = typeof client.config.region === 'function' ? await client.config.region() : client.config.region;
    const call = { roleArn, account: roleArn.split(':')[4], region, service, action, input: copyable(args.input) };
    const answer = await ask({ ...call, accessKeyId: accessKeyId ?? '' });
    if (!answer.allowed) throw refusal(args.request, answer.message);
    const result = await next(args);
    const issued = service === 'sts' && /^AssumeRole/.test(action) && result.output?.Credentials?.AccessKeyId;
    if (issued) assumed.set(issued, args.input.RoleArn);
    return result;
  };

  const send = Client.prototype.send;
  Client.prototype.send = function (...given) {
    if (!hooked.has(this)) {
      hooked.add(this);
      const place = { step: 'finalizeRequest', priority: 'low', name: 'checkvalveRecorder' };
      this.middlewareStack.add(middlewareOf(this, roleNow()), place);
    }
    return send.apply(this, given);
  };
}

module.exports = { recordSdkCalls };
