// The environment that programs started by Checkvalve have: the one place that decides it. Plain JavaScript, since the
// set-up runs where nothing can compile TypeScript yet.

/** What any program needs to run at all, whatever the operating system. */
const NEEDED = /^(PATH|LD_LIBRARY_PATH|DYLD_.*|TMPDIR|TMP|TEMP|SystemRoot|windir|ComSpec|PATHEXT)$/i;

/** Proxies: the emulator is on 127.0.0.1, and a proxy sends what goes there elsewhere. */
const PROXY = /^(https?_proxy|all_proxy|no_proxy|node_use_env_proxy)$/i;
/** A Node that was started with NODE_USE_ENV_PROXY has read the proxies; at each request it reads what goes without one. */
const NO_PROXY = { NO_PROXY: '*', no_proxy: '*' };

/** Settings of the SDKs of AWS that stand for "nothing but what the program says": no profile, no metadata endpoint. */
const NO_AWS_CONFIGURATION = {
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Where Python finds its modules, and how it starts. */
const PYTHON = /^(PYTHON.*|__PYVENV_LAUNCHER__)$/i;

/** What decides how text is read and sorted, and what the time is. */
const LANGUAGE = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

const kept = (from, keeps) => Object.fromEntries(Object.entries(from).filter(([name]) => keeps(name)));

/**
 * For a program that talks to 127.0.0.1 alone, such as the emulator: the path and the temporary folder, and nothing else
 * of the caller's. HOME points nowhere, because ~/.aws holds a configuration too.
 */
const cleanEnvironment = (from = process.env) => ({
  ...kept(from, (name) => NEEDED.test(name)),
  ...NO_AWS_CONFIGURATION,
  ...LANGUAGE,
  ...NO_PROXY,
  HOME: '/nonexistent',
  PYTHONNOUSERSITE: '1',
  PYTHONUTF8: '1',
});

/** How pip reaches its index: https://pip.pypa.io/en/stable/cli/pip_install/ lists the options, each is a variable too. */
const PIP_REACHES =
  /^PIP_(INDEX_URL|PYPI_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|CACHE_DIR|NO_CACHE_DIR|CONFIG_FILE|KEYRING_PROVIDER|USE_FEATURE|NO_INPUT|ONLY_BINARY|PREFER_BINARY)$/i;
/** How npm reaches its registry, and whether scripts may run: https://docs.npmjs.com/cli/using-npm/config */
const NPM_REACHES =
  /^npm_config_(registry|.*:registry|\/\/.*|_auth.*|userconfig|globalconfig|ca|cafile|cert|key|strict[-_]ssl|proxy|https?[-_]proxy|noproxy|cache|offline|prefer[-_]o(ff|n)line|fetch[-_].*|maxsockets|local[-_]address|replace[-_]registry[-_]host|ignore[-_]scripts|allow[-_]scripts)$/i;
/** Changes where an installer puts things, what it leaves out, or how Python and Node start. */
const LEADS_ASTRAY =
  /^(PYTHON.*|__PYVENV_LAUNCHER__|VIRTUAL_ENV.*|CONDA_.*|_CE_.*|_CONDA.*|PIP_.*|npm_(config|package|lifecycle)_.*|npm_(command|execpath|node_execpath)|NODE_ENV|NODE_PATH|NODE_OPTIONS|PREFIX|DESTDIR|INIT_CWD|LANG|LANGUAGE|LC_.*|TZ)$/i;
/** Options of Node by which npm trusts a company's certificates. */
const TRUST_OPTION = /^--(use-(openssl|system|bundled)-ca|tls-.+|dns-result-order=.+|openssl-.+)$/;

/**
 * For an installer: the caller's environment, since a mirror's address and credentials may stand in any variable, without
 * what changes where things go, and with more.
 */
function installerEnvironment(from = process.env, more = {}) {
  const reaches = (name) => PIP_REACHES.test(name) || NPM_REACHES.test(name);
  const options = (from.NODE_OPTIONS ?? '').split(/\s+/).filter((option) => TRUST_OPTION.test(option));
  return {
    ...kept(from, (name) => reaches(name) || !LEADS_ASTRAY.test(name)),
    ...LANGUAGE,
    ...(options.length > 0 && { NODE_OPTIONS: options.join(' ') }),
    PYTHONNOUSERSITE: '1',
    PYTHONUTF8: '1',
    ...more,
  };
}

/** A pip.conf may say these for `pip config` too: without them it lists all that the files say. */
const pipListEnvironment = (from = process.env) => ({
  ...installerEnvironment(from),
  ...{ PIP_USER: '0', PIP_GLOBAL: '0', PIP_SITE: '0', PIP_QUIET: '0' },
});

const ESCAPED = { n: '\n', t: '\t', r: '\r' };
/** A text as Python's repr() writes it. */
const unquoted = (text) =>
  text
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/g, (_, byte, unit, one) =>
      one ? (ESCAPED[one] ?? one) : String.fromCharCode(Number.parseInt(byte ?? unit, 16)),
    );

/** What pip's configuration files say of how its index is reached, as variables; `pip config list` has printed them. */
function pipSettings(listed) {
  const lines = listed.split('\n').map((line) => /^(global|install)\.([\w-]+)=(['"].*['"])\r?$/.exec(line) ?? []);
  const said = lines.map(([, section, key = '', value = "''"]) => ({
    ...{ section, name: `PIP_${key.toUpperCase().replaceAll('-', '_')}`, value: unquoted(value) },
  }));
  const reaching = said.filter(({ name }) => PIP_REACHES.test(name) && name !== 'PIP_CONFIG_FILE');
  // What is said of `install` counts more than what is said of all commands.
  return Object.fromEntries(
    ['global', 'install'].flatMap((of) =>
      reaching.filter(({ section }) => section === of).map(({ name, value }) => [name, value]),
    ),
  );
}

/**
 * For `pip install`: no configuration file is read, since one may say where packages go (prefix, root, target, user) and
 * nothing on the command line undoes a prefix. What the files say of a mirror stays.
 * https://pip.pypa.io/en/stable/topics/configuration/
 */
const pipEnvironment = (listed, from = process.env) => ({
  ...pipSettings(listed),
  ...installerEnvironment(from),
  PIP_CONFIG_FILE: process.platform === 'win32' ? 'nul' : '/dev/null',
});

/**
 * Takes the caller's AWS configuration, proxies, time zone, CDK and Python settings out of this process: from now on an SDK client
 * uses what it is given. For a process that works on 127.0.0.1 alone.
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
