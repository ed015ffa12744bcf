import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'checkvalve-caller-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A shell in which an SDK, Python or the CDK that reads any of it fails, or goes elsewhere. */
function hostileShell(): NodeJS.ProcessEnv {
  const config = join(folder, 'config');
  const python = join(folder, 'python');
  const temporary = join(folder, 'with a space');
  for (const path of [python, temporary, join(folder, '.aws')]) mkdirSync(path, { recursive: true });
  writeFileSync(config, '[default]\nregion = nowhere\nuse_fips_endpoint = maybe\nretry_mode = nonsense\n');
  writeFileSync(join(folder, '.aws', 'config'), '[profile torn\nregion');
  writeFileSync(join(python, 'json.py'), 'raise SystemExit("a json.py of the caller")');
  const nowhere = 'http://127.0.0.1:9';
  return {
    ...{ PATH: process.env.PATH, HOME: folder, TMPDIR: temporary },
    ...{ AWS_PROFILE: 'does-not-exist', AWS_CONFIG_FILE: config, AWS_ENDPOINT_URL: nowhere, AWS_REGION: 'nowhere' },
    ...{ AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_CA_BUNDLE: '/nonexistent' },
    ...{ AWS_RETRY_MODE: 'nonsense', AWS_MAX_ATTEMPTS: 'none', AWS_DEFAULTS_MODE: 'nonsense' },
    ...{ AWS_ACCESS_KEY_ID: 'real', AWS_SECRET_ACCESS_KEY: 'real', AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a' },
    ...{ HTTP_PROXY: nowhere, http_proxy: nowhere, HTTPS_PROXY: nowhere, ALL_PROXY: nowhere, NODE_USE_ENV_PROXY: '1' },
    ...{ PYTHONPATH: python, PYTHONHOME: python, PYTHONSTARTUP: '/nonexistent', PYTHONWARNINGS: 'error' },
    ...{ LC_ALL: 'da_DK.UTF-8', TZ: 'America/St_Johns', NODE_ENV: 'production' },
    ...{ CDK_CONTEXT_JSON: '{', CDK_OUTDIR: '/nonexistent', CDK_DEFAULT_REGION: 'nowhere' },
  };
}

/** Runs a program that has this project's TypeScript, and prints one JSON document. */
function run(program: string): unknown {
  const start = `require('./src/cache/load-typescript.js').loadTypeScript();
    (async () => { ${program} })().then((said) => console.log(JSON.stringify(said)));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', start], {
    encoding: 'utf8',
    env: hostileShell(),
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

test('the emulator and SDK clients use nothing of the caller’s environment', () => {
  const said = run(`
    const { Emulator } = require('./src/emulator/emulator.ts');
    const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
    const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3');
    const emulator = await Emulator.start({ now: '2026-01-01T00:00:00Z' });
    const settings = emulator.client('222200001111', 'eu-central-1');
    const { Account } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
    const { Buckets = [] } = await new S3Client(settings).send(new ListBucketsCommand({}));
    const { status } = await fetch(emulator.endpoint + '/_checkvalve/clock');
    const now = await emulator.now();
    await emulator.stop();
    return { Account, Buckets, status, now, minutesFromUtc: new Date(2026, 6).getTimezoneOffset() };`);
  expect(said).toEqual({
    Account: '222200001111',
    Buckets: [],
    status: 200,
    now: '2026-01-01T00:00:00.000Z',
    minutesFromUtc: 0,
  });
});

test('the stacks are synthesized without the CDK’s variables of the caller', () => {
  const said = run(`
    const { buildAssembly } = require('./src/rehearsal/host/build-assembly.ts');
    const outdir = require('node:path').join(require('node:os').tmpdir(), 'assembly');
    process.env.CDK_VALIDATION = 'false';
    buildAssembly(require('./src/checkvalve.config.ts').config, outdir);
    return require('node:fs').readdirSync(outdir);`);
  expect(said).toEqual(expect.arrayContaining(['manifest.json', 'Management.template.json']));
});
