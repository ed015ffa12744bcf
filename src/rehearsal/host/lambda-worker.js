// All functions of a rehearsal, one running at a time, in one thread that loads the AWS SDK once for all of them. Each has
// its own code, environment and role. Plain JavaScript, since a worker is started without a compiler.

const { createRequire, Module } = require('node:module');
const { dirname, join } = require('node:path');
const { parentPort } = require('node:worker_threads');
const { recordSdkCalls } = require('./sdk-recorder.js');
const { standStill } = require('./virtual-date.js');

const root = join(__dirname, '..', '..', '..');
const projectRequire = createRequire(join(root, 'package.json'));
const waiting = new Map();
/** What was loaded, by ARN: a handler, or the error that loading it ended in. */
const loaded = new Map();
let running;
let asked = 0;

const send = (message) => parentPort.postMessage(message);
const asError = (error) => ({
  name: error?.name ?? 'Error',
  message: error?.message ?? String(error),
  ...(error?.stack ? { stack: error.stack } : {}),
});

function ask(call) {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    send({ type: 'call', id, call });
  });
}

/** Written text arrives before the answer of the invocation that wrote it; the thread's own streams promise nothing. */
function keepLogs() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (text, encoding, done) => {
      send({ type: 'log', text: String(text) });
      const written = typeof encoding === 'function' ? encoding : done;
      if (written) written();
      return true;
    };
  }
}

/** The deployed text, as a module at a path inside the project, so that it finds the SDK that Lambda would bring. */
function load({ name, handler, code }) {
  const path = join(root, 'build', 'rehearsal', name, 'index.js');
  const module = new Module(path);
  module.filename = path;
  module.paths = Module._nodeModulePaths(dirname(path));
  module._compile(code, path);
  const exported = handler.split('.').pop();
  if (typeof module.exports[exported] !== 'function') {
    throw new Error(`The deployed code exports no function "${exported}".`);
  }
  return { handler: module.exports[exported] };
}

function loadedOnce(deployed) {
  if (!loaded.has(deployed.arn)) {
    try {
      loaded.set(deployed.arn, load(deployed));
    } catch (error) {
      loaded.set(deployed.arn, { broken: asError(error) });
    }
  }
  return loaded.get(deployed.arn);
}

/** The environment of the function that runs next, and nothing of another one's. */
function setEnvironment(environment) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
}

const setInstant = standStill();
keepLogs();
recordSdkCalls(projectRequire('@smithy/core/client').Client, () => running.role, ask);

async function invoke({ id, deployed, environment, event, now, remainingMs }) {
  setInstant(now);
  setEnvironment(environment);
  running = deployed;
  const { handler, broken } = loadedOnce(deployed);
  if (broken) return send({ type: 'failed', id, error: broken });
  const started = performance.now();
  const context = {
    awsRequestId: `rehearsed-${id}`,
    functionName: deployed.name,
    invokedFunctionArn: deployed.arn,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(deployed.memoryMiB),
    logGroupName: `/aws/lambda/${deployed.name}`,
    logStreamName: 'rehearsal',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(remainingMs - (performance.now() - started))),
  };
  try {
    const value = await handler(event, context);
    send({ type: 'returned', id, value: value === undefined ? null : JSON.parse(JSON.stringify(value)) });
  } catch (error) {
    send({ type: 'failed', id, error: asError(error) });
  }
}

parentPort.on('message', (message) => {
  if (message.type === 'invoke') {
    void invoke(message);
  } else if (message.type === 'forget') {
    loaded.delete(message.arn);
  } else if (message.type === 'answer') {
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  }
});
