import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { config } from '../../src/checkvalve.config';
import { FLOW, folderOf } from '../../src/contract/flow';
import { snapshotArn } from '../../src/contract/ids';
import type { PolicyStatement } from '../../src/policy-evaluator/policy';
import { PolicyBook } from '../../src/trust/policy-book';
import { type CallingRole, CONFIGURED_CALLS, callingRoleOf, STEP_CALLS } from '../../src/trust/step-calls';
import { unreadPoliciesOf } from '../../src/trust/templates/policies-of';
import { resolveTemplate } from '../../src/trust/templates/resolve-template';
import { callsInCode } from '../support/calls-in-code';
import { actionsOfCall, backupActions, neededActions } from '../support/needed-actions';
import { database, OTHER, Pipeline, SOURCE, VAULT } from '../support/pipeline';
import { templatesOf } from '../support/synthesized';
import { RETENTION } from '../support/vault-copies';

const { vault, management, source } = templatesOf();
const resolved = [
  resolveTemplate(JSON.parse(vault), {
    account: '333300002222',
    region: 'eu-central-1',
    stackName: 'Vault-eu-central-1',
  }),
  resolveTemplate(JSON.parse(management), { account: '444400003333', region: 'us-east-1', stackName: 'Management' }),
  resolveTemplate(JSON.parse(source), {
    account: '222200001111',
    region: 'eu-central-1',
    stackName: 'StackSet-source-tooling',
  }),
];
const book = PolicyBook.of(resolved);

const statementsOf = (roleArn: string, policies = book): readonly PolicyStatement[] =>
  policies.identityPolicies(roleArn).flatMap(({ Statement }) => [Statement].flat() as PolicyStatement[]);

const actionsIn = (policies: PolicyBook, roleArn: string): readonly string[] => {
  const allowing = statementsOf(roleArn, policies).filter(({ Effect }) => Effect === 'Allow');
  return [...new Set(allowing.flatMap(({ Action }) => [Action ?? []].flat()))];
};
const allowedActions = (roleArn: string): readonly string[] => [...actionsIn(book, roleArn)].sort();

const difference = (allowed: readonly string[], needed: readonly string[]) => ({
  'allowed, not needed': allowed.filter((action) => !needed.includes(action)),
  'needed, not allowed': needed.filter((action) => !allowed.includes(action)),
});
const NONE = { 'allowed, not needed': [], 'needed, not allowed': [] };

test('everything in the templates is resolved, and no policy is out of sight', () => {
  for (const template of resolved) {
    expect(template.unresolved).toEqual([]);
    expect(unreadPoliciesOf(template)).toEqual([]);
  }
});

test('every role of the templates is known', () => {
  const unknown = book.roles.filter((role) => !callingRoleOf(role) && !role.includes(':role/checkvalve-backup-'));
  expect(unknown).toEqual([]);
  expect(book.roles).toHaveLength(Object.keys(STEP_CALLS).length + 1);
});

// Else the list of its actions would not say what a role may do.
test.each(book.roles)('%s is given actions one by one, by statements that allow', (role) => {
  for (const statement of statementsOf(role)) {
    // The importer denies itself a part of what it allows: no condition says whose a snapshot is.
    const isPart = role.includes('import-copies') && statement.Sid === 'DenyCopiesWithoutRoleTag';
    expect(statement).toMatchObject({ Effect: isPart ? 'Deny' : 'Allow', Resource: expect.anything() });
    expect([statement.Action].flat()).not.toContainEqual(expect.stringMatching(/[*?]/));
    expect(Object.keys(statement)).not.toEqual(expect.arrayContaining(['NotAction']));
    expect(Object.keys(statement)).not.toEqual(expect.arrayContaining(['NotResource']));
  }
});

test.each(book.roles)('%s may do what its code does and what that implies, and nothing else', (role) => {
  const caller = callingRoleOf(role);
  const needed = caller ? neededActions(caller) : backupActions();
  expect(difference(allowedActions(role), needed)).toEqual(NONE);
});

// What is optional is given where it is asked for, and nowhere else.
test.each([
  ['the opt-in set', { serviceOptIn: 'set' as const }, CONFIGURED_CALLS.serviceOptIn['enable-backup'], []],
  [
    'copies in another Region',
    { crossRegionCopy: { region: 'eu-west-1' } },
    CONFIGURED_CALLS.crossRegionCopy['enable-backup'],
    ['backup:CopyFromBackupVault'],
  ],
])('with %s, roles may do just that much more', (_, backup, calls, ofBackup) => {
  const regions = ['eu-central-1', 'eu-west-1'];
  const place = { account: '222200001111', region: 'eu-central-1', stackName: 'StackSet-source-tooling' };
  const more = templatesOf({ ...config, regions, backup: { ...config.backup, ...backup } });
  const rights = PolicyBook.of([resolveTemplate(JSON.parse(more.source), place)]);
  const plain = book.roles.filter((role) => role.includes(':222200001111:'));
  const added = (named: string) => {
    const of = (policies: PolicyBook, roles: readonly string[]) =>
      roles.filter((role) => role.includes(named)).flatMap((role) => actionsIn(policies, role));
    return of(rights, rights.roles)
      .filter((action) => !of(book, plain).includes(action))
      .sort();
  };
  expect(added('checkvalve-enable-backup')).toEqual([...new Set(calls.flatMap((call) => actionsOfCall(call)))].sort());
  expect(added('checkvalve-backup-')).toEqual(ofBackup);
  for (const named of ['checkvalve-export-snapshots', 'checkvalve-snapshot-access']) {
    expect(rights.roles).toContainEqual(expect.stringContaining(named));
    expect(added(named)).toEqual([]);
  }
});

test('an action more, or one less, is named', () => {
  const needed = neededActions('follow-sources');
  expect(difference([...needed, 'rds:DeleteDBSnapshot'], needed)['allowed, not needed']).toEqual([
    'rds:DeleteDBSnapshot',
  ]);
  expect(difference(needed.slice(1), needed)['needed, not allowed']).toEqual([needed[0]]);
});

/** What each method of the snapshots port calls: see lambda/_kit/aws/rds-snapshots.ts. */
const PORT: Readonly<Record<string, readonly string[]>> = {
  own: ['rds:DescribeDBSnapshots', 'rds:DescribeDBClusterSnapshots', 'rds:ListTagsForResource'],
  manual: ['rds:DescribeDBSnapshots', 'rds:DescribeDBClusterSnapshots', 'rds:ListTagsForResource'],
  shared: ['rds:DescribeDBSnapshots', 'rds:DescribeDBClusterSnapshots'],
  copy: ['rds:CopyDBSnapshot', 'rds:CopyDBClusterSnapshot'],
  share: ['rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute'],
  tag: ['rds:AddTagsToResource'],
  remove: ['rds:DeleteDBSnapshot', 'rds:DeleteDBClusterSnapshot'],
};

test('the table of calls is what the steps really use of RDS: no more and no less', async () => {
  const used = {
    exporter: new Set<string>(),
    importer: new Set<string>(),
    accessRole: new Set<string>(),
    pruner: new Set<string>(),
  };
  const pipeline = new Pipeline();
  for (const kind of ['db', 'cluster'] as const) {
    pipeline.backUp(database(SOURCE, kind, `a-${kind}`));
    pipeline.backUp(database(OTHER, kind, `b-${kind}`));
  }
  let importing = false;
  let pruning = false;
  pipeline.rds.beforeCall = ({ account, name }) => {
    const calls = pruning
      ? used.pruner
      : account === VAULT
        ? used.importer
        : importing
          ? used.accessRole
          : used.exporter;
    for (const call of PORT[name] ?? []) calls.add(call);
  };
  for (let round = 0; round < 12; round += 1) {
    importing = false;
    await pipeline.export(SOURCE);
    await pipeline.export(OTHER);
    importing = true;
    await pipeline.import();
    pipeline.rds.advance(15);
    // One copy fails in the vault, so that marking it is seen as well.
    const [first] = pipeline.rds.all(VAULT);
    if (round === 4 && first) pipeline.rds.change(first.arn, { status: 'failed' });
    if (round === 6) pipeline.backUp(database(SOURCE, 'db', 'a-db'));
  }
  pruning = true;
  // Years later something new has come, so that what is there is past its term.
  pipeline.rds.advance(6 * 366 * 24 * 60);
  const [held] = pipeline.vaultCopies();
  if (held) pipeline.rds.plant({ ...held, arn: snapshotArn(`${held.arn}-new`), createdAt: pipeline.rds.time });
  await pipeline.prune(RETENTION);
  const ofRds = (caller: CallingRole) => STEP_CALLS[caller].filter((call) => call.startsWith('rds:'));
  expect([...used.exporter].sort()).toEqual(ofRds('export-snapshots'));
  expect([...used.importer].sort()).toEqual(ofRds('import-copies'));
  expect([...used.accessRole].sort()).toEqual(ofRds('snapshot-access'));
  expect([...used.pruner].sort()).toEqual(ofRds('prune-copies'));
});

/** The roles that the code of a step acts under: its own, and that of the access role which it opens. */
const ROLES_OF: Readonly<Record<(typeof FLOW)[number]['name'], readonly CallingRole[]>> = {
  'enroll-accounts': ['enroll-accounts'],
  'watch-rollout': ['watch-rollout'],
  'enable-backup': ['enable-backup'],
  'export-snapshots': ['export-snapshots'],
  'follow-sources': ['follow-sources', 'registry-access'],
  'import-copies': ['import-copies', 'snapshot-access'],
  'prune-copies': ['prune-copies'],
  'report-coverage': ['report-coverage', 'coverage-access', 'registry-access'],
};

test.each(FLOW)('the table of calls is what the code of $name can call: no more and no less', (step) => {
  const entry = join(__dirname, '../../lambda', folderOf(step), `${step.name}.lambda.ts`);
  const configured = (caller: CallingRole) =>
    Object.values<Partial<Record<CallingRole, readonly string[]>>>(CONFIGURED_CALLS).flatMap(
      (calls) => calls[caller] ?? [],
    );
  const inTable = [
    ...new Set<string>(ROLES_OF[step.name].flatMap((caller) => [...STEP_CALLS[caller], ...configured(caller)])),
  ];
  expect(difference(inTable, callsInCode(entry))).toEqual(NONE);
});

test('a call in the code is found where a method that runs makes it, and only there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkvalve-calls-'));
  try {
    const adapter = `
      import { DeleteDBSnapshotCommand, paginateDescribeDBSnapshots, type RDSClient, type Tag } from '@aws-sdk/client-rds';
      export class Adapter {
        constructor(private readonly client: RDSClient) {}
        list(tag?: Tag) { return this.pages(); }
        remove() { return this.client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'x' })); }
        private pages() { return paginateDescribeDBSnapshots({ client: this.client }, {}); }
      }`;
    const entry = (body: string) => `
      import { RDSClient } from '@aws-sdk/client-rds';
      import { Adapter } from './adapter';
      const adapter = new Adapter(new RDSClient({}));
      ${body}`;
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    write('adapter.ts', adapter);
    const lists = write('lists.ts', entry('export const handler = async () => { adapter.list(); };'));
    const removes = write('removes.ts', entry('const { remove } = adapter; export const handler = () => remove();'));
    const aggregate = write('aggregate.ts', `import { RDS } from '@aws-sdk/client-rds'; export const handler = RDS;`);
    expect(callsInCode(lists)).toEqual(['rds:DescribeDBSnapshots']);
    expect(callsInCode(removes)).toEqual(['rds:DeleteDBSnapshot']);
    expect(() => callsInCode(aggregate)).toThrow('imports RDS of @aws-sdk/client-rds');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
