import { FLOW, folderOf } from '../../src/contract/flow';
import { COMPUTED } from './imports-of';

/** What the files of a folder may import, and why no more. */
export interface ImportRule {
  /** Files that the rule is for, unless a rule before it is. */
  readonly files: RegExp;
  /** What they may import: paths of this project, or names of packages. */
  readonly may: readonly RegExp[];
  /** Printed at the offender. */
  readonly because: string;
}

const CONTRACT = /^src\/contract\//;
/** Faults of AWS's answers in words, for every verb that works with the operator's credentials. */
const CALL_AWS = /^src\/operations\/call-aws$/;
/** Reads files that an operator names. */
const FILES = /^src\/files\//;
const CONSTRUCTS = /^src\/constructs\//;
const CONFIG = /^src\/config\//;
const EVALUATOR = /^src\/policy-evaluator\//;
const CDK = /^(aws-cdk-lib|constructs)(\/|$)/;
const SDK = /^@aws-sdk\//;
const NODE = /^node:/;
const THE_OPERATORS_FILE = new RegExp(`^${COMPUTED.replace(/[()]/g, '\\$&')}$`);
const PORTS = /^lambda\/_kit\/ports\//;
const KIT =
  /^lambda\/_kit\/(ports|runtime|account-batches|backlog|capacity|copier|copies|copy-records|copy-states|export-copies|round-robin|refusals|refused-call|registry-writes|account-answers|latest-report|vault-copies)/;

/** The first rule whose `files` match decides. */
export const IMPORT_RULES: readonly ImportRule[] = [
  { files: /^src\/contract\//, may: [CONTRACT, /^node:crypto$/], because: 'the contract depends on nothing' },
  {
    files: /^src\/config\/load-(config|module)\.ts$/,
    may: [CONFIG, CONTRACT, FILES, /^src\/checkvalve\.config$/, /^node:path$/, THE_OPERATORS_FILE],
    because: 'it finds the configuration, and builds nothing',
  },
  {
    files: /^src\/config\//,
    may: [CONFIG, CONTRACT, /^(zod|fastest-levenshtein)$/, /^node:util$/],
    because: 'a configuration is judged before anything is built',
  },
  { files: /^src\/checkvalve\.config\.ts$/, may: [CONFIG], because: 'it is data' },
  {
    files: /^src\/constructs\//,
    may: [CONSTRUCTS, CONTRACT, CDK],
    because: 'what all accounts use knows none of them',
  },
  {
    files: /^src\/trust\/proof\/action-catalog\.ts$/,
    may: [/^src\/trust\//, /^@cloud-copilot\/iam-data$/],
    because: 'it reads AWS’s reference of actions, and judges nothing',
  },
  {
    files: EVALUATOR,
    may: [EVALUATOR, /^src\/contract\/(errors|ids)$/],
    because: 'it answers what IAM allows, and knows nothing of Checkvalve',
  },
  {
    files: /^src\/trust\//,
    may: [/^src\/trust\//, EVALUATOR, CONTRACT, FILES, CDK, /^cdk-stacksets$/, /^node:(crypto|fs|path)$/],
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
    files: /^src\/bundle\.ts$/,
    may: [CONTRACT, /^esbuild$/, /^node:(fs|path)$/],
    because: 'it finds the handlers by the flow alone, and knows no stack',
  },
  {
    files: /^src\/(app|main)\.ts$/,
    may: [/^src\/(app|bundle)$/, /^src\/(config|constructs|contract|management|trust|vault)\//, CDK, /^cdk-nag$/, NODE],
    because: 'the map of what is synthesized names its parts, and nothing that plays or prints them',
  },
  {
    files: /^src\/operations\/accept\//,
    may: [/^src\/operations\/accept\//, CONTRACT, SDK],
    because: 'a person accepts with the vault’s own credentials, and needs neither the vault’s stack nor its steps',
  },
  {
    files: /^src\/operations\/teardown\//,
    may: [/^src\/operations\/teardown\//, /^lambda\/_kit\/(aws|ports)\//, CALL_AWS, CONFIG, CONTRACT, SDK],
    because: 'it takes down what stands, with the ports of the steps, and builds nothing',
  },
  {
    files: /^src\/assumptions\//,
    may: [/^src\/assumptions\//],
    because: 'what is assumed of AWS is data, and a page made of it',
  },
  {
    files: /^src\/operations\/probe\//,
    may: [/^src\/operations\/probe\//, CALL_AWS, CONTRACT, SDK, /^node:(crypto|fs|path)$/],
    because: 'a probe asks AWS alone: neither our own code nor the emulator answers for it',
  },
  {
    files: /^src\/operations\/call-aws\.ts$/,
    may: [CONTRACT],
    because: 'it reads what the SDK throws, and calls nothing itself',
  },
  {
    files: /^src\/cache\//,
    may: [/^src\/cache\//, /^esbuild$/, NODE],
    because: 'it keeps what others make, and knows nothing of what that is',
  },
  {
    files: FILES,
    may: [FILES, CONTRACT, /^jsonc-parser$/, /^node:(fs|os|path)$/],
    because: 'it reads files that are given by name, and knows nothing of what they hold',
  },
  { files: /^src\/setup\//, may: [/^src\/setup\//, NODE], because: 'it runs where no package is installed yet' },
  {
    files: /^src\/cli\/checkvalve\.js$/,
    may: [/^src\/cli\/main\.ts$/, /^src\/cache\/load-typescript\.js$/],
    because: 'the command only starts what is written in TypeScript',
  },
  {
    files: /^src\/operations\/(doctor|move|plan|prune|status)\//,
    may: [/^src\/operations\/(doctor|move|plan|prune|status)\//, /^lambda\//, CALL_AWS, CONFIG, CONTRACT, SDK, /^zod$/],
    because: 'it looks into real accounts with the eyes of the steps, and builds nothing',
  },
  {
    files: /^src\/cli\//,
    may: [
      /^src\/(assumptions|cli|config|contract|files|operations)\//,
      /^src\/(rehearsal|simulation|trust)\//,
      CALL_AWS,
      /^(commander|cli-table3)$/,
      NODE,
    ],
    because: 'the command line decides nothing',
  },
  {
    files: /^src\/operations\/backup\//,
    may: [/^src\/operations\/backup\//, CALL_AWS, CONFIG, CONTRACT, SDK, /^node:crypto$/],
    because: 'it asks AWS for a backup, and knows neither a stack nor a step',
  },
  {
    files: /^src\/emulator\//,
    may: [/^src\/emulator\//, /^src\/(files|setup|management\/execution-role)\//, CONTRACT, NODE],
    because: 'it plays AWS, and knows nothing of what runs on it but the policy of the execution role',
  },
  {
    files: /^src\/simulation\//,
    may: [/^src\/simulation\//, /^src\/(checkvalve\.config|vault\/alarm-table)$/, /^lambda\//, CONFIG, CONTRACT],
    because: 'it plays the plans of the steps in memory: neither the emulator nor the SDK',
  },
  {
    files: /^src\/rehearsal\//,
    may: [/^src\/(?!cli|simulation)/, /^lambda\//, SDK, CDK, /^@smithy\//, NODE],
    because: 'nothing imports the command line',
  },
  { files: /^lambda\/_kit\/ports\//, may: [PORTS, CONTRACT], because: 'ports speak our language, not an SDK’s' },
  {
    files: /^lambda\/_kit\/aws\/(compressed-records|dynamo-own-copies)\.ts$/,
    may: [/^lambda\/_kit\/(aws|ports)\//, /^lambda\/_kit\/copy-records$/, CONTRACT, SDK, /^node:(crypto|zlib)$/],
    because: 'it writes what plans read of a copy as DynamoDB stores it',
  },
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
  ...FLOW.map(folderOf).flatMap((step): ImportRule[] => [
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
];
