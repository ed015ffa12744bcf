// Jest's filter for `npm run test:fast`: leaves out every test file that, by whatever it imports, synthesizes, starts the
// emulator or starts another process. Nothing has to be listed by hand.
const { existsSync, readFileSync, statSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');

const root = join(__dirname, '..');
const SLOW = [
  /^aws-cdk-lib|^cdk-stacksets|^node:child_process$/,
  /^src\/app\.ts$|^src\/(emulator\/emulator|rehearsal\/host\/synthesize)\.ts$/,
];
const IMPORT = /^(?:import|export)\b[^;]*?from '([^']+)'|\brequire\('([^']+)'\)|^import '([^']+)'/gm;
const TYPES_ALONE = /^import type\b/;

/** The file that an import names, or the name of a package. */
function target(from, name) {
  if (!name.startsWith('.')) return name;
  const path = join(dirname(from), name);
  const found = [path, `${path}.ts`, `${path}.js`, join(path, 'index.ts')].find(
    (one) => existsSync(join(root, one)) && statSync(join(root, one)).isFile(),
  );
  return found ?? path;
}

const known = new Map();
function importsOf(file) {
  if (!known.has(file)) {
    const text =
      /\.[cm]?[jt]s$/.test(file) && existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
    const found = [...text.matchAll(IMPORT)].filter(([whole]) => !TYPES_ALONE.test(whole));
    known.set(
      file,
      found.map(([, from, required, bare]) => target(file, from ?? required ?? bare)),
    );
  }
  return known.get(file);
}

function isSlow(file, seen = new Set()) {
  if (seen.has(file)) return false;
  seen.add(file);
  return SLOW.some((slow) => slow.test(file)) || importsOf(file).some((one) => isSlow(one, seen));
}

module.exports = async (paths) => ({ filtered: paths.filter((path) => !isSlow(relative(root, path))) });
