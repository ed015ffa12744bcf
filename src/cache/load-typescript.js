// Lets Node load this project's TypeScript without a build: each file is compiled once and kept under the digest of its
// text, so that a changed file is compiled again. Plain JavaScript, because it runs before anything is compiled.
const { createHash } = require('node:crypto');
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { extname, join } = require('node:path');

const KEPT = join(__dirname, '..', '..', '.checkvalve', 'compiled');
/** More files than this project has. Beyond it the folder is deleted, which removes results of earlier versions of files. */
const MAX_KEPT = 4000;

/** Whether stack traces show the lines of the source files. The maps slow each start down. */
const isMapped = () => Boolean(process.sourceMapsEnabled ?? process.env.CHECKVALVE_DEBUG);

function compile(text, file, kept) {
  // Loaded here, so that a start that finds every file compiled does not wait for the compiler.
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
    // Without a writable folder each start compiles again; the result is the same.
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

/** From now on `require` loads TypeScript. */
function loadTypeScript() {
  if (require.extensions['.ts']) return;
  if (process.env.CHECKVALVE_DEBUG) process.setSourceMapsEnabled(true);
  require.extensions['.ts'] = (module, file) => {
    if (extname(file) === '.ts') module._compile(compiled(file), file);
  };
}

module.exports = { loadTypeScript };
