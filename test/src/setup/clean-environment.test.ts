import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cleanEnvironment,
  installerEnvironment,
  leaveCallersEnvironment,
  pipEnvironment,
  pipListEnvironment,
} from '../../../src/setup/clean-environment';

/** Variables that a shell may set, one or more of each kind. */
const SHELL: Readonly<Record<string, string>> = {
  ...{ PATH: '/usr/bin', TMPDIR: '/tmp/a b', HOME: '/home/me', LD_LIBRARY_PATH: '/opt/lib' },
  ...{ AWS_PROFILE: 'does-not-exist', AWS_CONFIG_FILE: '/me/config', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
  ...{ AWS_REGION: 'xx-1', AWS_USE_FIPS_ENDPOINT: 'true', AWS_CA_BUNDLE: '/x', AWS_SESSION_TOKEN: 'real' },
  ...{ HTTP_PROXY: 'http://p', https_proxy: 'http://p', ALL_PROXY: 'http://p', NO_PROXY: 'x', NODE_USE_ENV_PROXY: '1' },
  ...{ PYTHONPATH: '/x', PYTHONHOME: '/x', PYTHONWARNINGS: 'error', VIRTUAL_ENV: '/x', PIP_TARGET: '/x' },
  ...{ PIP_INDEX_URL: 'https://mirror', 'npm_config_//mirror/:_authToken': 'token', NPM_CONFIG_REGISTRY: 'https://m' },
  ...{ npm_config_prefix: '/x', NPM_CONFIG_GLOBAL: 'true', npm_package_name: 'x', NODE_ENV: 'production' },
  ...{ NODE_OPTIONS: '--require=/x --use-system-ca', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo', CDK_OUTDIR: '/x' },
};
const OURS = {
  ...{ AWS_CONFIG_FILE: '/nonexistent/config', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials' },
  ...{ LC_ALL: 'C.UTF-8', TZ: 'UTC', NO_PROXY: '*', no_proxy: '*' },
};

test('a program on 127.0.0.1 gets only the path and the temporary folder of the shell', () => {
  const got = cleanEnvironment(SHELL);
  expect(got).toMatchObject({ PATH: '/usr/bin', TMPDIR: '/tmp/a b', LD_LIBRARY_PATH: '/opt/lib', ...OURS });
  expect(Object.keys(SHELL).filter((name) => got[name] === SHELL[name])).toEqual(['PATH', 'TMPDIR', 'LD_LIBRARY_PATH']);
});

test('an installer keeps the settings of a mirror, with its credentials', () => {
  const got = installerEnvironment(SHELL);
  const kept = ['PIP_INDEX_URL', 'npm_config_//mirror/:_authToken', 'NPM_CONFIG_REGISTRY', 'HTTP_PROXY', 'AWS_PROFILE'];
  expect(Object.keys(got)).toEqual(expect.arrayContaining(kept));
  expect(got).toMatchObject({ HOME: '/home/me', NODE_OPTIONS: '--use-system-ca' });
  const gone = ['PIP_TARGET', 'PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV', 'npm_config_prefix', 'NPM_CONFIG_GLOBAL'];
  expect([...gone, 'npm_package_name', 'NODE_ENV'].filter((name) => name in got)).toEqual([]);
});

const HOSTILE = `[global]
index-url = https://mirror/simple
extra-index-url =
    https://one/simple
    https://two/it's
user = true
quiet = 3
timeout = 10
require-virtualenv = true
[install]
prefix = /tmp/x
root = /tmp/x
target = /tmp/x
no-deps = true
timeout = 20
`;

test('a pip.conf sets how a mirror is reached, not where pip installs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-pip-'));
  try {
    const PIP_CONFIG_FILE = join(folder, 'pip.conf');
    writeFileSync(PIP_CONFIG_FILE, HOSTILE);
    const shell = { PATH: process.env.PATH, PIP_CONFIG_FILE, PIP_CERT: '/c.pem', PIP_PREFIX: '/tmp/y' };
    const list = (env: Readonly<Record<string, string>>) =>
      spawnSync('.emulator/bin/python', ['-m', 'pip', 'config', 'list'], { encoding: 'utf8', env }).stdout;
    const listed = list(pipListEnvironment(shell));
    expect(listed).toContain("install.prefix='/tmp/x'");
    const env = pipEnvironment(listed, shell);
    expect(Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('PIP_')))).toEqual({
      PIP_INDEX_URL: 'https://mirror/simple',
      PIP_EXTRA_INDEX_URL: "\nhttps://one/simple\nhttps://two/it's",
      PIP_TIMEOUT: '20',
      PIP_CERT: '/c.pem',
      PIP_CONFIG_FILE: '/dev/null',
    });
    expect(list(env)).not.toMatch(/prefix|root|target|user|no-deps|virtualenv/);
    expect(pipEnvironment(listed, { ...shell, PIP_TIMEOUT: '30' })).toMatchObject({ PIP_TIMEOUT: '30' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a process on 127.0.0.1 drops the AWS configuration, proxies, time zone, CDK and Python settings of its caller', () => {
  const before = { ...process.env };
  try {
    Object.assign(process.env, SHELL, { PATH: before.PATH, CDK_VALIDATION: 'false', CHECKVALVE_DEBUG: '1' });
    leaveCallersEnvironment();
    expect(process.env).toMatchObject({ ...OURS, HOME: '/home/me', CDK_VALIDATION: 'false', CHECKVALVE_DEBUG: '1' });
    const left = Object.keys(SHELL).filter((name) => /^(AWS|CDK)_|proxy|^PYTHON/i.test(name) && name in process.env);
    expect(left).toEqual(['AWS_CONFIG_FILE', 'NO_PROXY']);
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  }
});

test('tests do not have the environment of the shell', () => {
  const printed = spawnSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], { encoding: 'utf8' }).stdout;
  for (const env of [process.env, JSON.parse(printed) as NodeJS.ProcessEnv]) {
    expect(env).toMatchObject({ ...OURS, COLUMNS: '80' });
    expect(
      Object.keys(env).filter((name) =>
        /^(AWS_(PROFILE|REGION|ACCESS|ENDPOINT).*|https?_proxy|all_proxy|PYTHON(PATH|HOME))$/i.test(name),
      ),
    ).toEqual([]);
  }
});
