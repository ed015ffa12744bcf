// The environment of programs that Checkvalve starts, in one place. Plain JavaScript: the set-up runs before TypeScript can
// be compiled.

/** The variables that a program needs to run, on any operating system. */
const NEEDED = /^(PATH|LD_LIBRARY_PATH|DYLD_.*|TMPDIR|TMP|TEMP|SystemRoot|windir|ComSpec|PATHEXT)$/i;

/** Proxies: the emulator is on 127.0.0.1, which a proxy cannot reach. */
const PROXY = /^(https?_proxy|all_proxy|no_proxy|node_use_env_proxy)$/i;
/** Node with NODE_USE_ENV_PROXY reads the proxies at its start, but NO_PROXY at each request. */
const NO_PROXY = { NO_PROXY: '*', no_proxy: '*' };

/** Settings by which the AWS SDKs use only what the program passes: no profile, no metadata endpoint. */
const NO_AWS_CONFIGURATION = {
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Variables that change how Python starts and where it finds its modules. */
const PYTHON = /^(PYTHON.*|__PYVENV_LAUNCHER__)$/i;

/** Variables that decide the encoding and sorting of text, and the time zone. */
const LANGUAGE = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

const only = (from, keeps) => Object.fromEntries(Object.entries(from).filter(([name]) => keeps(name)));

/**
 * For a program that connects only to 127.0.0.1, such as the emulator: of the caller’s environment only the path and the
 * temporary folder. HOME does not exist, because ~/.aws holds a configuration too.
 */
const cleanEnvironment = (from = process.env) => ({
  ...only(from, (name) => NEEDED.test(name)),
  ...NO_AWS_CONFIGURATION,
  ...LANGUAGE,
  ...NO_PROXY,
  HOME: '/nonexistent',
  PYTHONNOUSERSITE: '1',
  PYTHONUTF8: '1',
});

/** Options by which pip reaches its index: https://pip.pypa.io/en/stable/cli/pip_install/. Each is also a variable. */
const PIP_REACHES =
  /^PIP_(INDEX_URL|PYPI_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|CACHE_DIR|NO_CACHE_DIR|CONFIG_FILE|KEYRING_PROVIDER|USE_FEATURE|NO_INPUT|ONLY_BINARY|PREFER_BINARY)$/i;
/** Options by which npm reaches its registry, and whether scripts may run: https://docs.npmjs.com/cli/using-npm/config */
const NPM_REACHES =
  /^npm_config_(registry|.*:registry|\/\/.*|_auth.*|userconfig|globalconfig|ca|cafile|cert|key|strict[-_]ssl|proxy|https?[-_]proxy|noproxy|cache|offline|prefer[-_]o(ff|n)line|fetch[-_].*|maxsockets|local[-_]address|replace[-_]registry[-_]host|ignore[-_]scripts|allow[-_]scripts)$/i;
/** Variables that change where an installer installs, what it omits, or how Python and Node start. */
const LEADS_ASTRAY =
  /^(PYTHON.*|__PYVENV_LAUNCHER__|VIRTUAL_ENV.*|CONDA_.*|_CE_.*|_CONDA.*|PIP_.*|npm_(config|package|lifecycle)_.*|npm_(command|execpath|node_execpath)|NODE_ENV|NODE_PATH|NODE_OPTIONS|PREFIX|DESTDIR|INIT_CWD|LANG|LANGUAGE|LC_.*|TZ)$/i;
/** Options of Node by which npm trusts the certificates of a company. */
const TRUST_OPTION = /^--(use-(openssl|system|bundled)-ca|tls-.+|dns-result-order=.+|openssl-.+)$/;

/**
 * For an installer: the caller’s environment, since any variable may hold the address and the credentials of a mirror,
 * without the variables that change where it installs, and with `more`.
 */
function installerEnvironment(from = process.env, more = {}) {
  const reaches = (name) => PIP_REACHES.test(name) || NPM_REACHES.test(name);
  const options = (from.NODE_OPTIONS ?? '').split(/\s+/).filter((option) => TRUST_OPTION.test(option));
  return {
    ...only(from, (name) => reaches(name) || !LEADS_ASTRAY.test(name)),
    ...LANGUAGE,
    ...(options.length > 0 && { NODE_OPTIONS: options.join(' ') }),
    PYTHONNOUSERSITE: '1',
    PYTHONUTF8: '1',
    ...more,
  };
}

/** A pip.conf can set these for `pip config` too; with these values it lists all settings of the files. */
const pipListEnvironment = (from = process.env) => ({
  ...installerEnvironment(from),
  ...{ PIP_USER: '0', PIP_GLOBAL: '0', PIP_SITE: '0', PIP_QUIET: '0' },
});

const ESCAPED = { n: '\n', t: '\t', r: '\r' };
/** Reads a text that Python’s repr() wrote. */
const unquoted = (text) =>
  text
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/g, (_, byte, unit, one) =>
      one ? (ESCAPED[one] ?? one) : String.fromCharCode(Number.parseInt(byte ?? unit, 16)),
    );

/** The settings by which pip reaches its index, from the output of `pip config list`, as variables. */
function pipSettings(listed) {
  const lines = listed.split('\n').map((line) => /^(global|install)\.([\w-]+)=(['"].*['"])\r?$/.exec(line) ?? []);
  const settings = lines.map(([, section, key = '', value = "''"]) => ({
    ...{ section, name: `PIP_${key.toUpperCase().replaceAll('-', '_')}`, value: unquoted(value) },
  }));
  const reaching = settings.filter(({ name }) => PIP_REACHES.test(name) && name !== 'PIP_CONFIG_FILE');
  // A setting of `install` overrides one of all commands.
  return Object.fromEntries(
    ['global', 'install'].flatMap((of) =>
      reaching.filter(({ section }) => section === of).map(({ name, value }) => [name, value]),
    ),
  );
}

/**
 * For `pip install`: without configuration files, since one may set where packages go (prefix, root, target, user) and no
 * option overrides a prefix. The settings of a mirror stay.
 * https://pip.pypa.io/en/stable/topics/configuration/
 */
const pipEnvironment = (listed, from = process.env) => ({
  ...pipSettings(listed),
  ...installerEnvironment(from),
  PIP_CONFIG_FILE: process.platform === 'win32' ? 'nul' : '/dev/null',
});

/**
 * Removes the caller’s AWS configuration, proxies, time zone, CDK and Python settings from this process: from now on SDK
 * clients use only what they are given. For a process that connects only to 127.0.0.1.
 */
function leaveCallersEnvironment() {
  for (const name of Object.keys(process.env)) {
    if (/^(AWS|CDK)_/i.test(name) ? name !== 'CDK_VALIDATION' : PROXY.test(name) || PYTHON.test(name))
      delete process.env[name];
  }
  Object.assign(process.env, NO_PROXY, NO_AWS_CONFIGURATION, LANGUAGE);
}

module.exports = {
  cleanEnvironment,
  installerEnvironment,
  leaveCallersEnvironment,
  pipEnvironment,
  pipListEnvironment,
};
