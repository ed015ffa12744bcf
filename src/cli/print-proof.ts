import { promiseOf } from '../trust/proof/promises';
import type { AllowedAccess } from '../trust/proof/proof-line';
import type { Proof } from '../trust/proof/prove';
import type { ProvedLandingZone } from '../trust/proof/proved-landing-zone';
import { count, paragraph, table } from './layout';
import { green, red } from './styles';

/** How many entries of a list are printed. */
const MAX_SHOWN = 20;

/** An ARN without its common prefix. */
const short = (arn: string): string => arn.replace(/^arn:aws:/, '');

/** The result of a proof as text. `seconds` is the time of the proof alone. */
export function proofReport(proof: Proof, { placement, vault, sources }: ProvedLandingZone, seconds: number): string {
  const rows = proof.lines.map(({ name, resources, actions, principals, evaluated, allows }) => [
    name,
    [resources, actions, principals].map(count).join(' × '),
    count(evaluated),
    allows === 0 ? green('none') : red(count(allows)),
  ]);
  const asked = `${count(proof.evaluated)} accesses evaluated in ${seconds.toFixed(1)} s: ${count(proof.resources)} resources, ${count(proof.actions)} actions (AWS's reference of ${proof.actionsAsOf.reference}, version ${proof.catalog}; addendum of ${proof.actionsAsOf.addendum}), ${count(proof.principals)} principals.`;
  return [
    paragraph(
      `Vault ${vault}, ${placement} the organization; sources ${sources.join(' and ')} represent all sources, which have the same template byte for byte.`,
    ),
    table(['principals and resources', 'resources × actions × principals', 'evaluated', 'breaches'], rows),
    paragraph(asked),
    ...arrows(proof),
    ...residuals(proof),
    ...counterexamples(withoutResiduals(proof)),
    ...missing(proof),
    verdict(proof),
  ].join('\n\n');
}

function arrows({ expected, vaultAccesses: out, needs, missing: refused }: Proof): readonly string[] {
  const lines = expected.map(({ principal, action, resource }) => `  ${short(principal)} ${action} ${short(resource)}`);
  return [
    `Expected, from outside into the vault:\n${lines.join('\n') || '  nothing'}`,
    paragraph(
      `The other direction: of ${count(needs)} accesses that the flow needs ${refused.length === 0 ? 'none is' : `${count(refused.length)} are`} denied; ${count(out.length)} accesses from the vault or through an access role are allowed, each because the flow needs it.`,
    ),
  ];
}

function residuals({ residuals: all }: Proof): readonly string[] {
  if (all.length === 0) return [];
  const lines = all.map(
    ({ allow, promise, principal, action, resource, because, accepted }) =>
      `  ${accepted === undefined ? red('not accepted') : green('accepted')}  ${allow} (${promise}): ${short(principal)} ${action} ${short(resource)}\n      ${because}${accepted === undefined ? '' : `\n      Accepted: ${accepted}`}`,
  );
  return [`Powers that no template grants, because the vault is inside the organization:\n${lines.join('\n')}`];
}

/** Counterexamples that a template allows. The accesses of ambient powers are listed apart. */
const withoutResiduals = ({ allows, residuals: ambient }: Proof): readonly AllowedAccess[] =>
  allows.filter(
    ({ resource, because }) => !ambient.some((one) => one.resource === resource && one.because === because),
  );

/** Counterexamples grouped by promise, resource and statement, so that a statement that allows many accesses is listed once. */
function counterexamples(allows: readonly AllowedAccess[]): readonly string[] {
  const groups = new Map<string, AllowedAccess[]>();
  for (const one of allows) {
    const mark = [one.promise, one.resource, one.because].join('\n');
    groups.set(mark, [...(groups.get(mark) ?? []), one]);
  }
  const shown = [...groups.values()].slice(0, MAX_SHOWN).map((group) => {
    const [first] = group as [AllowedAccess];
    const more = (of: (one: AllowedAccess) => string) => {
      const all = [...new Set(group.map(of))];
      return all.length > 2 ? `${all.slice(0, 2).join(', ')} and ${count(all.length - 2)} more` : all.join(', ');
    };
    const [principals, actions] = [more((one) => short(one.principal)), more((one) => one.action)];
    return `${red(`${first.promise} is broken:`)} ${promiseOf(first.promise)}\n  ${principals}\n  may ${actions}\n  on ${short(first.resource)}\n  because ${first.because}`;
  });
  const left = groups.size - shown.length;
  return left > 0 ? [...shown, `… and ${count(left)} more; --json lists all.`] : shown;
}

const missing = ({ missing: refused }: Proof): readonly string[] =>
  refused.length === 0
    ? []
    : [
        `${red('Denied, although the flow needs it:')}\n${refused
          .slice(0, MAX_SHOWN)
          .map((line) => `  ${line}`)
          .join('\n')}`,
      ];

function verdict(proof: Proof): string {
  if (proof.ok) return green('No counterexample: trust runs one way.');
  const plural = (n: number, what: string) => `${count(n)} ${what}${n === 1 ? '' : 's'}`;
  const [planted, ambient] = [withoutResiduals(proof).length, proof.residuals.filter((one) => !one.accepted).length];
  const parts = [
    ...(planted > 0 ? [plural(planted, 'counterexample')] : []),
    ...(ambient > 0 ? [`${plural(ambient, 'power')} not accepted (trust.accepted in the configuration)`] : []),
    ...(proof.missing.length > 0 ? [`${count(proof.missing.length)} accesses that the flow needs are denied`] : []),
  ];
  return red(`Not proven: ${parts.join(', ')}.`);
}
