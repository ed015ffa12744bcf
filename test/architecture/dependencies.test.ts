import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHIPPED = /^(MIT|MIT-0|Apache-2\.0|BSD|BSD-[23]-Clause|0BSD|ISC)$/;
/** What a bundle holds, or the Lambda runtime brings for it; all else synthesizes, tests or rehearses on a machine of ours. */
const INTO_ACCOUNTS = /^node_modules\/(@aws-lambda-powertools|@aws-sdk|@smithy|@aws)\//;
const TOOLS = /^(BlueOak-1\.0\.0|Python-2\.0|CC-BY-[34]\.0|CC0-1\.0|MPL-2\.0|Unlicense)$/;

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly license?: string;
  readonly resolved?: string;
}
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path && existsSync(join(path, 'package.json')));

/** What a package says of itself: `(MIT OR Apache-2.0)` offers each, `(MIT AND CC0-1.0)` demands both. */
function licenceOf(path: string): string {
  const { license, licenses } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    license?: string | { type: string };
    licenses?: readonly { type: string }[];
  };
  return typeof license === 'object'
    ? license.type
    : (license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none');
}

const fits = (licence: string, allowed: (one: string) => boolean): boolean =>
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowed(one.trim())));

test('what is shipped is under a permissive licence, and so is every tool', () => {
  expect(installed.length).toBeGreaterThan(100);
  const wrong = installed.flatMap(([path, { dev, devOptional }]) => {
    const licence = licenceOf(path);
    const tool = !INTO_ACCOUNTS.test(path) || dev || devOptional;
    return fits(licence, (one) => SHIPPED.test(one) || (tool === true && TOOLS.test(one)))
      ? []
      : [`${path}: ${licence}`];
  });
  expect(wrong).toEqual([]);
});

test('no licence is AGPL', () => {
  expect(installed.map(([path]) => licenceOf(path)).filter((licence) => /AGPL/i.test(licence))).toEqual([]);
});

test('every version is pinned', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
  const python = readFileSync('src/rehearsal/emulator/requirements.txt', 'utf8').split('\n');
  expect(
    python.filter((line) => line.trim() && !line.startsWith('#') && !/^[A-Za-z0-9._[\]-]+==[^ ]+/.test(line)),
  ).toEqual([]);
});

test('no file says where a package was downloaded from', () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved)).toEqual([]);
  const hosts = ['registry.' + 'npmjs', 'files.' + 'pythonhosted', 'pypi.' + 'org'];
  for (const host of hosts) {
    let found = '';
    try {
      found = execFileSync('git', ['grep', '-lF', host], { encoding: 'utf8' });
    } catch {
      // git grep ends with 1 when it finds nothing.
    }
    expect(found).toBe('');
  }
});
