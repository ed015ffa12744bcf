// Lets Node load this project's TypeScript as it stands: each file is compiled once and kept, under the digest of its
// text, so that what is loaded is never older than what is written. Plain JavaScript, since nothing is compiled before it.
const { createHash } = require('node:crypto');
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { extname, join } = require('node:path');

const KEPT = join(__dirname, '..', '..', '.checkvalve', 'compiled');
/** More than this project has: what was left behind by files as they were goes from time to time. */
const MAX_KEPT = 4000;

/** Whether a stack trace names places in the files as they are written: a map makes each start slower. */
const isMapped = () => Boolean(process.sourceMapsEnabled ?? process.env.CHECKVALVE_DEBUG);

function compile(text, file, kept) {
  // Loaded only here: a start that finds everything compiled does not wait for the compiler.
  const { transformSync } = require('esbuild');
  const { code } = transformSync(text, {
    loader: 'ts',
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    sourcefile: file,
    sourcemap: isMapped() ? 'inline' : false,
  });
  try {
    mkdirSync(KEPT, { recursive: true });
    if (readdirSync(KEPT).length > MAX_KEPT) rmSync(KEPT, { recursive: true });
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {
    // A folder that may not be written to costs time, not the answer.
  }
  return code;
}

function compiled(file) {
  const text = readFileSync(file, 'utf8');
  const digest = createHash('sha256')
    .update(`${isMapped() ? `mapped ${file}` : ''}\0${text}`)
    .digest('hex');
  const kept = join(KEPT, `${digest}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    return compile(text, file, kept);
  }
}

/** From now on `require` takes TypeScript. */
function loadTypeScript() {
  if (require.extensions['.ts']) return;
  if (process.env.CHECKVALVE_DEBUG) process.setSourceMapsEnabled(true);
  require.extensions['.ts'] = (module, file) => {
    if (extname(file) === '.ts') module._compile(compiled(file), file);
  };
}

module.exports = { loadTypeScript };
