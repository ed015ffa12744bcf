/** Who may import what, and why not. A folder is matched by the longest rule that fits. */
export interface ImportRule {
  /** Files that the rule is for, as a path prefix or an ending. */
  readonly files: RegExp;
  /** What they may import: paths of this project, or names of packages. */
  readonly may: readonly RegExp[];
  readonly because: string;
}

const CONTRACT = /^src\/contract\//;
const CONSTRUCTS = /^src\/constructs\//;
const CONFIG = /^src\/config\//;
const CDK = /^(aws-cdk-lib|constructs)(\/|$)/;
const SDK = /^@aws-sdk\//;
const NODE = /^node:/;
const PORTS = /^lambda\/_kit\/ports\//;
const KIT = /^lambda\/_kit\/(ports|runtime|copies)/;
const steps = ['management/enroll-accounts', 'source/export-snapshots', 'vault/follow-sources', 'vault/import-copies'];

/** The first rule whose `files` match decides. */
export const IMPORT_RULES: readonly ImportRule[] = [
  { files: /^src\/contract\//, may: [CONTRACT, /^node:crypto$/], because: 'the contract depends on nothing' },
  {
    files: /^src\/config\//,
    may: [CONFIG, CONTRACT, /^zod$/, /^src\/checkvalve\.config$/, NODE],
    because: 'a configuration is judged before anything is built',
  },
  { files: /^src\/checkvalve\.config\.ts$/, may: [CONFIG], because: 'it is data' },
  {
    files: /^src\/constructs\//,
    may: [CONSTRUCTS, CONTRACT, CDK],
    because: 'what all accounts use knows none of them',
  },
  {
    files: /^src\/trust\//,
    may: [/^src\/trust\//, CONTRACT, CDK, /^cdk-nag$/, NODE],
    because: 'a judge does not import the accused',
  },
  {
    files: /^src\/vault\//,
    may: [/^src\/vault\//, CONSTRUCTS, CONFIG, CONTRACT, CDK],
    because: 'the vault knows nothing of what is pushed into sources',
  },
  {
    files: /^src\/management\//,
    may: [/^src\/management\//, /^stacksets\//, CONSTRUCTS, CONFIG, CONTRACT, CDK, /^cdk-stacksets$/],
    because: 'the management account holds no part of the vault',
  },
  {
    files: /^stacksets\//,
    may: [/^stacksets\//, CONSTRUCTS, CONTRACT, CDK, /^cdk-stacksets$/],
    because: 'what runs in a source must not know the vault',
  },
  {
    files: /^src\/(app|main|bundle)\.ts$/,
    may: [/^src\/(?!cli|rehearsal)/, CDK, /^cdk-nag$/, /^esbuild$/, NODE],
    because: 'the map of what is synthesized',
  },
  {
    files: /^src\/cli\//,
    may: [/^src\/(cli|config|contract|rehearsal|trust)\//, /^(commander|cli-table3)$/, NODE],
    because: 'the command line decides nothing',
  },
  {
    files: /^src\/rehearsal\//,
    may: [/^src\/(?!cli)/, /^lambda\//, SDK, CDK, /^@smithy\//, NODE],
    because: 'nothing imports the command line',
  },
  { files: /^lambda\/_kit\/ports\//, may: [PORTS, CONTRACT], because: 'ports speak our language, not an SDK’s' },
  {
    files: /^lambda\/_kit\/aws\//,
    may: [/^lambda\/_kit\/aws\//, PORTS, CONTRACT, SDK],
    because: 'adapters keep AWS’s language to themselves',
  },
  {
    files: /^lambda\/_kit\//,
    may: [KIT, CONTRACT, /^@aws-lambda-powertools\//],
    because: 'what steps share knows no step',
  },
  ...steps.flatMap((step): ImportRule[] => [
    {
      files: new RegExp(`^lambda/${step}/[^/]+\\.lambda\\.ts$`),
      may: [new RegExp(`^lambda/${step}/`), /^lambda\/_kit\//, CONTRACT, SDK],
      because: 'an entry wires its own step',
    },
    {
      files: new RegExp(`^lambda/${step}/`),
      may: [new RegExp(`^lambda/${step}/`), KIT, CONTRACT],
      because: 'steps cannot see one another, nor AWS: each can be replaced, run again or rehearsed alone',
    },
  ]),
  { files: /^bench\//, may: [/./], because: 'a measurement may look at everything' },
];
