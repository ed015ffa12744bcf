// Longer than most: the trials share one rehearsal, which takes most of the time.
import { config } from '../../src/checkvalve.config';
import { guardrailPolicies } from '../../src/management/guardrail-policies';
import { evaluate } from '../../src/policy-evaluator/evaluate';
import type { PolicyDocument, PolicyStatement } from '../../src/policy-evaluator/policy';
import type { EvaluatedAccess } from '../../src/rehearsal/host/authorizer';
import { PHASES } from '../../src/rehearsal/phases/phases';
import { END } from '../../src/rehearsal/phases/saved-phases';
import { awsManagedKeyPolicy, defaultKeyPolicy } from '../../src/trust/key-policies';
import { decide, PolicyBook } from '../../src/trust/policy-book';
import { type CallingRole, callingRoleOf, STEP_CALLS } from '../../src/trust/step-calls';
import type { TemplatePolicy } from '../../src/trust/templates/template-policy';
import { mustBeAllowed, mustBeRefused } from '../support/must-be-refused';
import { backupActions, neededActions } from '../support/needed-actions';
import { passes } from '../support/probe-passes';
import { testSample } from '../support/sample';
import { play } from './playing';

// One rehearsal is played, and every access that it asked for is kept. A changed policy is then judged by asking for all of
// them again, which is what the rehearsal itself does with each; so a refusal here is a failing rehearsal there.
let asked: readonly EvaluatedAccess[] = [];
let book: PolicyBook;

beforeAll(async () => {
  const result = await play({
    from: END,
    audit: async (authorizer) => {
      asked = [...authorizer.asked];
      book = await authorizer.policies();
    },
  });
  expect(result).toMatchObject({ ok: true, refusals: 0 });
}, 300_000);

/** Keys that no template made: that of a team's cluster, and the one that AWS manages. */
function keyElsewhere(policies: PolicyBook): (arn: string) => PolicyDocument | null {
  return (arn) => {
    if (!arn.startsWith('arn:aws:kms:') || policies.resourcePolicy(arn)) return null;
    const [, , , at = '', account = ''] = arn.split(':');
    const managed = awsManagedKeyPolicy('rds', account, at);
    return {
      ...managed,
      Statement: [...(managed.Statement as PolicyStatement[]), ...[defaultKeyPolicy(account).Statement].flat()],
    };
  };
}

const isAllowed = (policies: PolicyBook, { principal, access }: EvaluatedAccess): boolean =>
  decide(policies, principal, access, keyElsewhere(policies)).decision === 'Allowed';

const statementsOf = ({ document }: TemplatePolicy): readonly PolicyStatement[] =>
  [document.Statement].flat() as PolicyStatement[];

/** The same policy as the same template has it in every account that it was deployed to. */
const twins = ({ where, ownerArn }: TemplatePolicy): readonly TemplatePolicy[] =>
  book.policies.filter((one) => one.where === where && nameOf(one.ownerArn) === nameOf(ownerArn));
/** An ARN without what differs between accounts: their ids, the end of a stack's id, the id of a key. */
const nameOf = (arn: string): string => arn.replace(/\d{12}/, '').replace(/key\/.*|-[0-9a-f]{12}$/, '');

/** One policy of each template, wherever that is deployed. */
const eachPolicy = (): readonly TemplatePolicy[] => {
  const seen = new Set<TemplatePolicy>();
  return book.policies.filter((policy) => {
    if (seen.has(policy)) return false;
    for (const twin of twins(policy)) seen.add(twin);
    return true;
  });
};

/** The book with one statement of a template's policy changed, in every account that has the template. */
function changed(
  policy: TemplatePolicy,
  at: number,
  change: (statement: PolicyStatement) => PolicyStatement | undefined,
): PolicyBook {
  const all = twins(policy);
  const alter = (one: TemplatePolicy): TemplatePolicy => {
    const Statement = statementsOf(one).flatMap((statement, index) =>
      index === at ? (change(statement) ?? []) : [statement],
    );
    return { ...one, document: { ...one.document, Statement } };
  };
  return new PolicyBook(book.policies.map((one) => (all.includes(one) ? alter(one) : one)));
}

const actionsOf = ({ Action }: PolicyStatement): readonly string[] => [Action ?? []].flat() as string[];

/** Calls that the rehearsal has no occasion for: that code makes them is held by the equality of actions, that they are
 * allowed by what must be allowed. */
const NOT_REHEARSED: Readonly<Record<CallingRole, readonly string[]>> = {
  // Leaving, failing and falling behind are played by the enrollment's own rehearsal.
  'enroll-accounts': [
    'cloudformation:DeleteStackInstances',
    'organizations:ListParents',
    'sns:Publish',
    'sqs:ChangeMessageVisibility',
  ],
  'watch-rollout': [
    'cloudformation:DeleteStackInstances',
    // Asked for when an instance is not up to date.
    'cloudformation:ListStackSetOperations',
    'cloudformation:UpdateStackInstances',
    'sns:Publish',
    'sqs:ChangeMessageVisibility',
    'sqs:SendMessage',
  ],
  'registry-access': [],
  'enable-backup': [],
  // Listings come with tags here; without them: aws-behavior.test.ts.
  'export-snapshots': ['rds:ListTagsForResource'],
  'snapshot-access': ['rds:ListTagsForResource'],
  'coverage-access': ['rds:ListTagsForResource'],
  'follow-sources': [],
  'import-copies': ['rds:ListTagsForResource'],
  'prune-copies': ['rds:DeleteDBClusterSnapshot', 'rds:ListTagsForResource'],
  'report-coverage': ['rds:ListTagsForResource'],
};

test('every call of the rehearsal is evaluated under the role of its function, and every call of the table is made', () => {
  const byRole = new Map<string, Set<string>>();
  for (const { principal, access } of asked) {
    if (typeof principal !== 'string') continue;
    byRole.set(principal, (byRole.get(principal) ?? new Set()).add(access.action));
  }
  expect(asked.length).toBeGreaterThan(200);
  for (const [role, actions] of byRole) {
    const caller = callingRoleOf(role);
    const needed = caller ? neededActions(caller) : backupActions();
    expect([...actions].filter((action) => !needed.includes(action))).toEqual([]);
  }
  const missing = Object.fromEntries(
    Object.entries(STEP_CALLS).map(([caller, calls]) => {
      const roles = [...byRole].filter(([role]) => callingRoleOf(role) === caller);
      return [caller, calls.filter((call) => !roles.some(([, actions]) => actions.has(call)))];
    }),
  );
  expect(missing).toEqual(NOT_REHEARSED);
});

describe('where AWS does not document the context of the source of a copy:', () => {
  testSample(
    'contexts of the source of a copy',
    [
      { requestTagOnSource: true },
      { requestTagOnSource: false },
      { requestTagOnSource: true, resourceAccountIsCaller: true },
      { requestTagOnSource: false, resourceAccountIsCaller: true },
    ],
    1,
  )('copies are imported either way: %j', async (switches) => {
    const phases = PHASES.slice(
      0,
      PHASES.findIndex(({ step }) => step === 'check-all'),
    );
    const { ok, refusals, vaultCopies } = await play({ phases, switches });
    expect({ ok, refusals, copies: vaultCopies.length }).toEqual({ ok: true, refusals: 0, copies: 2 });
  });

  test('a role with a condition on the request tags of the source can import only where AWS has them', () => {
    const isCopy = ({ access: { action, resource } }: EvaluatedAccess) =>
      /^rds:Copy/.test(action) && !resource.includes(`:${config.vault.account}:`);
    const imports = asked.filter((one) => isCopy(one) && JSON.stringify(one.principal).includes('import-copies'));
    expect(imports.length).toBeGreaterThan(2);
    const marked = { StringEquals: { 'aws:RequestTag/checkvalve:role': 'vault' } };
    const asking = new PolicyBook(
      book.policies.map((policy) => ({
        ...policy,
        document: {
          ...policy.document,
          Statement: statementsOf(policy).map((one) =>
            one.Sid?.startsWith('CopyShared') ? { ...one, Condition: marked } : one,
          ),
        },
      })),
    );
    const withTags = ({ principal, access }: EvaluatedAccess): EvaluatedAccess => ({
      principal,
      access: { ...access, context: { ...access.context, 'aws:RequestTag/checkvalve:role': 'vault' } },
    });
    const allowed = (policies: PolicyBook, all: readonly EvaluatedAccess[]) =>
      all.filter((one) => isAllowed(policies, one)).length;
    expect([allowed(book, imports), allowed(book, imports.map(withTags))]).toEqual([imports.length, imports.length]);
    expect([allowed(asking, imports), allowed(asking, imports.map(withTags))]).toEqual([0, imports.length]);
  });
});

test('without one action of a role a call is refused', () => {
  const noticed = {
    ...{ 'by the rehearsal': 0, 'by the equality of actions': 0, 'by what must be allowed': 0 },
    'by a probe that passes': 0,
  };
  const unnoticed: string[] = [];
  const probes = mustBeRefused(book);
  const roles = eachPolicy().filter(({ kind }) => kind === 'identity');
  for (const policy of roles) {
    const owners = twins(policy).map(({ ownerArn }) => ownerArn);
    const mine = asked.filter(({ principal }) => typeof principal === 'string' && owners.includes(principal));
    const caller = callingRoleOf(policy.ownerArn);
    const needed = caller ? neededActions(caller) : backupActions();
    statementsOf(policy).forEach((statement, at) => {
      for (const action of actionsOf(statement)) {
        const rest = actionsOf(statement).filter((one) => one !== action);
        const without = changed(policy, at, () => (rest.length > 0 ? { ...statement, Action: rest } : undefined));
        const left = without
          .identityPolicies(policy.ownerArn)
          .flatMap(({ Statement }) => [Statement].flat() as PolicyStatement[]);
        if (statement.Effect === 'Deny') {
          if (probes.some((probe) => passes(without, probe))) noticed['by a probe that passes'] += 1;
          else unnoticed.push(`${policy.ownerArn} ${statement.Sid}: ${action} denied`);
        } else if (mine.some((one) => !isAllowed(without, one))) noticed['by the rehearsal'] += 1;
        else if (needed.some((one) => !left.flatMap(actionsOf).includes(one)))
          noticed['by the equality of actions'] += 1;
        else if (mustBeAllowed(book).some((one) => !passes(without, one))) noticed['by what must be allowed'] += 1;
        else unnoticed.push(`${policy.ownerArn} ${statement.Sid}: ${action}`);
      }
    });
  }
  process.stdout.write(
    `actions removed, one at a time: ${JSON.stringify({ ...noticed, unnoticed: unnoticed.length })}\n`,
  );
  expect(unnoticed).toEqual([]);
});

test('without one action of a resource policy or of a trust policy a call is refused', () => {
  const probes = mustBeRefused(book);
  const noticed = { 'by a call that is refused': 0, 'by a probe that passes': 0 };
  const unnoticed: string[] = [];
  for (const policy of eachPolicy().filter(({ kind }) => kind !== 'identity')) {
    statementsOf(policy).forEach((statement, at) => {
      for (const action of actionsOf(statement)) {
        const rest = actionsOf(statement).filter((one) => one !== action);
        const without = changed(policy, at, () => (rest.length > 0 ? { ...statement, Action: rest } : undefined));
        if (asked.some((one) => !isAllowed(without, one)) || mustBeAllowed(book).some((one) => !passes(without, one))) {
          noticed['by a call that is refused'] += 1;
        } else if (probes.some((probe) => passes(without, probe))) noticed['by a probe that passes'] += 1;
        else unnoticed.push(`${policy.ownerArn} ${statement.Sid ?? at}: ${statement.Effect} ${action}`);
      }
    });
  }
  process.stdout.write(
    `actions removed from policies of resources and of trust: ${JSON.stringify({ ...noticed, unnoticed: unnoticed.length })}\n`,
  );
  expect(unnoticed).toEqual([]);
});

test('the guardrails deny nothing that the rehearsal needs', () => {
  const ALL: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const scps = [[ALL, ...guardrailPolicies([]).map(({ document }) => document)]];
  const inSources = asked.filter(({ principal }) => typeof principal === 'string' && principal.includes(':22220000'));
  expect(inSources.length).toBeGreaterThan(50);
  const denied = inSources.filter(({ principal, access }) => {
    const { action, resource, resourceAccount, context } = access;
    const identityPolicies = [ALL];
    const resourcePolicy = book.resourcePolicy(resource) ?? keyElsewhere(book)(resource);
    const question = { principal, action, resource, resourceAccount, context, identityPolicies, resourcePolicy, scps };
    return evaluate(question).decision === 'ExplicitlyDenied';
  });
  expect(denied).toEqual([]);
});

test('the conditions refuse what they are meant to prevent', () => {
  const probes = mustBeRefused(book);
  expect(probes.filter((probe) => passes(book, probe)).map(({ name }) => name)).toEqual([]);
  expect(
    mustBeAllowed(book)
      .filter((probe) => !passes(book, probe))
      .map(({ name }) => name),
  ).toEqual([]);
});

test('without one condition of a policy an access is allowed that must be refused', () => {
  const probes = mustBeRefused(book);
  const noticed = { 'by a probe that passes': 0, 'by a call that is refused': 0 };
  const keys = new Map<string, number>();
  const unnoticed: string[] = [];
  for (const policy of eachPolicy()) {
    statementsOf(policy).forEach((statement, at) => {
      for (const [operator, wanted] of Object.entries(statement.Condition ?? {})) {
        for (const key of Object.keys(wanted)) {
          const { [key]: _, ...others } = wanted;
          const { [operator]: __, ...otherOperators } = statement.Condition ?? {};
          const Condition = Object.keys(others).length > 0 ? { ...otherOperators, [operator]: others } : otherOperators;
          const without = changed(policy, at, () => ({ ...statement, Condition }));
          keys.set(key, (keys.get(key) ?? 0) + 1);
          if (probes.some((probe) => passes(without, probe))) noticed['by a probe that passes'] += 1;
          else if (
            asked.some((one) => !isAllowed(without, one)) ||
            mustBeAllowed(book).some((one) => !passes(without, one))
          )
            noticed['by a call that is refused'] += 1;
          else unnoticed.push(`${policy.where} ${statement.Sid ?? at}: ${operator} ${key}`);
        }
      }
    });
  }
  process.stdout.write(
    `conditions dropped, one at a time: ${JSON.stringify({ ...noticed, unnoticed: unnoticed.length })}\n`,
  );
  process.stdout.write(`${[...keys].map(([key, count]) => `  ${key}: ${count}`).join('\n')}\n`);
  expect(unnoticed).toEqual([]);
  expect([...keys.keys()]).toEqual(
    expect.arrayContaining(['aws:PrincipalArn', 'aws:SourceArn', 'rds:snapshot-tag/encryption_key']),
  );
});

test('a missing permission makes the rehearsal fail, and is named with action, resource and role', async () => {
  const result = await play({
    alter: (templates) => {
      const text = JSON.stringify(templates);
      for (const [name, template] of Object.entries(
        JSON.parse(text.replaceAll('"kms:CreateGrant"', '"kms:ListGrants"')) as typeof templates,
      )) {
        Object.assign(templates[name] ?? {}, template);
      }
    },
  });
  expect(result.ok).toBe(false);
  expect(result.failure?.cause).toMatch(/role\/checkvalve-.* may not kms:CreateGrant on arn:aws:kms:/);
}, 300_000);
