// One warm Lambda function in a thread of its own. Plain JavaScript, since a worker is started without a compiler.

const { createRequire, Module } = require('node:module');
const { dirname, join } = require('node:path');
const { parentPort, workerData } = require('node:worker_threads');
const { recordSdkCalls } = require('./sdk-recorder.js');
const { standStill } = require('./virtual-date.js');

const root = join(__dirname, '..', '..');
const projectRequire = createRequire(join(root, 'package.json'));
const waiting = new Map();
let asked = 0;

const tell = (message) => parentPort.postMessage(message);
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
    tell({ type: 'call', id, call });
  });
}

/** Written text arrives before the answer of the invocation that wrote it; the thread's own streams promise nothing. */
function keepLogs() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (text, encoding, done) => {
      tell({ type: 'log', text: String(text) });
      const written = typeof encoding === 'function' ? encoding : done;
      if (written) written();
      return true;
    };
  }
}

/** The deployed text, as a module at a path inside the project, so that it finds the SDK that Lambda would bring. */
function load() {
  const path = join(root, 'build', 'rehearsal', workerData.name, 'index.js');
  const loaded = new Module(path);
  loaded.filename = path;
  loaded.paths = Module._nodeModulePaths(dirname(path));
  loaded._compile(workerData.code, path);
  const name = workerData.handler.split('.').pop();
  const handler = loaded.exports[name];
  if (typeof handler !== 'function') throw new Error(`The deployed code exports no function "${name}".`);
  return handler;
}

const setInstant = standStill();
setInstant(workerData.now);
keepLogs();
recordSdkCalls(projectRequire('@smithy/core/client').Client, workerData.roleArn, ask);

let handler;
let broken;
try {
  handler = load();
} catch (error) {
  broken = asError(error);
}

async function invoke({ id, event, now, remainingMs }) {
  setInstant(now);
  if (broken) return tell({ type: 'failed', id, error: broken });
  const started = performance.now();
  const context = {
    awsRequestId: `rehearsed-${id}`,
    functionName: workerData.name,
    invokedFunctionArn: workerData.arn,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(workerData.memoryMiB),
    logGroupName: `/aws/lambda/${workerData.name}`,
    logStreamName: 'rehearsal',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(remainingMs - (performance.now() - started))),
  };
  try {
    const value = await handler(event, context);
    tell({ type: 'returned', id, value: value === undefined ? null : JSON.parse(JSON.stringify(value)) });
  } catch (error) {
    tell({ type: 'failed', id, error: asError(error) });
  }
}

parentPort.on('message', (message) => {
  if (message.type === 'invoke') {
    void invoke(message);
  } else if (message.type === 'answer') {
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  }
});
